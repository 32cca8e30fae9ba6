"""The exported status of snapshots and VMs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import exported_contents, prefilters
from vmsnap_lint.checks.causes import snapshot_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import CONTENT, SNAPSHOT, VM
from vmsnap_lint.core.messages import quoted, verbatim
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_CONTENT_NAME = ("status", "virtualMachineSnapshotContentName")
_STATUSES = ("status", "volumeSnapshotStatuses")
_HINTS = {
    "NoGuestAgent": "no guest agent froze the file systems",
    "Paused": "the paused VM did not flush its file systems",
    "QuiesceFailed": "freezing the file systems failed",
    "QuiesceTimeout": "the freeze ended before the snapshot",
}


def snapshot_failed(snapshot: Manifest, _world: World) -> Iterator[Problem]:
    """The snapshot failed, which is final."""
    if not snapshot.is_export or not status.is_failed(snapshot):
        return
    reasons = "; ".join(status.failures(snapshot))
    named = f" with {verbatim(reasons)}" if reasons else ""
    failure = status.condition(snapshot, "Failure")
    at = snapshot.at("status", "phase")
    if snapshot.text("status", "phase") != "Failed" and failure is not None:
        at = snapshot.at("status", "conditions", failure[0], "type")
    yield Problem(at, f"the snapshot failed{named}: it is never retried and cannot be restored")


def snapshot_not_ready(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The snapshot is not ready to use, and no other rule reports the cause."""
    if not snapshot.mapping("status") or snapshot.get("status", "readyToUse") is True:
        return
    if status.is_over(snapshot) or _is_explained(snapshot, world):
        return
    phase = snapshot.text("status", "phase")
    details = (f" (phase {phase})" if phase else "") + status.error_clause(snapshot)
    yield Problem(status.ready_place(snapshot), f"the snapshot is not ready to use{details}")


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


def snapshot_partial(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The status reports that a persistent volume of the VM was left out."""
    left_out = world.evidence.left_out(snapshot)
    if left_out is None:
        return
    names, places = left_out
    message = "KubeVirt marks the snapshot as partial: a persistent volume was not saved"
    if names:
        kind, whose = ("volume", "its") if len(names) == 1 else ("volumes", "their")
        fault = f"the snapshot does not contain {kind} {quoted(names)}"
        message = f"{fault}: {whose} data was not saved"
    yield Problem(places[0], message, places[1:])


def content_missing(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The content that the status names does not exist."""
    if _lacks_content(snapshot, world):
        content = Ref(*CONTENT, snapshot.namespace, snapshot.text(*_CONTENT_NAME))
        message = f"no {content}: the snapshot cannot be restored"
        yield Problem(snapshot.at(*_CONTENT_NAME), message)


def source_uid_differs(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The VM was deleted and created again since the snapshot was taken of it."""
    uid = snapshot.text("status", "sourceUID")
    if not uid or status.is_over(snapshot):
        return
    vm = world.source(snapshot)
    if isinstance(vm, Absence) or vm.text("metadata", "uid") in ("", uid):
        return
    message = (
        f'the snapshot is of an earlier VirtualMachine "{vm.name}" with uid "{uid}": restoring it '
        "in place is rejected"
    )
    related = (vm.at("metadata", "uid", note="the current VM of that name"),)
    yield Problem(snapshot.at("status", "sourceUID"), message, related)


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


def _is_explained(snapshot: Manifest, world: World) -> bool:
    """Whether the source, the content or a volume snapshot is the known cause."""
    if status.lock_problem(snapshot) is not None or _lacks_content(snapshot, world):
        return True
    content = world.evidence.content(snapshot)
    return not isinstance(content, Absence) and exported_contents.is_broken(content, world)


def _lacks_content(snapshot: Manifest, world: World) -> bool:
    """Whether the content that its status names does not exist."""
    name = snapshot.text(*_CONTENT_NAME)
    if not name or holds_placeholder(name) or status.is_over(snapshot):
        return False
    return world.evidence.content(snapshot) is Absence.ABSENT


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
    "content-missing": Check(content_missing, (SNAPSHOT,), prefilters.exported),
    "snapshot-failed": Check(snapshot_failed, (SNAPSHOT,), prefilters.exported),
    "snapshot-not-ready": Check(snapshot_not_ready, (SNAPSHOT,), prefilters.exported),
    "snapshot-partial": Check(snapshot_partial, (SNAPSHOT,), prefilters.exported),
    "snapshot-source-not-locked": row((SNAPSHOT,), snapshot_causes),
    "source-uid-differs": Check(source_uid_differs, (SNAPSHOT,), prefilters.exported),
    "status-contradiction": Check(status_contradiction, (SNAPSHOT,), prefilters.exported),
    "vm-volume-unsnapshottable": Check(vm_volume_unsnapshottable, (VM,), prefilters.exported),
}
