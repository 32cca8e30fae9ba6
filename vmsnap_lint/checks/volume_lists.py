"""Volumes and disks of a VM, and who else uses them.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import vm_refusals
from vmsnap_lint.checks.families import Check
from vmsnap_lint.checks.prefilters import vm_in_scope, vm_lists_in_scope
from vmsnap_lint.core.kinds import POOL, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.admission.usual_vm import is_sound
from vmsnap_lint.kubevirt.admission.vm_webhook import VM_SPEC
from vmsnap_lint.kubevirt.sharing import User
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.sharing import Sharing
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place


__all__ = ["CHECKS"]


def claim_shared(vm: Manifest, world: World) -> Iterator[Problem]:
    """Another VM of the namespace uses the same PVC."""
    for volume in world.volumes(vm):
        users = _users(vm, volume, world)
        if users and (_is_locked(vm, users, world) or _is_split(vm, volume, users, world)):
            used = f'PVC "{volume.claim_name}" is also used by VM {users.names}'
            message = f"{used}: {_effect_of_sharing(vm, volume, world)}"
            yield Problem(volume.at, message, (*_places(users), *world.named_at(vm)))


def _effect_of_sharing(vm: Manifest, volume: Volume, world: World) -> str:
    """What it prevents, and what ends it: the deletion of the VM whose template makes the PVC.

    The VM owns what its templates make: https://github.com/kubevirt/kubevirt/pull/18219
    """
    template = world.cluster.template(volume.claim_name or "", vm)
    if template is None:
        effect = "while that VM runs, no offline snapshot is possible"
        return f"{effect}; after a restore it is not shared"
    effect = "no offline snapshot is possible while that runs"
    return f'{effect}; deleting VM "{template[0].name}" deletes the disk of both'


def _is_locked(vm: Manifest, users: Sharing, world: World) -> bool:
    """Whether the VM is offline while another one may run: its pod keeps the claims locked.

    Whatever the access mode and readOnly are: kubevirt v1.9.0, pkg/storage/snapshot/source.go and
    pkg/virt-controller/watch/util/util.go.
    """
    if not users.may_run or not world.behaviour.pods_block_offline:
        return False
    return run_state.is_online(world.cluster, vm) is False


def _is_split(vm: Manifest, volume: Volume, users: Sharing, world: World) -> bool:
    """Whether one of the VMs writes to a claim that is not meant to be shared."""
    if _is_many(volume) or world.users_of_claims.shareable(vm, volume.name) is not None:
        return False  # shared-disk
    return not _only_read(vm, volume, users, world)


def _only_read(vm: Manifest, volume: Volume, users: Sharing, world: World) -> bool:
    own = User(vm, next(step for step in volume.at.path if isinstance(step, int)))
    return users.read_only and world.users_of_claims.reads_only(own)


def shared_disk(vm: Manifest, world: World) -> Iterator[Problem]:
    """A disk that several VMs write to: a snapshot or restore is of one VM only."""
    for volume in world.volumes(vm):
        if not volume.persistent or not volume.name or volume.source == STATE_SOURCE:
            continue
        users = _users(vm, volume, world)
        shareable = world.users_of_claims.shareable(vm, volume.name)
        if users and _is_locked(vm, users, world):
            continue  # claim-shared
        if shareable is None and users and _only_read(vm, volume, users, world):
            continue
        if shareable is not None or (users and _is_many(volume)):
            who = f"VM {users.names}" if users else "other VMs"
            message = (
                f'volume "{volume.name}" is shared with {who}: it keeps changing during the '
                "snapshot, and a restore gives this VM a separate copy"
            )
            yield Problem(shareable or volume.at, message, (*_places(users), *world.named_at(vm)))


def volume_list_invalid(vm: Manifest, world: World) -> Iterator[Problem]:
    """Volumes and disks that do not match each other."""
    if world.is_rendered_later(vm):
        return
    spec = vm.at(*VM_SPEC[vm.group_kind])
    if is_sound(spec):
        return
    yield from vm_refusals(vm, world, RejectionCause.VOLUME_LIST)
    if not vm.get(*spec.path, "preference"):
        from vmsnap_lint.kubevirt.admission import vm_volumes  # many VMs have sound lists

        for at, message, *_ in vm_volumes.undisked(spec):
            yield Problem(at, message, world.named_at(vm), Severity.WARNING)


def _users(vm: Manifest, volume: Volume, world: World) -> Sharing | None:
    """The other VMs that use the PVC of the volume."""
    if not volume.claim_name or volume.source == STATE_SOURCE:
        return None
    return world.users_of_claims.others(vm, volume.claim_name)


def _is_many(volume: Volume) -> bool:
    """Whether several nodes may write to the PVC."""
    spec = volume.claim.spec if volume.claim is not None else None
    modes = spec.manifest.get(*spec.path, "accessModes") if spec is not None else None
    return isinstance(modes, list) and "ReadWriteMany" in modes


def _places(users: Sharing | None) -> list[Place]:
    return [
        user.vm.at(*VOLUMES, user.position, note=f'also in VM "{user.vm.name}"')
        for user in (users.first if users is not None else ())
    ]


CHECKS: dict[str, Check] = {
    "claim-shared": Check(claim_shared, (VM,), vm_in_scope),
    "shared-disk": Check(shared_disk, (VM,), vm_in_scope),
    "volume-list-invalid": Check(volume_list_invalid, (POOL, VM), vm_lists_in_scope),
}
