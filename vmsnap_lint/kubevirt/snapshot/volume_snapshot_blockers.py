"""What is wrong with VolumeSnapshots of a VM and their data.

kubernetes-csi/external-snapshotter v8.6.0, pkg/common-controller/snapshot_controller.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import (
    CONTENT,
    VOLUME_SNAPSHOT_CLASS,
    VOLUME_SNAPSHOT_CONTENT,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["is_unready", "volume_snapshot_blockers"]

_BOUND = ("status", "boundVolumeSnapshotContentName")
_SOURCE = ("spec", "source", "persistentVolumeClaimName")


def volume_snapshot_blockers(links: Links, manifest: Manifest) -> Iterator[Blocker]:
    """The faults of a VolumeSnapshot, or of what a content says of its PVCs."""
    for cause, find in _FAULTS:
        if manifest.kind != CONTENT.kind or cause is SnapshotCause.VOLUME_SNAPSHOT_MISMATCH:
            for problem in find(manifest, links):
                is_weak = problem.severity not in (None, Severity.ERROR)
                yield Blocker(cause, Effect.WAITS if is_weak else Effect.DOUBT, problem)


def _volumesnapshot_not_ready(snapshot: Manifest, links: Links) -> Iterator[Problem]:
    """A VolumeSnapshot is not ready to use, or reports an error."""
    if is_unready(snapshot) and links.is_of_kubevirt(snapshot):
        problem, backup = _unready(snapshot), links.backup_in(snapshot)
        if backup is not None:
            place = backup.at("volumeSnapshotName", note=f'contains volume "{backup.volume}"')
            problem = problem._replace(related=(place,))
        yield problem


def _volumesnapshot_mismatch(manifest: Manifest, links: Links) -> Iterator[Problem]:
    """A PVC or a driver differs from the one that should be snapshotted."""
    if manifest.kind == CONTENT.kind:
        yield from _other_claims(manifest)
    elif manifest.is_export and not status.is_deleting(manifest):
        yield from _other_source(manifest, links)
        if links.is_of_kubevirt(manifest):
            yield from _other_driver(manifest, links)


def _snapshot_chain_broken(snapshot: Manifest, links: Links) -> Iterator[Problem]:
    """The chain from VolumeSnapshot to the data on the storage is broken."""
    if not snapshot.is_export or status.is_deleting(snapshot) or is_unready(snapshot):
        return
    contents = links.cluster.workspace.of(VOLUME_SNAPSHOT_CONTENT)
    if not contents and not links.cluster.workspace.is_complete(VOLUME_SNAPSHOT_CONTENT):
        return
    if not links.is_of_kubevirt(snapshot):
        return
    name = snapshot.text(*_BOUND)
    content = links.cluster.resolve(VOLUME_SNAPSHOT_CONTENT, name, snapshot)
    if not name:
        message = "the VolumeSnapshot is bound to no VolumeSnapshotContent: it has no data"
        yield Problem(snapshot.at(*_BOUND), message)
    elif not isinstance(content, Absence):
        yield from _unlinked(snapshot, content)
    elif content in (Absence.ABSENT, Absence.GUESSED) and not holds_placeholder(name):
        severity = Severity.WARNING if content is Absence.GUESSED else None
        message = f'no VolumeSnapshotContent "{name}": this VolumeSnapshot has no data'
        yield Problem(snapshot.at(*_BOUND), message, (), severity)


def is_unready(snapshot: Manifest) -> bool:
    """Whether an export shows a VolumeSnapshot that is not ready, or that has an error."""
    if not snapshot.is_export or status.is_deleting(snapshot):
        return False
    error = status.error_of(snapshot, "status", "error")
    return snapshot.get("status", "readyToUse") is not True or bool(error)


def _unready(snapshot: Manifest) -> Problem:
    """The problem of an unready VolumeSnapshot."""
    name = f'VolumeSnapshot "{snapshot.name}"'
    if snapshot.get("status", "readyToUse") is True:
        at = snapshot.at("status", "error", "message")
        error = status.error_of(snapshot, "status", "error")
        message = f"{name} is ready, but has the error {verbatim(error)}"
        return Problem(at, message, (), Severity.WARNING)
    message = f"{name} is not ready to use and cannot be restored{status.error_clause(snapshot)}"
    return Problem(status.ready_place(snapshot), message)


def _differ(one: str, other: str) -> bool:
    """Whether both are set and known, but not equal."""
    return bool(one and other) and one != other and not holds_placeholder(one + other)


def _other_claims(content: Manifest) -> Iterator[Problem]:
    """Entries with another PVC than that volume of the content's own VM."""
    vm = status.embedded_vm(content)
    volumes = status.expected_volumes(vm) if vm is not None else ()
    claims = {volume.volume: volume for volume in volumes}
    for backup in status.backups(content):
        volume = claims.get(backup.volume)
        if volume is not None and _differ(backup.claim, volume.claim):
            message = (
                f'entry "{backup.volume}" has PVC "{backup.claim}", but the VM uses '
                f'"{volume.claim}"'
            )
            at = backup.at("persistentVolumeClaim", "metadata", "name")
            yield Problem(at, message, (volume.at._replace(note="the volume"),))


def _other_source(snapshot: Manifest, links: Links) -> Iterator[Problem]:
    """Its PVC differs from the one of the entry that names it."""
    claim, backup = snapshot.text(*_SOURCE), links.backup_in(snapshot)
    if backup is not None and _differ(claim, backup.claim):
        message = (
            f'VolumeSnapshot "{snapshot.name}" is of PVC "{claim}", but should be of PVC '
            f'"{backup.claim}" for volume "{backup.volume}"'
        )
        related = (backup.at("persistentVolumeClaim", "metadata", "name", note="its entry"),)
        yield Problem(snapshot.at(*_SOURCE), message, related)


def _other_driver(snapshot: Manifest, links: Links) -> Iterator[Problem]:
    """Its class has another driver than the content that it is bound to."""
    name = snapshot.text("spec", "volumeSnapshotClassName")
    snapshot_class = links.cluster.find(VOLUME_SNAPSHOT_CLASS, name, snapshot)
    content = links.cluster.find(VOLUME_SNAPSHOT_CONTENT, snapshot.text(*_BOUND), snapshot)
    if snapshot_class is None or content is None:
        return
    expected, driver = snapshot_class.text("driver"), content.text("spec", "driver")
    if _differ(expected, driver):
        message = (
            f'VolumeSnapshotClass "{name}" has driver "{expected}", but the snapshot was created '
            f'by "{driver}"'
        )
        related = (
            snapshot_class.at("driver", note="the class"),
            content.at("spec", "driver", note="created by"),
        )
        yield Problem(snapshot.at("spec", "volumeSnapshotClassName"), message, related)


def _unlinked(snapshot: Manifest, content: Manifest) -> Iterator[Problem]:
    """The content refers to another VolumeSnapshot, or to no data."""
    at, named = snapshot.at(*_BOUND), f'VolumeSnapshotContent "{content.name}"'
    for field, own in (("name", snapshot.name), ("namespace", snapshot.namespace or "")):
        path = ("spec", "volumeSnapshotRef", field)
        other = content.text(*path)
        if _differ(other, own):
            message = f'{named} belongs to {field} "{other}", not to this VolumeSnapshot'
            yield Problem(at, message, (content.at(*path, note="refers to another object"),))
            return
    handles = (("status", "snapshotHandle"), ("spec", "source", "snapshotHandle"))
    if content.is_export and not any(content.get(*path) for path in handles):
        message = f"{named} has no snapshotHandle: it has no data"
        yield Problem(at, message, (content.at("status", note="no snapshotHandle here"),))


_FAULTS = (
    (SnapshotCause.CHAIN_BROKEN, _snapshot_chain_broken),
    (SnapshotCause.VOLUME_SNAPSHOT_MISMATCH, _volumesnapshot_mismatch),
    (SnapshotCause.VOLUME_SNAPSHOT_NOT_READY, _volumesnapshot_not_ready),
)
