"""What an export says of its snapshots, and of the VMs that wait for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import exported_contents, prefilters
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place


__all__ = ["CHECKS"]

_CONTENT_NAME = ("status", "virtualMachineSnapshotContentName")
_HINTS = {
    "NoGuestAgent": "no guest agent froze the file systems: it is crash-consistent",
    "Paused": "the VM was paused: nothing flushed its file systems, it is crash-consistent",
    "QuiesceFailed": "freezing the file systems failed: it is crash-consistent",
    "QuiesceTimeout": "the freeze ended before the snapshot did: it is crash-consistent",
}


def snapshot_failed(snapshot: Manifest, _world: World) -> Iterator[Problem]:
    """The snapshot failed, and will never be tried again."""
    if not snapshot.is_export or not status.is_failed(snapshot):
        return
    reasons = "; ".join(status.failures(snapshot))
    message = "the snapshot failed" + (f": {reasons}" if reasons else "")
    failure = status.condition(snapshot, "Failure")
    at = snapshot.at("status", "phase")
    if snapshot.text("status", "phase") != "Failed" and failure is not None:
        at = snapshot.at("status", "conditions", failure[0], "type")
    yield Problem(at, f"{message}; it is never tried again and cannot be restored")


def snapshot_not_ready(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The snapshot is not ready to use, and no other rule has named the cause."""
    if not snapshot.mapping("status") or snapshot.get("status", "readyToUse") is True:
        return
    if status.is_failed(snapshot) or status.is_leaving(snapshot):
        return
    if _is_explained(snapshot, world):
        return
    phase = snapshot.text("status", "phase")
    error = status.error_of(snapshot, "status", "error")
    told = f" (phase {phase})" if phase else ""
    cause = f": {error}" if error else ""
    place = status.ready_place(snapshot)
    yield Problem(place, f"the snapshot is not ready to use{told}{cause}")


def snapshot_source_not_locked(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The controller cannot begin, and says why."""
    held_up = status.unlocked(snapshot)
    if held_up is None or status.is_failed(snapshot) or status.is_leaving(snapshot):
        return
    at, reason = held_up
    cause = reason.removeprefix("Source not locked").strip()
    if reason.startswith("Source does not exist"):
        name = snapshot.text("spec", "source", "name")
        message = f'VirtualMachine "{name}" does not exist'
    elif cause:
        message = f"the VM cannot be locked: {cause}"
    else:
        message = (
            "the VM cannot be locked, and KubeVirt gives no cause: the claim for the state of a "
            "TPM or EFI is missing until the VM was started once"
        )
    yield Problem(at, f"{message}; the snapshot waits until its deadline", _source(snapshot, world))


def status_contradiction(snapshot: Manifest, _world: World) -> Iterator[Problem]:
    """The fields of the status that say how far the snapshot is do not agree."""
    if not snapshot.mapping("status") or status.is_leaving(snapshot):
        return
    ready = snapshot.get("status", "readyToUse")
    if not isinstance(ready, bool):
        return
    said = "true" if ready else "false"
    other = snapshot.at("status", "readyToUse", note=f"readyToUse is {said}")
    for at, what in _contradictions(snapshot, ready=ready):
        yield Problem(at, f"readyToUse is {said}, but {what}", (other,))
        return


def snapshot_partial(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The status says that a persistent volume of the VM was left out."""
    lost = world.evidence.lost(snapshot)
    if lost is None:
        return
    names, places = lost
    if names:
        kind = "volume" if len(names) == 1 else "volumes"
        message = f"the snapshot does not hold {kind} {quoted(names)}: that data was not saved"
    else:
        message = "KubeVirt marks the snapshot as partial: a persistent volume was not saved"
    yield Problem(places[0], message, places[1:])


def content_missing(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The content that the status names does not exist."""
    if _lacks_content(snapshot, world):
        name = snapshot.text(*_CONTENT_NAME)
        where = f' in namespace "{snapshot.namespace}"' if snapshot.namespace else ""
        message = (
            f'no VirtualMachineSnapshotContent "{name}"{where}: the snapshot cannot be restored'
        )
        yield Problem(snapshot.at(*_CONTENT_NAME), message)


def source_uid_differs(snapshot: Manifest, world: World) -> Iterator[Problem]:
    """The VM was deleted and made again since the snapshot was taken of it."""
    uid = snapshot.text("status", "sourceUID")
    if not uid or status.is_failed(snapshot) or status.is_leaving(snapshot):
        return
    vm = world.source(snapshot)
    if isinstance(vm, Absence) or vm.text("metadata", "uid") in ("", uid):
        return
    message = (
        f'the snapshot was taken of another VirtualMachine "{vm.name}", with uid {uid}: restoring '
        "it in place is refused"
    )
    related = (vm.at("metadata", "uid", note="the VM of that name today"),)
    yield Problem(snapshot.at("status", "sourceUID"), message, related)


def consistency_hint(snapshot: Manifest, _world: World) -> Iterator[Problem]:
    """The snapshot says that file systems were not frozen while it was taken."""
    if status.is_failed(snapshot) or status.is_leaving(snapshot):
        return
    for name, place in status.indications(snapshot):
        if name in _HINTS:
            yield Problem(place, f"{name}: {_HINTS[name]}")


def vm_volume_unsnapshottable(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM's own status says that a persistent volume cannot be snapshotted."""
    statuses = vm.get("status", "volumeSnapshotStatuses")
    if not statuses or not world.vm_in_scope(vm) or not world.awaits_snapshot(vm):
        return
    wanted = {volume.volume: volume for volume in world.evidence.wanted(vm)}
    explained = _explained_volumes(vm, world)
    for index, entry in vm.items("status", "volumeSnapshotStatuses"):
        volume = wanted.get(str(entry.get("name")))
        if entry.get("enabled") is not False or volume is None or volume.volume in explained:
            continue
        reason = entry.get("reason")
        cause = f": {reason}" if isinstance(reason, str) and reason else ""
        at = vm.at("status", "volumeSnapshotStatuses", index, note="KubeVirt's own judgement")
        message = f'volume "{volume.volume}": KubeVirt says that it cannot be snapshotted{cause}'
        yield Problem(volume.at, message, (at, *world.named_at(vm)))


def _is_explained(snapshot: Manifest, world: World) -> bool:
    """Whether the cause is known: the source, the content, a volume snapshot."""
    if status.unlocked(snapshot) is not None or _lacks_content(snapshot, world):
        return True
    content = world.evidence.content(snapshot)
    return not isinstance(content, Absence) and exported_contents.is_broken(content, world)


def _lacks_content(snapshot: Manifest, world: World) -> bool:
    """Whether the content that its status names does not exist."""
    name = snapshot.text(*_CONTENT_NAME)
    if not name or status.is_failed(snapshot) or status.is_leaving(snapshot):
        return False
    return not holds_placeholder(name) and world.evidence.content(snapshot) is Absence.ABSENT


def _source(snapshot: Manifest, world: World) -> tuple[Place, ...]:
    """The VM, and its volumes that are known to hold the snapshot up."""
    vm = world.source(snapshot)
    if isinstance(vm, Absence):
        return ()
    blocking = [volume for volume in world.volumes(vm) if volume.blocks]
    return tuple(volume.at._replace(note=volume.reason) for volume in blocking[:3]) or (
        vm.at("metadata", "name", note="its source"),
    )


def _contradictions(snapshot: Manifest, *, ready: bool) -> Iterator[tuple[Place, str]]:
    """What stands against readyToUse; both vocabularies of reasons are fine, so none is read."""
    for kind, agreeing in (("Ready", ready), ("Progressing", False)):
        found = status.condition(snapshot, kind)
        value = found[1].get("status") if found is not None else None
        against = ("False" if agreeing else "True",)
        if found is not None and value in against and (kind == "Ready" or ready):
            at = snapshot.at("status", "conditions", found[0], "status")
            yield at, f'the condition {kind} is "{value}"'
    phase = snapshot.text("status", "phase")
    if ready and phase in ("Failed", "InProgress", "Unknown"):
        yield snapshot.at("status", "phase"), f"the phase is {phase}"
    whole = snapshot.text("metadata", "uid")
    if ready and whole and not snapshot.get("status", "creationTime"):
        yield snapshot.at("status", "readyToUse"), "there is no creationTime"


def _explained_volumes(vm: Manifest, world: World) -> set[str]:
    """The volumes of which a rule about their storage has told the cause."""
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
    "snapshot-source-not-locked": Check(
        snapshot_source_not_locked, (SNAPSHOT,), prefilters.exported
    ),
    "source-uid-differs": Check(source_uid_differs, (SNAPSHOT,), prefilters.exported),
    "status-contradiction": Check(status_contradiction, (SNAPSHOT,), prefilters.exported),
    "vm-volume-unsnapshottable": Check(vm_volume_unsnapshottable, (VM,), prefilters.exported),
}
