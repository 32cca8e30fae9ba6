"""Volumes and disks of a VM, and who else uses them.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.checks.families import Check
from vmsnap_lint.checks.prefilters import vm_in_scope, vm_lists_in_scope
from vmsnap_lint.core.feature_gates import DRIVES_GATE
from vmsnap_lint.core.kinds import HYPERCONVERGED, KUBEVIRT, VM
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release, holds_placeholder
from vmsnap_lint.core.vocabulary import Vocabulary
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission.gates import gate_problem
from vmsnap_lint.kubevirt.sharing import User
from vmsnap_lint.kubevirt.storage import SOURCES
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.sharing import Sharing
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

    Fault = tuple[Place, str, Severity | None]

__all__ = ["CHECKS"]

_DEVICES = ("spec", "template", "spec", "domain", "devices")
_DISKS = (*_DEVICES, "disks")
_FILESYSTEMS = (*_DEVICES, "filesystems")
_DISKLESS = frozenset((
    "cloudInitConfigDrive", "cloudInitNoCloud", "configMap", "downwardAPI", "downwardMetrics",
    "memoryDump", "secret", "serviceAccount", "sysprep",
))  # fmt: skip
# With DeclarativeHotplugVolumes a CD-ROM may be empty: off unless listed up to 1.8, then on.
_EMPTY_DRIVES, _LISTED_DRIVES = Release(1, 9, 0), Release(1, 6, 0)


def claim_shared(vm: Manifest, world: World) -> Iterator[Problem]:
    """Another VM of the namespace uses the same PVC."""
    for volume in world.volumes(vm):
        users = _users(vm, volume, world)
        if users and (_is_locked(vm, users, world) or _is_split(vm, volume, users, world)):
            effect = "while that VM runs, no offline snapshot is possible"
            message = (
                f'PVC "{volume.claim_name}" is also used by VM {users.names}: {effect}; after a '
                "restore it is not shared"
            )
            yield Problem(volume.at, message, (*_places(users), *world.named_at(vm)))


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
    if not _is_sound(vm) and not world.is_rendered_later(vm):
        for at, message, severity in _faults(vm, world):
            yield Problem(at, message, world.named_at(vm), severity)


def _faults(vm: Manifest, world: World) -> Iterator[Fault]:
    yield from _repeated(vm)
    yield from _sources(vm)
    volumes = {vm.text(*VOLUMES, index, "name"): volume for index, volume in vm.items(*VOLUMES)}
    if not any(map(holds_placeholder, volumes)):
        yield from _without_volume(vm, volumes, world)
        if not vm.get("spec", "preference"):
            yield from _without_disk(vm)


def _is_sound(vm: Manifest) -> bool:
    """Whether a quick check shows that each volume has its source and its disk."""
    volumes, disks = vm.get(*VOLUMES), vm.get(*_DISKS)
    if not isinstance(volumes, list) or not isinstance(disks, list):
        return False
    listed = [disk.get("name") for disk in disks if isinstance(disk, dict) and "lun" not in disk]
    disked = {name for name in listed if isinstance(name, str)}
    if len(disked) < len(disks) or vm.get(*_FILESYSTEMS):
        return False
    names = set()
    for volume in volumes:
        if not isinstance(volume, dict) or len(volume) != 2 or len(SOURCES & volume.keys()) != 1:
            return False
        name = volume.get("name")
        if not isinstance(name, str) or (name not in disked and _DISKLESS.isdisjoint(volume)):
            return False
        names.add(name)
    dumps = sum("memoryDump" in volume for volume in volumes)
    return len(names) == len(volumes) and names >= disked and dumps < 2


def _named(vm: Manifest, *roots: tuple[str, ...]) -> Iterator[tuple[Place, str, dict[str, Any]]]:
    """The entries of the arrays with a name: its place, the name and the entry."""
    for root in roots:
        for index, entry in vm.items(*root):
            place = vm.at(*root, index, "name")
            yield place, vm.text(*place.path), entry


def _repeated(vm: Manifest) -> Iterator[Fault]:
    """Names that occur twice."""
    for what, root in (("volume", VOLUMES), ("disk", _DISKS), ("filesystem", _FILESYSTEMS)):
        names: set[str] = set()
        for place, name, _ in _named(vm, root):
            if name and name in names and not holds_placeholder(name):
                yield place, f'two {what}s have the name "{name}"', None
            names.add(name)


def _sources(vm: Manifest) -> Iterator[Fault]:
    """Volumes with no source or several; one memory dump is allowed."""
    dumps = 0
    for index, volume in vm.items(*VOLUMES):
        sources = [key for key in volume if key in SOURCES and volume[key] is not None]
        name = vm.text(*VOLUMES, index, "name")
        dumps += "memoryDump" in sources
        if len(sources) > 1:
            at = vm.at(*VOLUMES, index, sources[1], key=True)
            yield at, f'volume "{name}" has several sources: {quoted(sources)}; keep one', None
        elif not sources and not set(volume) - SOURCES - {"name"}:
            yield vm.at(*VOLUMES, index), f'volume "{name}" has no source', None
        elif "memoryDump" in sources and dumps == 2:
            at = vm.at(*VOLUMES, index, "memoryDump", key=True)
            yield at, "a second memoryDump volume: only one is allowed", None


def _without_volume(
    vm: Manifest, volumes: dict[str, dict[str, Any]], world: World
) -> Iterator[Fault]:
    """Disks and filesystems without a volume, and LUNs whose volume is not a PVC."""
    known = Vocabulary(volumes)
    may_be_empty = _may_be_empty(world)
    for place, name, disk in _named(vm, _DISKS, _FILESYSTEMS):
        if not name or holds_placeholder(name):
            continue
        if name not in volumes:
            if not (may_be_empty and "cdrom" in disk):
                hint = nearest_hint(name, known)
                yield place, f'no volume is named "{name}"{hint}: the VM is rejected', None
        elif "lun" in disk and not {"dataVolume", "persistentVolumeClaim"} & set(volumes[name]):
            yield place, f'disk "{name}" is a LUN, which needs a PVC or DataVolume', None


def _may_be_empty(world: World) -> bool:
    """Whether a CD-ROM may be empty; where its gate is off, feature-gate-off tells of it."""
    if world.cluster.release >= _EMPTY_DRIVES:
        return True
    of = world.workspace.of
    if world.cluster.release < _LISTED_DRIVES or not (of(KUBEVIRT) or of(HYPERCONVERGED)):
        return False
    off = gate_problem(world.cluster, DRIVES_GATE)
    return off is None or off.severity is None


def _without_disk(vm: Manifest) -> Iterator[Fault]:
    """Volumes without a disk, in a VM that lists its disks.

    KubeVirt gives them a default disk (`SetDefaultVolumeDisk`), so this is probably a mistake.
    """
    disked = {name for _, name, _ in _named(vm, _DISKS, _FILESYSTEMS)}
    if not vm.get(*_DISKS) or any(map(holds_placeholder, disked)):
        return
    known = Vocabulary(disked)
    for place, name, volume in _named(vm, VOLUMES):
        if name and name not in disked and _DISKLESS.isdisjoint(volume) and SOURCES & set(volume):
            what = f'no disk uses volume "{name}"{nearest_hint(name, known)}'
            yield place, f"{what}: KubeVirt adds a default disk", Severity.WARNING


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
    "volume-list-invalid": Check(volume_list_invalid, (VM,), vm_lists_in_scope),
}
