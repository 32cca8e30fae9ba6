"""Effects of a restore on PVCs, patches and Git.

The outcome of each volume comes from vmsnap_lint.kubevirt.restore.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import blockers, copy_blockers
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import CLONE, RESTORE
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.core.vocabulary import Vocabulary
from vmsnap_lint.kubevirt.restore.claim_blockers import unbound
from vmsnap_lint.kubevirt.restore.claim_names import ClaimNames, claim_place
from vmsnap_lint.kubevirt.restore.subject import MEMORY_DUMP, Relation
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects import sync_order
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import TEMPLATES, VOLUMES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject, SavedVolume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_OVERRIDES = ("spec", "volumeRestoreOverrides")
_POLICY = ("spec", "volumeRestorePolicy")
_SNAPSHOT = ("spec", "virtualMachineSnapshotName")
_SOURCE = ("spec", "source", "name")
_TARGET = ("spec", "target", "name")
_IN_PLACE = "InPlace"


def restore_as_desired_state(restore: Manifest, world: World) -> Iterator[Problem]:
    """A restore renames the PVCs of its VM, and both are kept in sync with Git."""
    subject = world.restores.subject(restore)
    vm = subject.target
    if restore.is_export or isinstance(vm, Absence) or vm.is_export:
        return
    if subject.relation is Relation.OTHER or subject.policy == _IN_PLACE:
        return
    marker = sync_order.gitops_marker(restore) or sync_order.gitops_marker(vm)
    declared = _declared_disk(vm, world) if marker or _are_built(restore, vm, world) else None
    if declared is None:
        return
    place, what = declared
    message = (
        f'the restore gives VM "{vm.name}" new PVCs, but Git still has {what}: the next sync puts '
        "the old data back"
    )
    yield Problem(restore.at(*_TARGET), message, (place,))


def restore_inplace_new_target(restore: Manifest, world: World) -> Iterator[Problem]:
    """InPlace deletes the PVCs of the source, although another VM is restored."""
    subject = world.restores.subject(restore)
    if subject.policy != _IN_PLACE or not world.behaviour.volume_restore_policies:
        return
    if subject.relation is not Relation.NEW or isinstance(subject.snapshot, Absence):
        return
    overrides, volumes = subject.overrides(), subject.volumes
    deleted = [v.claim or v.name for v in volumes or () if _is_saved(v) and v.name not in overrides]
    if subject.is_done or (volumes is not None and not deleted):
        return
    which = f": {quoted(deleted)}" if deleted else ""
    message = (
        f'InPlace with the new target "{subject.target_name}" deletes the PVCs of the source VM '
        f'"{subject.snapshot.text(*_SOURCE)}"{which}'
    )
    where = subject.snapshot.at(*_SOURCE, note="the VM that loses its PVCs")
    severity = Severity.WARNING if volumes is None and overrides else None
    from vmsnap_lint.objects import mending

    at = restore.at(*_POLICY)
    fixes = mending.with_value(at, "RandomizeNames", Safety.UNSAFE)
    yield Problem(at, message, (where,), severity, fixes)


def restore_name_collision(restore: Manifest, world: World) -> Iterator[Problem]:
    """A PVC that the restore would create exists: it is used unchanged."""
    if restore.group_kind != RESTORE:
        return  # a clone, for which it is a cause
    subject = world.restores.subject(restore)
    if subject.is_done or subject.policy == _IN_PLACE:
        return
    if subject.policy not in world.behaviour.restore_policies:
        return  # restore-policy-unknown, or field-too-new
    if subject.relation is Relation.OTHER:
        return  # restore-target-is-other-vm
    for at, volume, claim, is_certain in _new_claims(subject):
        place = claim_place(world.cluster, subject, claim)
        if place is not None and unbound(world.cluster, place) is None:
            message = (
                f'volume "{volume}" is restored to PVC "{claim}", which exists: no data is '
                "restored to it, and no error is reported"
            )
            yield Problem(at, message, (place,), None if is_certain else Severity.WARNING)
    overrides = subject.overrides()
    for restored in world.restores.restored(restore):
        if restored.collides and restored.existing is None:
            index, _ = overrides[restored.name]
            at = restore.at(*_OVERRIDES, index, "restoreName")
            effect = "so one of them gets the other's data"
            yield Problem(at, f'volume "{restored.name}": {restored.reason}, {effect}')


def restore_override_unmatched(restore: Manifest, world: World) -> Iterator[Problem]:
    """An override names a volume that is not in the snapshot; it is ignored without an error."""
    subject = world.restores.subject(restore)
    if subject.volumes is None or not world.behaviour.volume_overrides:
        return
    volumes = {volume.name: volume for volume in subject.volumes}
    known = Vocabulary(volumes)
    for index, _ in restore.items(*_OVERRIDES):
        name = restore.text(*_OVERRIDES, index, "volumeName")
        volume = volumes.get(name)
        if not name or holds_placeholder(name) or (volume and volume.included is not False):
            continue
        why = f" ({volume.reason})" if volume else nearest_hint(name, known)
        message = f'the snapshot does not contain volume "{name}": the override is ignored{why}'
        from vmsnap_lint.objects import mending

        at = restore.at(*_OVERRIDES, index, "volumeName")
        yield Problem(at, message, fixes=() if volume else mending.named(at, name, known))


def restore_patch_ignored(restore: Manifest, world: World) -> Iterator[Problem]:
    """Patches are only applied to a VM that the restore creates."""
    subject = world.restores.subject(restore)
    if not world.behaviour.restore_patches_ignored_for_existing or subject.is_done:
        return
    if isinstance(subject.target, Absence) or subject.relation is Relation.OTHER:
        return
    if restore.get("spec", "patches"):
        message = (
            f'target VirtualMachine "{subject.target.name}" exists: patches are applied only to a '
            "VM that the restore creates"
        )
        where = subject.target.at("metadata", "name", note="the target")
        from vmsnap_lint.objects import mending

        at = restore.at("spec", "patches", key=True)
        fixes = mending.without(at, safety=Safety.UNSAFE)
        yield Problem(at, message, (where,), fixes=fixes)


def restore_shares_volume(restore: Manifest, world: World) -> Iterator[Problem]:
    """A new VM uses the PVCs of the source that are not in the snapshot."""
    subject = world.restores.subject(restore)
    if subject.relation is not Relation.NEW or subject.is_done or subject.plan is None:
        return
    if subject.plan.verdict in (Verdict.REJECTED, Verdict.STUCK):
        return
    unsaved = (MEMORY_DUMP, STATE_SOURCE)
    shared = [v for v in subject.volumes or () if v.included is False and v.source not in unsaved]
    if shared:
        names = quoted(volume.claim or volume.name for volume in shared)
        message = (
            f'the new VM "{subject.target_name}" uses PVCs of the source VM that are not in the '
            f"snapshot: {names}"
        )
        yield Problem(restore.at(*_TARGET), message, _volume_places(subject.saved_vm, shared))


def restore_with_snapshot(restore: Manifest, world: World) -> Iterator[Problem]:
    """A restore is applied together with its snapshot, before the snapshot can be ready."""
    snapshot = world.restores.subject(restore).snapshot
    if isinstance(snapshot, Absence) or snapshot.is_export or restore.is_export:
        return
    if not world.behaviour.restores or sync_order.precedes(snapshot, restore):
        return
    effect = (
        "the restore is rejected"
        if world.behaviour.restore_snapshot_checked
        else "it is only admitted once the snapshot has a status and a content"
    )
    message = f'snapshot "{snapshot.name}" is applied together with its restore: {effect}'
    where = snapshot.at("metadata", "name", note="the snapshot")
    marked = sync_order.gitops_marker(restore) and sync_order.gitops_marker(snapshot)
    # files of their own may be steps of a guide
    together = restore.file == snapshot.file or marked or _are_built(restore, snapshot, world)
    severity = None if together else Severity.INFO
    yield Problem(restore.at(*_SNAPSHOT), message, (where,), severity)


def _are_built(restore: Manifest, other: Manifest, world: World) -> bool:
    """Whether kustomize or helm builds both, so that they are applied together."""
    both = world.is_rendered_later(restore) and world.is_rendered_later(other)
    return both or bool(world.trees)


def _declared_disk(vm: Manifest, world: World) -> tuple[Place, str] | None:
    """The disks of the VM as Git has them: its templates, else its first PVC."""
    for index, template in vm.items(*TEMPLATES):
        if template:
            return vm.at(*TEMPLATES, index, note="defined in Git"), "its dataVolumeTemplates"
    for volume in world.volumes(vm):
        if volume.persistent and volume.claim_name:
            return volume.at, f'PVC "{volume.claim_name}"'
    return None


def _new_claims(subject: RestoreSubject) -> Iterator[tuple[Place, str, str, bool]]:
    """Each PVC that the restore would create: place, volume, PVC, whether that is certain."""
    saved = {volume.name: volume for volume in subject.volumes or ()}
    for name, (index, claim) in subject.overrides().items():
        volume = saved.get(name)
        if subject.volumes is None or (volume and _is_saved(volume)):
            at = subject.manifest.at(*_OVERRIDES, index, "restoreName")
            yield at, name, claim, volume is None or volume.included is True
    if subject.policy == "PrefixTargetName":
        names = ClaimNames(subject)
        for volume in filter(_is_saved, saved.values()):
            new_claim, is_overridden = names.after(volume)
            if new_claim and not is_overridden:
                at = subject.manifest.at(*_POLICY)
                yield at, volume.name, new_claim, volume.included is True


def _is_saved(volume: SavedVolume) -> bool:
    return volume.included is not False and volume.source != MEMORY_DUMP


def _volume_places(vm: Manifest | None, volumes: list[SavedVolume]) -> tuple[Place, ...]:
    """Where the saved VM lists them; the first three."""
    if vm is None:
        return ()
    names = {volume.name for volume in volumes}
    places = [
        vm.at(*VOLUMES, index, note=f'volume "{volume["name"]}"')
        for index, volume in vm.items(*VOLUMES)
        if isinstance(volume.get("name"), str) and volume["name"] in names
    ]
    return tuple(places[:3])


CHECKS: dict[str, Check] = {
    "restore-as-desired-state": Check(restore_as_desired_state, (RESTORE,)),
    "restore-inplace-new-target": Check(restore_inplace_new_target, (RESTORE,)),
    "restore-name-collision": Check(
        restore_name_collision, (CLONE, RESTORE), sources=(blockers, copy_blockers)
    ),
    "restore-override-unmatched": Check(restore_override_unmatched, (RESTORE,)),
    "restore-patch-ignored": Check(restore_patch_ignored, (RESTORE,)),
    "restore-shares-volume": Check(restore_shares_volume, (RESTORE,)),
    "restore-with-snapshot": Check(restore_with_snapshot, (RESTORE,)),
}
