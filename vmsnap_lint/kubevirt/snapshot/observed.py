"""A snapshot whose fate is settled becomes its plan: what its status and content say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import VOLUME_SNAPSHOT
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, Verdict, VolumePlan
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.status import Backup, ExpectedVolume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["failed_plan", "plan", "seen_plan"]


def plan(evidence: Links, snapshot: Manifest) -> SnapshotPlan:
    """What a snapshot that was taken holds."""
    volumes = tuple(_volumes(evidence, snapshot))
    verdict, reasons = _verdict(evidence, snapshot, volumes)
    return _plan(snapshot, verdict, [*reasons, *_remarks(snapshot)], volumes)


def failed_plan(evidence: Links, snapshot: Manifest) -> SnapshotPlan:
    """The end of a snapshot that failed: it holds nothing, and never will."""
    vm = evidence.machine_of(snapshot)
    lost = evidence.wanted(vm) if vm is not None else ()
    volumes = tuple(_left_out(volume, "the snapshot failed") for volume in lost)
    reasons = [*status.failures(snapshot), "a failed snapshot is never tried again"]
    return _plan(snapshot, Verdict.STUCK, reasons, volumes)


def seen_plan(predicted: SnapshotPlan, snapshot: Manifest) -> SnapshotPlan:
    """The prediction for a snapshot in progress, corrected by what its status says."""
    held_up = status.unlocked(snapshot)
    if held_up is None or predicted.verdict is Verdict.REJECTED:
        return predicted
    reasons = (f"its status says: {held_up[1]}", *predicted.reasons)
    return _plan(snapshot, Verdict.STUCK, list(reasons), predicted.volumes)


def _plan(
    snapshot: Manifest, verdict: Verdict, reasons: list[str], volumes: tuple[VolumePlan, ...]
) -> SnapshotPlan:
    return SnapshotPlan(
        snapshot.namespace,
        snapshot.name,
        snapshot.text("spec", "source", "name"),
        verdict,
        tuple(reasons),
        volumes,
    )


def _volumes(evidence: Links, snapshot: Manifest) -> Iterator[VolumePlan]:
    """The content's entries, then every other volume that the snapshot or its VM has."""
    content = evidence.content(snapshot)
    entries = () if isinstance(content, Absence) else status.backups(content)
    for backup in entries:
        yield _held(evidence, backup)
    vm = evidence.machine_of(snapshot)
    by_name = {volume.volume: volume for volume in (evidence.wanted(vm) if vm is not None else ())}
    seen = {backup.volume for backup in entries}
    if any(map(status.is_state, seen)):
        by_name = {name: volume for name, volume in by_name.items() if volume.claim}
    said = [(name, True) for name in status.included(snapshot)]
    said += [(name, False) for name, _ in status.excluded(snapshot)]
    answers = {name: answer for name, answer in said if name not in seen}
    for name, answer in answers.items():
        yield _listed(name, answer, by_name.get(name))
    for name, volume in by_name.items():
        if name not in seen and name not in answers:
            yield _unlisted(volume, known=not isinstance(content, Absence))


def _held(evidence: Links, backup: Backup) -> VolumePlan:
    storage_class = backup.content.text(
        *status.BACKUPS, backup.position, "persistentVolumeClaim", "spec", "storageClassName"
    )
    found = evidence.cluster.find(VOLUME_SNAPSHOT, backup.snapshot, backup.content)
    named = found.text("spec", "volumeSnapshotClassName") if found is not None else ""
    reason = f'VolumeSnapshot "{backup.snapshot}" holds it'
    return VolumePlan(
        backup.volume, backup.claim or None, bool(backup.snapshot), storage_class or None,
        named or None, reason if backup.snapshot else "its entry names no VolumeSnapshot",
        persistent=True,
    )  # fmt: skip


def _listed(name: str, answer: bool, volume: ExpectedVolume | None) -> VolumePlan:
    persistent = answer or volume is not None or status.is_state(name)
    field = "includedVolumes" if answer else "excludedVolumes"
    claim = volume.claim or None if volume is not None else None
    reason = f"status.snapshotVolumes.{field} lists it"
    return VolumePlan(name, claim, answer, None, None, reason, persistent)


def _unlisted(volume: ExpectedVolume, *, known: bool) -> VolumePlan:
    if known:
        return _left_out(volume, "the snapshot's content has no entry for it")
    reason = "the export does not tell"
    return VolumePlan(volume.volume, volume.claim or None, None, None, None, reason, True)


def _left_out(volume: ExpectedVolume, reason: str) -> VolumePlan:
    return VolumePlan(volume.volume, volume.claim or None, False, None, None, reason, True)


def _verdict(
    evidence: Links, snapshot: Manifest, volumes: tuple[VolumePlan, ...]
) -> tuple[Verdict, list[str]]:
    persistent = [volume for volume in volumes if volume.persistent]
    lost = [v for v in persistent if v.included is False]
    gone = [f'volume "{v.name}" is left out: {v.reason}' for v in lost]
    if status.partial_mark(snapshot) is not None or lost:
        if len(lost) == len(persistent):
            gone.append("the snapshot holds no disk at all" if lost else "it is marked as partial")
        return Verdict.PARTIAL, gone
    if any(volume.included is None for volume in persistent):
        return Verdict.UNKNOWN, ["neither its content nor its status tells what it holds"]
    if evidence.machine_of(snapshot) is None:
        return Verdict.UNKNOWN, ["the input does not tell which volumes its VM had"]
    if not persistent:
        return Verdict.EMPTY, ["the VM had no volume that a snapshot could hold"]
    return Verdict.COMPLETE, []


def _remarks(snapshot: Manifest) -> Iterator[str]:
    """What a reader should know before trusting the verdict."""
    if status.is_leaving(snapshot):
        yield "it is being deleted"
    elif snapshot.get("status", "readyToUse") is not True:
        error = status.error_of(snapshot, "status", "error")
        yield "it is not ready to use" + (f": {error}" if error else "")
