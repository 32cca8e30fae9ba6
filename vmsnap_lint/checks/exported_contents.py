"""What VirtualMachineSnapshotContents hold, against what they should.

Nobody but KubeVirt writes a content, so one is evidence wherever it stands. No webhook looks at
it; a restore trips over what is wrong with it (kubevirt v1.9.0, pkg/storage/snapshot/restore.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.families import Check
from vmsnap_lint.checks.volume_snapshots import is_unready
from vmsnap_lint.core.kinds import CONTENT, STORAGE_CLASS, VOLUME_SNAPSHOT
from vmsnap_lint.core.messages import counted, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.snapshot.status import Backup, ExpectedVolume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place


__all__ = ["CHECKS", "is_broken"]


def content_volume_missing(content: Manifest, world: World) -> Iterator[Problem]:
    """A persistent volume of the VM has no entry, and the snapshot does not say so itself."""
    if not status.backups(content):
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
        yield Problem(content.at(*status.BACKUPS), message, related, severity)


def content_empty(content: Manifest, world: World) -> Iterator[Problem]:
    """The content holds nothing, though the VM has persistent volumes."""
    if status.backups(content):
        return
    lost = _untold(content, world)
    if lost:
        names = quoted(volume.volume for volume in lost)
        message = (
            f"the content holds no volume at all, though its VM has {names}: no data was saved"
        )
        places = tuple(volume.at._replace(note="not saved") for volume in lost[:3])
        related = (*places, *_snapshot_place(content, world))
        absent = content.get(*status.BACKUPS) is None
        at = content.at("spec", key=True) if absent else content.at(*status.BACKUPS)
        yield Problem(at, message, related)


def content_entry_unusable(content: Manifest, world: World) -> Iterator[Problem]:
    """An entry that a restore cannot use: no VolumeSnapshot, a repeated name, no class."""
    seen: dict[str, Backup] = {}
    for backup in status.backups(content):
        named = f'entry "{backup.volume}"'
        if content.get(*status.BACKUPS, backup.position, "volumeSnapshotName") in (None, ""):
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
    if status.is_leaving(content) or _has_broken_snapshot(content, world):
        return
    severity = Severity.WARNING if content.get("status", "readyToUse") is True else None
    told = status.error_of(content, "status", "error")
    if told:
        at = content.at("status", "error", "message")
        yield Problem(at, f"the content has an error: {told}", severity=severity)
    for index, entry in content.items("status", "volumeSnapshotStatus"):
        error = status.error_of(content, "status", "volumeSnapshotStatus", index, "error")
        if not error or error in told:
            continue
        name = entry.get("volumeSnapshotName")
        message = f'VolumeSnapshot "{name}" has an error: {error}'
        at = content.at("status", "volumeSnapshotStatus", index, "error", "message")
        yield Problem(at, message, severity=severity)


def volumesnapshot_missing(content: Manifest, world: World) -> Iterator[Problem]:
    """An entry names a VolumeSnapshot that its namespace does not have."""
    where = f' in namespace "{content.namespace}"' if content.namespace else ""
    for backup in _without_snapshot(content, world):
        message = (
            f'no VolumeSnapshot "{backup.snapshot}"{where}: the data of volume '
            f'"{backup.volume}" cannot be restored'
        )
        yield Problem(backup.at("volumeSnapshotName"), message, _snapshot_place(content, world))


def orphaned_content(content: Manifest, world: World) -> Iterator[Problem]:
    """The snapshot of the content is gone; the content and its VolumeSnapshots remain."""
    name = content.text("spec", "virtualMachineSnapshotName")
    if not name or status.is_leaving(content) or world.evidence.snapshot(content) is not None:
        return
    named = world.evidence.named_snapshot(content)
    at = content.at("spec", "virtualMachineSnapshotName")
    number = len(status.backups(content))
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
    """Whether this content, or one of the VolumeSnapshots that it is made of, has an error."""
    reported = not status.is_leaving(content) and _reports_error(content)
    return reported or _has_broken_snapshot(content, world)


def _reports_error(content: Manifest) -> bool:
    """Whether its status has an error, or that of an entry."""
    entries = content.items("status", "volumeSnapshotStatus")
    paths = (("status", "volumeSnapshotStatus", index, "error") for index, _ in entries)
    return any(status.error_of(content, *path) for path in (("status", "error"), *paths))


def _has_broken_snapshot(content: Manifest, world: World) -> bool:
    """Whether one of its VolumeSnapshots is missing or not ready."""
    if any(_without_snapshot(content, world)):
        return True
    backups = status.backups(content)
    snapshots = (world.find(VOLUME_SNAPSHOT, one.snapshot, content) for one in backups)
    return any(snapshot is not None and is_unready(snapshot) for snapshot in snapshots)


def _without_snapshot(content: Manifest, world: World) -> Iterator[Backup]:
    """The entries that name a VolumeSnapshot which its namespace does not have."""
    if status.is_leaving(content) or _is_over(content, world):
        return
    for backup in status.backups(content):
        if not backup.snapshot or holds_placeholder(backup.snapshot):
            continue
        if world.resolve(VOLUME_SNAPSHOT, backup.snapshot, content) is Absence.ABSENT:
            yield backup


def _untold(content: Manifest, world: World) -> list[ExpectedVolume]:
    """The persistent volumes without an entry, but for those that snapshot-partial names."""
    if not isinstance(content.get(*status.BACKUPS), list | None) or status.is_leaving(content):
        return []
    missing = world.evidence.missing(content)
    snapshot = world.evidence.snapshot(content) if missing else None
    if snapshot is None:
        return list(missing)
    if _is_over(content, world) or status.partial_mark(snapshot) is not None:
        return []
    lost = world.evidence.lost(snapshot)
    told = set(lost[0]) if lost is not None else set()
    return [volume for volume in missing if volume.volume not in told]


def _is_over(content: Manifest, world: World) -> bool:
    """Whether the snapshot failed or goes away, and the content with it."""
    snapshot = world.evidence.snapshot(content)
    return snapshot is not None and (status.is_failed(snapshot) or status.is_leaving(snapshot))


def _class_gone(backup: Backup, world: World) -> Iterator[Problem]:
    """The StorageClass that a restored claim would be made in does not exist any more."""
    path = ("persistentVolumeClaim", "spec", "storageClassName")
    name = backup.content.text(*status.BACKUPS, backup.position, *path)
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


_MACHINE = ("spec", "source", "virtualMachine", "metadata")
_NAME = ("spec", "virtualMachineSnapshotName")
# What a content keeps of its VM, and where the snapshot says the same.
_SAME = (
    ((*_MACHINE, "name"), ("spec", "source", "name"), "VirtualMachine"),
    ((*_MACHINE, "uid"), ("status", "sourceUID"), "the uid"),
    ((*_MACHINE, "namespace"), ("metadata", "namespace"), "namespace"),
)


def content_mismatch(content: Manifest, world: World) -> Iterator[Problem]:
    """The content and the snapshot whose status names it do not say the same."""
    snapshot = world.evidence.snapshot(content)
    if snapshot is None or status.is_failed(snapshot) or status.is_leaving(snapshot):
        return
    yield from _other_name(content, snapshot)
    yield from _other_source(content, snapshot)
    yield from _other_status(content, snapshot)
    yield from _unlisted(content, snapshot)


def _other_name(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    name = content.get(*_NAME)
    if name == snapshot.name or not content.mapping("spec") or not snapshot.name:
        return
    if not isinstance(name, str | None) or holds_placeholder(name or ""):
        return
    field = ("status", "virtualMachineSnapshotContentName")
    related = (snapshot.at(*field, note=f'snapshot "{snapshot.name}" says this is its content'),)
    says = f'belongs to VirtualMachineSnapshot "{name}"' if name else "names no snapshot"
    message = f'the content {says}, but it is the content of "{snapshot.name}"'
    yield Problem(content.at(*_NAME), message, related)


def _other_source(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    for mine, theirs, what in _SAME:
        kept, said = content.text(*mine), snapshot.text(*theirs)
        if kept and said and kept != said and not holds_placeholder(kept + said):
            message = (
                f'the content keeps {what} "{kept}", the snapshot "{snapshot.name}" is of "{said}"'
            )
            yield Problem(content.at(*mine), message, (snapshot.at(*theirs, note="the snapshot"),))
            return  # another VM has another uid as well


def _other_status(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    """What the controller copies; it may differ in a dump that was made in between."""
    for field in ("readyToUse", "creationTime"):
        mine, theirs = content.get("status", field), snapshot.get("status", field)
        if mine is None or theirs is None or mine == theirs:
            continue
        if mine is False and status.error_of(content, "status", "error"):
            continue  # content-error, or what is wrong with its VolumeSnapshots
        message = (
            f"{field} is {_spelled(mine)} here and {_spelled(theirs)} in snapshot "
            f'"{snapshot.name}": the dump was made in between, or one was edited'
        )
        related = (snapshot.at("status", field, note="the snapshot"),)
        yield Problem(content.at("status", field), message, related, Severity.WARNING)


def _unlisted(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    """An entry that the snapshot's own list of included volumes does not have."""
    listed = status.included(snapshot)
    for backup in status.backups(content) if listed else ():
        if backup.volume and backup.volume not in listed:
            message = (
                f'entry "{backup.volume}" is not among the included volumes of snapshot '
                f'"{snapshot.name}"'
            )
            field = ("status", "snapshotVolumes", "includedVolumes")
            related = (snapshot.at(*field, note="its included volumes"),)
            yield Problem(backup.at("volumeName"), message, related, Severity.WARNING)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


CHECKS: dict[str, Check] = {
    "content-empty": Check(content_empty, (CONTENT,)),
    "content-entry-unusable": Check(content_entry_unusable, (CONTENT,)),
    "content-error": Check(content_error, (CONTENT,)),
    "content-mismatch": Check(content_mismatch, (CONTENT,)),
    "content-volume-missing": Check(content_volume_missing, (CONTENT,)),
    "orphaned-content": Check(orphaned_content, (CONTENT,)),
    "volumesnapshot-missing": Check(volumesnapshot_missing, (CONTENT,)),
}
