"""What VirtualMachineSnapshotContents hold, against what they should. Floor 5.

Nobody but KubeVirt writes a content, so one is evidence wherever it stands. No webhook looks at
it; a restore trips over what is wrong with it (kubevirt v1.9.0, pkg/storage/snapshot/restore.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import exported
from vmsnap_lint.checks.check import Check
from vmsnap_lint.checks.volume_snapshots import is_unready, trouble
from vmsnap_lint.kinds import CONTENT, STORAGE_CLASS, VOLUME_SNAPSHOT
from vmsnap_lint.model import Severity
from vmsnap_lint.problem import Problem
from vmsnap_lint.values import holds_placeholder
from vmsnap_lint.wording import counted, quoted
from vmsnap_lint.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.exported import Backup, Wanted
    from vmsnap_lint.manifest import Manifest, Place
    from vmsnap_lint.world import World


__all__ = ["CHECKS", "is_broken"]


def content_volume_missing(content: Manifest, world: World) -> Iterator[Problem]:
    """A persistent volume of the VM has no entry, and the snapshot does not say so itself."""
    if not exported.backups(content):
        return  # content-empty
    for volume in _untold(content, world):
        claim = f' (claim "{volume.claim}")' if volume.claim else ""
        _, own = world.evidence.machine(content)
        when = "" if own else " now"
        message = (
            f'volume "{volume.volume}"{claim} of the VM{when} has no entry: its data is not in the '
            "snapshot"
        )
        related = (volume.at._replace(note="the volume"), *_snapshot_place(content, world))
        severity = None if own else Severity.WARNING
        yield Problem(content.at(*exported.BACKUPS), message, related, severity)


def content_empty(content: Manifest, world: World) -> Iterator[Problem]:
    """The content holds nothing, though the VM has persistent volumes."""
    if exported.backups(content):
        return
    lost = _untold(content, world)
    if lost:
        names = quoted(volume.volume for volume in lost)
        message = (
            f"the content holds no volume at all, though its VM has {names}: no data was saved"
        )
        places = tuple(volume.at._replace(note="not saved") for volume in lost[:3])
        related = (*places, *_snapshot_place(content, world))
        absent = content.get(*exported.BACKUPS) is None
        at = content.at("spec", key=True) if absent else content.at(*exported.BACKUPS)
        yield Problem(at, message, related)


def content_entry_unusable(content: Manifest, world: World) -> Iterator[Problem]:
    """An entry that a restore cannot use: no VolumeSnapshot, a repeated name, no class."""
    seen: dict[str, Backup] = {}
    for backup in exported.backups(content):
        named = f'entry "{backup.volume}"'
        if content.get(*exported.BACKUPS, backup.position, "volumeSnapshotName") in (None, ""):
            message = f"{named} names no VolumeSnapshot: a restore of it stops here"
            yield Problem(backup.at(), message)
        first = seen.setdefault(backup.volume, backup)
        if backup.volume and first is not backup:
            message = f"{named} is there twice: a restore uses the first one only"
            related = (first.at("volumeName", note="the first one"),)
            yield Problem(backup.at("volumeName"), message, related)
        yield from _class_gone(backup, world)


def content_error(content: Manifest, world: World) -> Iterator[Problem]:
    """The content reports an error of which no VolumeSnapshot of the input speaks."""
    if exported.is_leaving(content) or any(_broken_snapshots(content, world)):
        return
    severity = Severity.WARNING if content.get("status", "readyToUse") is True else None
    told = exported.error_of(content, "status", "error")
    if told:
        at = content.at("status", "error", "message")
        yield Problem(at, f"the content has an error: {told}", severity=severity)
    for index, entry in content.items("status", "volumeSnapshotStatus"):
        error = exported.error_of(content, "status", "volumeSnapshotStatus", index, "error")
        if not error or error in told:
            continue
        name = entry.get("volumeSnapshotName")
        message = f'VolumeSnapshot "{name}" has an error: {error}'
        at = content.at("status", "volumeSnapshotStatus", index, "error", "message")
        yield Problem(at, message, severity=severity)


def volumesnapshot_missing(content: Manifest, world: World) -> Iterator[Problem]:
    """An entry names a VolumeSnapshot that its namespace does not have."""
    if exported.is_leaving(content) or _is_over(content, world):
        return
    where = f' in namespace "{content.namespace}"' if content.namespace else ""
    for backup in exported.backups(content):
        if not backup.snapshot or holds_placeholder(backup.snapshot):
            continue
        if world.resolve(VOLUME_SNAPSHOT, backup.snapshot, content) is Absence.ABSENT:
            message = (
                f'no VolumeSnapshot "{backup.snapshot}"{where}: the data of volume '
                f'"{backup.volume}" cannot be restored'
            )
            related = _snapshot_place(content, world)
            yield Problem(backup.at("volumeSnapshotName"), message, related)


def orphaned_content(content: Manifest, world: World) -> Iterator[Problem]:
    """The snapshot of the content is gone; the content and its VolumeSnapshots remain."""
    name = content.text("spec", "virtualMachineSnapshotName")
    if not name or exported.is_leaving(content) or world.evidence.snapshot(content) is not None:
        return
    named = world.evidence.named_snapshot(content)
    at = content.at("spec", "virtualMachineSnapshotName")
    number = len(exported.backups(content))
    held = f"{counted(number, 'VolumeSnapshot')} of it {'remains' if number == 1 else 'remain'}"
    effect = f"{held} until it is deleted by hand"
    if named is Absence.ABSENT:
        message = f'its VirtualMachineSnapshot "{name}" is gone: {effect}'
        yield Problem(at, message)
    elif not isinstance(named, Absence):
        field = ("status", "virtualMachineSnapshotContentName")
        message = f'VirtualMachineSnapshot "{name}" has another content by now: {effect}'
        other = named.at(*field, note=f'its content is "{named.text(*field)}"')
        yield Problem(at, message, (other,))


def is_broken(content: Manifest, world: World) -> bool:
    """Whether a rule speaks of an error of this content or of what it is made of."""
    return any(content_error(content, world)) or any(_broken_snapshots(content, world))


def _broken_snapshots(content: Manifest, world: World) -> Iterator[Problem]:
    """What rules say of the content's VolumeSnapshots."""
    yield from volumesnapshot_missing(content, world)
    for backup in exported.backups(content):
        found = world.resolve(VOLUME_SNAPSHOT, backup.snapshot, content)
        if not isinstance(found, Absence) and is_unready(found):
            yield trouble(found)


def _untold(content: Manifest, world: World) -> list[Wanted]:
    """The persistent volumes without an entry, but for those that snapshot-partial names."""
    if not isinstance(content.get(*exported.BACKUPS), list | None) or exported.is_leaving(content):
        return []
    missing = world.evidence.missing(content)
    snapshot = world.evidence.snapshot(content) if missing else None
    if snapshot is None:
        return list(missing)
    if _is_over(content, world) or exported.partial_mark(snapshot) is not None:
        return []
    lost = world.evidence.lost(snapshot)
    told = set(lost[0]) if lost is not None else set()
    return [volume for volume in missing if volume.volume not in told]


def _is_over(content: Manifest, world: World) -> bool:
    """Whether the snapshot failed or goes away, and the content with it."""
    snapshot = world.evidence.snapshot(content)
    return snapshot is not None and (exported.is_failed(snapshot) or exported.is_leaving(snapshot))


def _class_gone(backup: Backup, world: World) -> Iterator[Problem]:
    """The StorageClass that a restored claim would be made in does not exist any more."""
    path = ("persistentVolumeClaim", "spec", "storageClassName")
    name = backup.content.text(*exported.BACKUPS, backup.position, *path)
    if not name or holds_placeholder(name):
        return
    found = world.resolve(STORAGE_CLASS, name, backup.content)
    if found is Absence.ABSENT or found is Absence.GUESSED:
        severity = Severity.WARNING if found is Absence.GUESSED else None
        message = f'entry "{backup.volume}": no StorageClass "{name}", a restore of it stops here'
        yield Problem(backup.at(*path), message, (), severity)


def _snapshot_place(content: Manifest, world: World) -> tuple[Place, ...]:
    snapshot = world.evidence.snapshot(content)
    if snapshot is None:
        return ()
    return (snapshot.at("metadata", "name", note="the snapshot of this content"),)


CHECKS: dict[str, Check] = {
    "content-empty": Check(content_empty, (CONTENT,)),
    "content-entry-unusable": Check(content_entry_unusable, (CONTENT,)),
    "content-error": Check(content_error, (CONTENT,)),
    "content-volume-missing": Check(content_volume_missing, (CONTENT,)),
    "orphaned-content": Check(orphaned_content, (CONTENT,)),
    "volumesnapshot-missing": Check(volumesnapshot_missing, (CONTENT,)),
}
