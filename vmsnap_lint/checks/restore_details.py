"""What a restore that completes would do to claims, patches and Git.

What becomes of each volume is worked out in vmsnap_lint.kubevirt.restore.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import CONTROLLER_REVISION, RESTORE
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.restore.claim_names import claim_after, claim_place
from vmsnap_lint.kubevirt.restore.subject import MEMORY_DUMP, Relation
from vmsnap_lint.kubevirt.snapshot.predicted import Verdict
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
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
_TARGET = ("spec", "target", "name")
_IN_PLACE = "InPlace"
_NEVER = frozenset((Verdict.REJECTED, Verdict.STUCK))


def restore_as_desired_state(restore: Manifest, world: World) -> Iterator[Problem]:
    """A restore beside the VM it restores, both kept in sync with Git, renames the VM's claims."""
    it = world.restores.restoration(restore)
    vm = it.target
    if restore.is_export or isinstance(vm, Absence) or vm.is_export:
        return
    if it.relation is Relation.OTHER or it.policy == _IN_PLACE:
        return
    marker = sync_order.gitops_marker(restore) or sync_order.gitops_marker(vm)
    built = world.is_rendered_later(restore) and world.is_rendered_later(vm)
    if not marker and not built and not world.trees:
        return
    named = _mounted(vm, world)
    if named is None:
        return
    place, what = named
    cure = (
        "volumeRestorePolicy InPlace keeps the names"
        if world.behaviour.volume_restore_policies
        else "keep the restore out of Git"
    )
    message = (
        f'the restore gives VirtualMachine "{vm.name}" new claims, while Git still declares '
        f"{what}: the next sync puts the old data back; {cure}"
    )
    yield Problem(restore.at(*_TARGET), message, (place,))


def restore_inplace_new_target(restore: Manifest, world: World) -> Iterator[Problem]:
    """InPlace deletes the claims of the source, though another VM is to be restored."""
    it = world.restores.restoration(restore)
    if it.policy != _IN_PLACE or not world.behaviour.volume_restore_policies or it.is_done:
        return
    if it.relation is not Relation.NEW or isinstance(it.snapshot, Absence):
        return
    source = it.snapshot.text("spec", "source", "name")
    overrides = it.overrides()
    saved = [v for v in it.volumes or () if v.included is not False and v.source != MEMORY_DUMP]
    doomed = [v.claim or v.name for v in saved if v.name not in overrides]
    if it.volumes is not None and not doomed:
        return
    severity = Severity.WARNING if it.volumes is None and overrides else None
    which = f": {quoted(doomed)}" if doomed else ""
    message = (
        f'InPlace with the new target "{it.target_name}" deletes the claims of the source VM '
        f'"{source}" and makes them anew for the new one{which}'
    )
    where = it.snapshot.at("spec", "source", "name", note="the VM that loses its claims")
    yield Problem(restore.at(*_POLICY), message, (where,), severity)


def restore_instancetype_missing(restore: Manifest, world: World) -> Iterator[Problem]:
    """The revision of an instancetype or preference that the saved VM names is not there."""
    vm = world.restores.restoration(restore).machine
    if vm is None:
        return
    for field in ("instancetype", "preference"):
        name = vm.text("spec", field, "revisionName")
        if not name or holds_placeholder(name):
            continue
        if world.resolve(CONTROLLER_REVISION, name, restore) is Absence.ABSENT:
            message = (
                f'the {field} of the snapshotted VM is kept in ControllerRevision "{name}", which '
                "is not in the input: the restored VM may get other settings"
            )
            where = vm.at("spec", field, "revisionName", note="the snapshotted VM names it")
            at = restore.at("spec", "virtualMachineSnapshotName")
            yield Problem(at, message, (where,))


def restore_name_collision(restore: Manifest, world: World) -> Iterator[Problem]:
    """A claim of the name that the restore wants exists: it is taken, and nothing is restored."""
    it = world.restores.restoration(restore)
    if it.is_done or it.policy == _IN_PLACE:
        return
    if it.policy not in world.behaviour.restore_policies:
        return  # restore-policy-unknown, or field-too-new
    if it.relation is Relation.OTHER:
        return  # restore-target-is-other-vm
    for at, volume, name, included in _wanted_names(it):
        place = claim_place(world.cluster, it, name)
        if place is not None:
            message = (
                f'volume "{volume}" is to be restored into claim "{name}", which exists: the claim '
                "is taken as it is, no data is restored, and no error tells"
            )
            yield Problem(at, message, (place,), None if included else Severity.WARNING)
    for one in world.restores.restored(restore):
        if one.collides and one.existing is None:
            index, _ = it.overrides()[one.name]
            at = restore.at(*_OVERRIDES, index, "restoreName")
            yield Problem(
                at, f'volume "{one.name}": {one.reason}, so one of them gets the other\'s data'
            )


def restore_override_unmatched(restore: Manifest, world: World) -> Iterator[Problem]:
    """An override names a volume that the snapshot does not hold; it is ignored in silence."""
    it = world.restores.restoration(restore)
    if it.volumes is None or not world.behaviour.volume_overrides:
        return
    held = {volume.name: volume for volume in it.volumes}
    for index, override in restore.items(*_OVERRIDES):
        name = override.get("volumeName")
        if not isinstance(name, str) or not name or holds_placeholder(name):
            continue
        volume = held.get(name)
        if volume is not None and volume.included is not False:
            continue
        why = f": {volume.reason}" if volume is not None else nearest_hint(name, held)
        message = f'the snapshot holds no volume "{name}", so the override is ignored{why}'
        yield Problem(restore.at(*_OVERRIDES, index, "volumeName"), message)


def restore_patch_ignored(restore: Manifest, world: World) -> Iterator[Problem]:
    """Patches are only applied to a VM that the restore creates."""
    it = world.restores.restoration(restore)
    if not world.behaviour.restore_patches_ignored_for_existing or it.is_done:
        return
    if isinstance(it.target, Absence) or it.relation is Relation.OTHER:
        return
    if restore.get("spec", "patches"):
        message = (
            f'the patches are ignored: target VirtualMachine "{it.target.name}" exists, and only a '
            "VM that the restore creates is patched"
        )
        where = it.target.at("metadata", "name", note="the target")
        yield Problem(restore.at("spec", "patches", key=True), message, (where,))


def restore_shares_volume(restore: Manifest, world: World) -> Iterator[Problem]:
    """A new VM mounts the claims of the source that the snapshot does not hold."""
    it = world.restores.restoration(restore)
    if it.relation is not Relation.NEW or it.is_done or it.plan is None:
        return
    if it.plan.verdict in _NEVER:
        return
    unsaved = (MEMORY_DUMP, STATE_SOURCE)
    shared = [v for v in it.volumes or () if v.included is False and v.source not in unsaved]
    if shared:
        names = quoted(volume.claim or volume.name for volume in shared)
        message = (
            f'the new VM "{it.target_name}" mounts the claims of the source VM that the snapshot '
            f"does not hold: {names}"
        )
        yield Problem(restore.at(*_TARGET), message, _volume_places(it, shared))


def restore_with_snapshot(restore: Manifest, world: World) -> Iterator[Problem]:
    """A restore is applied together with its snapshot, before that one can be ready."""
    it = world.restores.restoration(restore)
    snapshot = it.snapshot
    if isinstance(snapshot, Absence) or snapshot.is_export or restore.is_export:
        return
    if not world.behaviour.restores or sync_order.precedes(snapshot, restore):
        return
    effect = (
        "the restore is refused"
        if world.behaviour.restore_snapshot_checked
        else "the restore fails where the snapshot has no status or content yet"
    )
    message = f'snapshot "{snapshot.name}" is not taken yet; applied together with it, {effect}'
    where = snapshot.at("metadata", "name", note="the snapshot")
    at = restore.at("spec", "virtualMachineSnapshotName")
    severity = None if _go_together(restore, snapshot, world) else Severity.INFO
    yield Problem(at, message, (where,), severity)


def _go_together(one: Manifest, other: Manifest, world: World) -> bool:
    """Whether one command or one tool applies both; files of their own may be steps of a guide."""
    built = world.is_rendered_later(one) and world.is_rendered_later(other)
    marked = sync_order.gitops_marker(one) and sync_order.gitops_marker(other)
    return bool(one.file == other.file or built or marked or world.trees)


def _mounted(vm: Manifest, world: World) -> tuple[Place, str] | None:
    """What Git says of the VM's disks: its templates, else its first claim."""
    for index, template in vm.items(*TEMPLATES):
        if template:
            return (
                vm.at(*TEMPLATES, index, note="Git declares it"),
                "its dataVolumeTemplates",
            )
    for volume in world.volumes(vm):
        if volume.persistent and volume.claim_name:
            return volume.at, f'claim "{volume.claim_name}"'
    return None


def _wanted_names(it: RestoreSubject) -> Iterator[tuple[Place, str, str, bool]]:
    """Each claim that the restore wants to make: place, volume, claim, whether that is certain."""
    saved = {volume.name: volume for volume in it.volumes or ()}
    for volume, (index, name) in it.overrides().items():
        one = saved.get(volume)
        if it.volumes is None or _is_restored(one):
            sure = one is None or one.included is True
            yield it.manifest.at(*_OVERRIDES, index, "restoreName"), volume, name, sure
    if it.policy != "PrefixTargetName":
        return
    for one in saved.values():
        named, chosen = claim_after(it, one)
        if named and not chosen and _is_restored(one):
            yield it.manifest.at(*_POLICY), one.name, named, one.included is True


def _is_restored(volume: SavedVolume | None) -> bool:
    return volume is not None and volume.included is not False and volume.source != MEMORY_DUMP


def _volume_places(it: RestoreSubject, volumes: list[SavedVolume]) -> tuple[Place, ...]:
    """Where the saved VM lists them; the first three."""
    if it.machine is None:
        return ()
    names = [volume.name for volume in volumes]
    listed = [
        it.machine.at(*VOLUMES, index, note=f'volume "{volume["name"]}"')
        for index, volume in it.machine.items(*VOLUMES)
        if volume.get("name") in names
    ]
    return tuple(listed[:3])


CHECKS: dict[str, Check] = {
    "restore-as-desired-state": Check(restore_as_desired_state, (RESTORE,)),
    "restore-inplace-new-target": Check(restore_inplace_new_target, (RESTORE,)),
    "restore-instancetype-missing": Check(restore_instancetype_missing, (RESTORE,)),
    "restore-name-collision": Check(restore_name_collision, (RESTORE,)),
    "restore-override-unmatched": Check(restore_override_unmatched, (RESTORE,)),
    "restore-patch-ignored": Check(restore_patch_ignored, (RESTORE,)),
    "restore-shares-volume": Check(restore_shares_volume, (RESTORE,)),
    "restore-with-snapshot": Check(restore_with_snapshot, (RESTORE,)),
}
