"""The plan of a snapshot whose outcome is final, from its status and content."""

from __future__ import annotations

from vmsnap_lint.core.kinds import (
    CLUSTER_SCOPED,
    PVC,
    STORAGE_CLASS,
    VOLUME_SNAPSHOT,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.chain_link import link
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, VolumePlan
from vmsnap_lint.kubevirt.snapshot.status_blockers import data_blockers
from vmsnap_lint.kubevirt.storage.volume_trail import VOLUME, volume_link
from vmsnap_lint.kubevirt.trail import NO_TRAIL, Trail
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.blocker import Blocker
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.status import Backup, ExpectedVolume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["failed_plan", "plan"]


def plan(evidence: Links, snapshot: Manifest) -> SnapshotPlan:
    """The contents of a snapshot that was taken."""
    volumes = tuple(_volumes(evidence, snapshot))
    blockers = tuple(data_blockers(evidence, snapshot))
    verdict, reasons = _verdict(evidence, snapshot, volumes, blockers)
    source = evidence.vm_of(snapshot) or Absence.UNKNOWN
    return SnapshotPlan.of(snapshot, verdict, [*reasons, *_remarks(snapshot)], volumes, source)


def failed_plan(evidence: Links, snapshot: Manifest) -> SnapshotPlan:
    """The end of a snapshot that failed: it contains nothing."""
    vm = evidence.vm_of(snapshot)
    volumes = tuple(
        _without_entry(volume, False, "the snapshot failed") for volume in evidence.expected(vm)
    )
    reasons = [*status.failures(snapshot), "a failed snapshot is never retried"]
    return SnapshotPlan.of(snapshot, Verdict.STUCK, reasons, volumes, vm or Absence.UNKNOWN)


def _volumes(evidence: Links, snapshot: Manifest) -> Iterator[VolumePlan]:
    """The content's entries, then every other volume that the snapshot or its VM has."""
    content = evidence.content(snapshot)
    backups = () if isinstance(content, Absence) else status.backups(content)
    for backup in backups:
        yield _saved(evidence, backup)
    names = {backup.volume for backup in backups}
    has_state = any(map(status.is_state, names))
    expected = {
        volume.volume: volume
        for volume in evidence.expected(evidence.vm_of(snapshot))
        if volume.claim or not has_state
    }
    listed = dict.fromkeys(status.included(snapshot), True)
    listed |= dict.fromkeys((name for name, _ in status.excluded(snapshot)), False)
    for name, is_included in listed.items():
        if name not in names:
            yield _listed(name, is_included, expected.get(name))
    for name, volume in expected.items():
        if name not in names and name not in listed:
            if isinstance(content, Absence):
                yield _without_entry(volume, None, "the export does not show it")
            else:
                yield _without_entry(volume, False, "the snapshot's content has no entry for it")


def _saved(evidence: Links, backup: Backup) -> VolumePlan:
    storage_class = backup.content.text(
        *status.BACKUPS, backup.position, "persistentVolumeClaim", "spec", "storageClassName"
    )
    snapshot = evidence.cluster.find(VOLUME_SNAPSHOT, backup.snapshot, backup.content)
    snapshot_class = snapshot.text("spec", "volumeSnapshotClassName") if snapshot else ""
    reason, included = f'in VolumeSnapshot "{backup.snapshot}"', True
    if not backup.snapshot:
        reason, included = "its entry has no VolumeSnapshot", False
    elif snapshot is None and evidence.is_gone(backup):
        reason, included = f'VolumeSnapshot "{backup.snapshot}" does not exist', False
    return VolumePlan(
        backup.volume, backup.claim or None, included, storage_class or None,
        snapshot_class or None, reason, persistent=True,
        trail=Trail.later(
            lambda: _saved_trail(evidence.cluster, backup, storage_class, snapshot_class)
        ),
    )  # fmt: skip


def _saved_trail(
    cluster: Cluster, backup: Backup, storage_class: str, snapshot_class: str
) -> Trail:
    """The entry of a content, and the objects that it and its VolumeSnapshot name."""
    content, links = backup.content, [volume_link(backup.volume, backup.at("volumeName"))]
    named = (
        (PVC, backup.claim), (VOLUME_SNAPSHOT, backup.snapshot),
        (STORAGE_CLASS, storage_class), (VOLUME_SNAPSHOT_CLASS, snapshot_class),
    )  # fmt: skip
    for kind, name in named:
        if name:
            home = None if kind in CLUSTER_SCOPED else content.namespace
            links.append(link(kind.kind, home, name, cluster.resolve(kind, name, content)))
    if not backup.snapshot:
        return Trail(*links, breaks_at=VOLUME)
    taken = next(each for each in links if each.kind == VOLUME_SNAPSHOT.kind)
    is_gone = taken.absence is Absence.ABSENT
    return Trail(*links, breaks_at=VOLUME_SNAPSHOT.kind if is_gone else "")


def _listed(name: str, is_included: bool, volume: ExpectedVolume | None) -> VolumePlan:
    persistent = is_included or volume is not None or status.is_state(name)
    field = "includedVolumes" if is_included else "excludedVolumes"
    claim = volume.claim or None if volume is not None else None
    reason = f"status.snapshotVolumes.{field} lists it"
    trail = NO_TRAIL if volume is None else _entry_trail(volume, "")
    return VolumePlan(name, claim, is_included, None, None, reason, persistent, trail)


def _without_entry(volume: ExpectedVolume, included: bool | None, reason: str) -> VolumePlan:
    claim, trail = volume.claim or None, _entry_trail(volume, VOLUME)
    return VolumePlan(volume.volume, claim, included, None, None, reason, True, trail)


def _entry_trail(volume: ExpectedVolume, breaks_at: str) -> Trail:
    return Trail.later(lambda: Trail(volume_link(volume.volume, volume.at), breaks_at=breaks_at))


def _verdict(
    evidence: Links,
    snapshot: Manifest,
    volumes: tuple[VolumePlan, ...],
    blockers: tuple[Blocker, ...],
) -> tuple[Verdict, list[str]]:
    persistent = [volume for volume in volumes if volume.persistent]
    missing = [volume for volume in persistent if volume.included is False]
    reasons = [f'volume "{volume.name}" is left out: {volume.reason}' for volume in missing]
    if status.partial_mark(snapshot) is not None or missing:
        if len(missing) == len(persistent):
            reasons.append(
                "the snapshot contains no disk" if missing else "it is marked as partial"
            )
        return Verdict.PARTIAL, reasons
    doubts = [one.problem.message for one in blockers if one.effect is Effect.DOUBT]
    if doubts:
        return Verdict.UNKNOWN, doubts
    if any(volume.included is None for volume in persistent):
        return Verdict.UNKNOWN, ["neither its content nor its status shows what it contains"]
    if evidence.vm_of(snapshot) is None:
        return Verdict.UNKNOWN, ["the volumes of its VM are not in the input"]
    if not persistent:
        return Verdict.EMPTY, ["the VM had no volume that can be snapshotted"]
    return Verdict.COMPLETE, []


def _remarks(snapshot: Manifest) -> Iterator[str]:
    """What a reader should know before trusting the verdict."""
    if status.is_deleting(snapshot):
        yield "it is being deleted"
    elif snapshot.get("status", "readyToUse") is not True:
        yield f"it is not ready to use{status.error_clause(snapshot)}"
