"""The exported status of snapshots and VMs."""

from __future__ import annotations

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.causes import evidence_causes, snapshot_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_STATUSES = ("status", "volumeSnapshotStatuses")
_HINTS = {
    "NoGuestAgent": "no guest agent froze the file systems",
    "Paused": "the paused VM did not flush its file systems",
    "QuiesceFailed": "freezing the file systems failed",
    "QuiesceTimeout": "the freeze ended before the snapshot",
}


def status_contradiction(snapshot: Manifest, _world: World) -> Iterator[Problem]:
    """The fields of the status that show the progress of the snapshot contradict each other."""
    ready = snapshot.get("status", "readyToUse")
    contradictions = _contradictions(snapshot, ready=ready) if isinstance(ready, bool) else ()
    contradiction = next(iter(contradictions), None)
    if contradiction is not None and not status.is_deleting(snapshot):
        at, what = contradiction
        field = f"readyToUse is {str(ready).lower()}"
        other = snapshot.at("status", "readyToUse", note=field)
        yield Problem(at, f"{field}, but {what}", (other,))


def consistency_hint(snapshot: Manifest, _world: World) -> Iterator[Problem]:
    """The snapshot reports that file systems were not frozen while it was taken."""
    if not status.is_over(snapshot):
        for name, place in status.indications(snapshot).items():
            if name in _HINTS:
                message = f"{name}: the snapshot is crash-consistent, {_HINTS[name]}"
                yield Problem(place, message)


def vm_volume_unsnapshottable(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM's own status reports that a persistent volume cannot be snapshotted."""
    if not vm.get(*_STATUSES) or not world.vm_in_scope(vm) or not world.awaits_snapshot(vm):
        return
    explained = _explained_volumes(vm, world)
    volumes = {v.volume: v for v in world.evidence.expected(vm) if v.volume not in explained}
    for index, entry in vm.items(*_STATUSES):
        volume = volumes.get(vm.text(*_STATUSES, index, "name"))
        if entry.get("enabled") is not False or volume is None:
            continue
        reason = vm.text(*_STATUSES, index, "reason")
        cause = f", {verbatim(reason)}" if reason else ""
        at = vm.at(*_STATUSES, index, note="the status of the VM")
        message = f'volume "{volume.volume}": KubeVirt reports that it cannot be snapshotted{cause}'
        yield Problem(volume.at, message, (at, *world.named_at(vm)))


def _contradictions(snapshot: Manifest, *, ready: bool) -> Iterator[tuple[Place, str]]:
    """What contradicts readyToUse; reasons are not read, as releases use different ones."""
    for kind, agreeing in (("Ready", ready), ("Progressing", False)):
        index, condition = status.condition(snapshot, kind) or (0, {})
        value = condition.get("status")
        if value == ("False" if agreeing else "True") and (kind == "Ready" or ready):
            at = snapshot.at("status", "conditions", index, "status")
            yield at, f'the condition {kind} is "{value}"'
    phase = snapshot.text("status", "phase")
    if ready and phase in ("Failed", "InProgress", "Unknown"):
        yield snapshot.at("status", "phase"), f"the phase is {phase}"
    is_complete_export = snapshot.text("metadata", "uid")
    if ready and is_complete_export and not snapshot.get("status", "creationTime"):
        yield snapshot.at("status", "readyToUse"), "creationTime is not set"


def _explained_volumes(vm: Manifest, world: World) -> set[str]:
    """The volumes of which a rule about their storage reports the cause."""
    return {
        volume.name
        for volume in world.volumes(vm)
        if any(
            cause.severity is not Severity.INFO and cause.kind.value.explains
            for cause in volume.causes
        )
    }


CHECKS: dict[str, Check] = {
    "consistency-hint": Check(consistency_hint, (SNAPSHOT,), prefilters.exported),
    "content-missing": row((SNAPSHOT,), evidence_causes),
    "snapshot-failed": row((SNAPSHOT,), evidence_causes),
    "snapshot-not-ready": row((SNAPSHOT,), evidence_causes),
    "snapshot-partial": row((SNAPSHOT,), evidence_causes),
    "snapshot-source-not-locked": row((SNAPSHOT,), snapshot_causes),
    "status-contradiction": Check(status_contradiction, (SNAPSHOT,), prefilters.exported),
    "vm-volume-unsnapshottable": Check(vm_volume_unsnapshottable, (VM,), prefilters.exported),
}
