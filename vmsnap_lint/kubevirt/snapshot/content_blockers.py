"""VirtualMachineSnapshotContents that lack data or do not match their snapshot.

Only KubeVirt writes a content, so one is evidence in any file. No webhook checks it; what is wrong
with it makes a restore fail (kubevirt v1.9.0, pkg/storage/snapshot/restore.go).
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import STORAGE_CLASS, VOLUME_SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted, verbatim
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.snapshot.volume_snapshot_blockers import is_unready
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.status import Backup, ExpectedVolume
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["content_blockers", "is_broken", "unusable_class", "without_volume"]


_LONGEST_ERROR = 10_000
_VM = ("spec", "source", "virtualMachine", "metadata")
_NAME = ("spec", "virtualMachineSnapshotName")
_CONTENT_NAME = ("status", "virtualMachineSnapshotContentName")
_STATUSES = ("status", "volumeSnapshotStatus")
_CLASS = ("persistentVolumeClaim", "spec", "storageClassName")
# What a content copies of its VM, and where the snapshot has the same.
_COPIES = (
    ((*_VM, "name"), ("spec", "source", "name"), "VirtualMachine"),
    ((*_VM, "namespace"), ("metadata", "namespace"), "namespace"),
)


def content_blockers(links: Links, content: Manifest) -> Iterator[Blocker]:
    """What is wrong with a content, each fault with its effect on the data of the snapshot."""
    for cause, effect, find in _FAULTS:
        for problem in find(content, links):
            is_weak = problem.severity not in (None, Severity.ERROR) and effect is not Effect.WAITS
            yield Blocker(cause, Effect.DOUBT if is_weak else effect, problem)


def without_volume(backup: Backup) -> Problem | None:
    """The problem of an entry that names no VolumeSnapshot."""
    path = (*status.BACKUPS, backup.position, "volumeSnapshotName")
    if backup.content.get(*path) not in (None, ""):
        return None
    message = f'entry "{backup.volume}" has no VolumeSnapshot: a restore fails here'
    return Problem(backup.at(), message)


def unusable_class(cluster: Cluster, backup: Backup) -> Problem | None:
    """The problem of an entry whose PVC has a StorageClass that does not exist."""
    name = backup.content.text(*status.BACKUPS, backup.position, *_CLASS)
    if not name or holds_placeholder(name):
        return None
    storage_class = cluster.resolve(STORAGE_CLASS, name, backup.content)
    if storage_class not in (Absence.ABSENT, Absence.GUESSED):
        return None
    severity = Severity.WARNING if storage_class is Absence.GUESSED else None
    message = (
        f'entry "{backup.volume}" has StorageClass "{name}", which does not exist: a restore '
        "fails here"
    )
    return Problem(backup.at(*_CLASS), message, (), severity)


def _content_volume_missing(content: Manifest, links: Links) -> Iterator[Problem]:
    """A persistent volume of the VM has no entry, and the snapshot does not report it."""
    if not status.backups(content):
        return  # content-empty
    _, own = links.vm_of_content(content)
    for volume in _unreported(content, links):
        claim = f' (PVC "{volume.claim}")' if volume.claim else ""
        message = (
            f'volume "{volume.volume}"{claim} of the VM{"" if own else " now"} has no entry: its '
            "data is not in the snapshot"
        )
        related = (volume.at._replace(note="the volume"), *_snapshot_place(content, links))
        severity = None if own else Severity.WARNING
        yield Problem(content.at(*status.BACKUPS), message, related, severity)


def _content_empty(content: Manifest, links: Links) -> Iterator[Problem]:
    """The content has no volumes, although the VM has persistent ones."""
    volumes = [] if status.backups(content) else _unreported(content, links)
    if volumes:
        names = quoted(volume.volume for volume in volumes)
        message = f"the content has no volumes, although its VM has {names}: no data was saved"
        places = tuple(volume.at._replace(note="not saved") for volume in volumes[:3])
        absent = content.get(*status.BACKUPS) is None
        at = content.at("spec", key=True) if absent else content.at(*status.BACKUPS)
        yield Problem(at, message, (*places, *_snapshot_place(content, links)))


def _content_entry_unusable(content: Manifest, links: Links) -> Iterator[Problem]:
    """An entry that a restore cannot use: no VolumeSnapshot, a repeated name, no class."""
    entries: dict[str, Backup] = {}
    for backup in status.backups(content):
        named = f'entry "{backup.volume}"'
        faults = (without_volume(backup), unusable_class(links.cluster, backup))
        yield from filter(None, faults)
        first = entries.setdefault(backup.volume, backup)
        if backup.volume and first is not backup:
            message = f"{named} occurs twice: a restore uses only the first one"
            related = (first.at("volumeName", note="the first one"),)
            yield Problem(backup.at("volumeName"), message, related)


def _content_error(content: Manifest, links: Links) -> Iterator[Problem]:
    """The content reports an error that no VolumeSnapshot of the input shows."""
    if status.is_deleting(content) or _has_broken_snapshot(content, links):
        return
    severity = Severity.WARNING if content.get("status", "readyToUse") is True else None
    own_error = status.error_of(content, "status", "error")
    if own_error:
        at = content.at("status", "error", "message")
        yield Problem(at, f"the content has the error {verbatim(own_error)}", severity=severity)
    for index, entry in content.items(*_STATUSES):
        error = status.error_of(content, *_STATUSES, index, "error")
        if error and error[:_LONGEST_ERROR] not in own_error[:_LONGEST_ERROR]:
            name = entry.get("volumeSnapshotName")
            message = f'VolumeSnapshot "{name}" has the error {verbatim(error)}'
            at = content.at(*_STATUSES, index, "error", "message")
            yield Problem(at, message, severity=severity)


def _volumesnapshot_missing(content: Manifest, links: Links) -> Iterator[Problem]:
    """An entry names a VolumeSnapshot that does not exist in its namespace."""
    for backup in _without_snapshot(content, links):
        snapshot = Ref(*VOLUME_SNAPSHOT, content.namespace, backup.snapshot)
        message = f'no {snapshot}: the data of volume "{backup.volume}" cannot be restored'
        yield Problem(backup.at("volumeSnapshotName"), message, _snapshot_place(content, links))


def _content_mismatch(content: Manifest, links: Links) -> Iterator[Problem]:
    """The content and the snapshot whose status names it differ."""
    snapshot = links.snapshot(content)
    if snapshot is not None and not status.is_over(snapshot):
        yield from _other_name(content, snapshot)
        yield from _other_source(content, snapshot)
        yield from _other_status(content, snapshot)
        yield from _not_included(content, snapshot)


def is_broken(links: Links, content: Manifest) -> bool:
    """Whether this content, or one of its VolumeSnapshots, has an error; found out once."""
    broken = links.cluster.once(_broken)
    if content not in broken:
        broken[content] = _is_broken(content, links)
    return broken[content]


def _broken(_cluster: Cluster) -> dict[Manifest, bool]:
    """Whether contents are broken, as far as it was asked for."""
    return {}


def _is_broken(content: Manifest, links: Links) -> bool:
    if _has_broken_snapshot(content, links):
        return True
    paths = (("status", "error"), *((*_STATUSES, i, "error") for i, _ in content.items(*_STATUSES)))
    reports_error = any(status.error_of(content, *path) for path in paths)
    return reports_error and not status.is_deleting(content)


def _has_broken_snapshot(content: Manifest, links: Links) -> bool:
    """Whether one of its VolumeSnapshots is missing or not ready."""
    if any(_without_snapshot(content, links)):
        return True
    backups = status.backups(content)
    snapshots = (
        links.cluster.find(VOLUME_SNAPSHOT, backup.snapshot, content) for backup in backups
    )
    return any(snapshot is not None and is_unready(snapshot) for snapshot in snapshots)


def _without_snapshot(content: Manifest, links: Links) -> Iterator[Backup]:
    """The entries that name a VolumeSnapshot which does not exist in their namespace."""
    if status.is_deleting(content) or status.is_over(links.snapshot(content)):
        return
    for backup in status.backups(content):
        if links.is_gone(backup):
            yield backup


def _unreported(content: Manifest, links: Links) -> list[ExpectedVolume]:
    """The persistent volumes without an entry, except those that snapshot-partial names."""
    if not isinstance(content.get(*status.BACKUPS), list | None) or status.is_deleting(content):
        return []
    missing = links.missing(content)
    snapshot = links.snapshot(content) if missing else None
    if snapshot is None:
        return list(missing)
    if status.is_over(snapshot) or status.partial_mark(snapshot) is not None:
        return []
    reported = frozenset((links.left_out(snapshot) or ((), ()))[0])
    return [volume for volume in missing if volume.volume not in reported]


def _snapshot_place(content: Manifest, links: Links) -> tuple[Place, ...]:
    snapshot, note = links.snapshot(content), "the snapshot of this content"
    return () if snapshot is None else (snapshot.at("metadata", "name", note=note),)


def _other_name(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    name = content.get(*_NAME)
    if name == snapshot.name or not content.mapping("spec") or not snapshot.name:
        return
    if not isinstance(name, str | None) or holds_placeholder(name or ""):
        return
    note = f'snapshot "{snapshot.name}" refers to this content'
    named = f'belongs to VirtualMachineSnapshot "{name}"' if name else "names no snapshot"
    message = f'the content {named}, but snapshot "{snapshot.name}" refers to it'
    yield Problem(content.at(*_NAME), message, (snapshot.at(*_CONTENT_NAME, note=note),))


def _other_source(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    for path, snapshot_path, what in _COPIES:
        copy, value = content.text(*path), snapshot.text(*snapshot_path)
        if copy and value and copy != value and not holds_placeholder(copy + value):
            message = (
                f'the content contains {what} "{copy}", but snapshot "{snapshot.name}" is of '
                f'"{value}"'
            )
            related = (snapshot.at(*snapshot_path, note="the snapshot"),)
            yield Problem(content.at(*path), message, related)
            return  # another VM has another uid as well


def _other_status(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    """The fields that the controller copies; an export made in between may differ."""
    for field in ("readyToUse", "creationTime"):
        value, copied = snapshot.get("status", field), content.get("status", field)
        if value is None or copied is None or value == copied:
            continue
        if copied is False and status.error_of(content, "status", "error"):
            continue  # content-error, or what is wrong with its VolumeSnapshots
        message = (
            f"{field} is {_spelled(copied)} here and {_spelled(value)} in snapshot "
            f'"{snapshot.name}": it changed during the export, or one was edited'
        )
        related = (snapshot.at("status", field, note="the snapshot"),)
        yield Problem(content.at("status", field), message, related, Severity.WARNING)


def _not_included(content: Manifest, snapshot: Manifest) -> Iterator[Problem]:
    """An entry that the snapshot's own list of included volumes does not have."""
    included = frozenset(status.included(snapshot))
    for backup in status.backups(content) if included else ():
        if backup.volume and backup.volume not in included:
            message = (
                f'entry "{backup.volume}" is not among the included volumes of snapshot '
                f'"{snapshot.name}"'
            )
            field = ("status", "snapshotVolumes", "includedVolumes")
            related = (snapshot.at(*field, note="its included volumes"),)
            yield Problem(backup.at("volumeName"), message, related, Severity.WARNING)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


# What only makes a restore fail (WAITS) leaves the data where it is.
_FAULTS = (
    (SnapshotCause.CONTENT_EMPTY, Effect.PARTIAL, _content_empty),
    (SnapshotCause.CONTENT_ENTRY_UNUSABLE, Effect.WAITS, _content_entry_unusable),
    (SnapshotCause.CONTENT_ERROR, Effect.DOUBT, _content_error),
    (SnapshotCause.CONTENT_MISMATCH, Effect.DOUBT, _content_mismatch),
    (SnapshotCause.CONTENT_VOLUME_MISSING, Effect.PARTIAL, _content_volume_missing),
    (SnapshotCause.VOLUME_SNAPSHOT_MISSING, Effect.PARTIAL, _volumesnapshot_missing),
)
