"""What keeps a snapshot from being admitted or from completing, apart from its VM."""

from __future__ import annotations

from vmsnap_lint.core.kinds import SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES, quoted, verbatim
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder, parse_duration
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from enum import Enum

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest

__all__ = [
    "busy", "gate_off", "is_gone", "of_gate", "of_status", "passed_deadline", "rejected",
    "rejected_chain",
]  # fmt: skip


def rejected(rejections: Iterable[Rejection]) -> Iterator[Blocker]:
    """The reasons for which the API server rejects the snapshot itself."""
    for cause, problem in rejections:
        yield Blocker(cause, Effect.REJECTED, problem)


def rejected_chain(manifest: Manifest, rejections: Iterable[Rejection]) -> Iterator[Blocker]:
    """The same for an object that it depends on: what the cluster has instead is not known."""
    for cause, problem in rejections:
        why = problem.message.removesuffix(": the VM is rejected")
        message = f"{manifest.title} is rejected by the API server: {why}"
        yield Blocker(cause, Effect.DOUBT, problem._replace(message=message))


def gate_off(cluster: Cluster) -> Iterator[Blocker]:
    """The feature gate, in the KubeVirt object; a doubt where the release is not known."""
    yield from of_gate(SnapshotCause.GATE_OFF, webhooks.gate(cluster))


def of_gate(cause: Enum, problem: Problem | None) -> Iterator[Blocker]:
    """The problem of a feature gate; only one without a severity of its own is certain."""
    if problem is not None and problem.severity is not Severity.INFO:
        yield Blocker(cause, Effect.REJECTED if problem.severity is None else Effect.DOUBT, problem)


def passed_deadline(cluster: Cluster, snapshot: Manifest) -> Iterator[Blocker]:
    """A deadline that passes before the snapshot is taken."""
    text = snapshot.text("spec", "failureDeadline")
    seconds = None if not text or holds_placeholder(text) else parse_duration(text)
    # creationTimestamp has whole seconds, so less than one has passed before work begins
    if seconds and seconds < 1 and cluster.behaviour.failure_deadline:
        is_over = "is already over: the snapshot fails immediately"
        soon = "is over before the first volume is processed: the snapshot fails"
        message = f'failureDeadline "{text}" {is_over if seconds < 0 else soon}'
        problem = Problem(snapshot.at("spec", "failureDeadline"), message)
        yield Blocker(SnapshotCause.DEADLINE_PASSED, Effect.STUCK, problem)


def of_status(snapshot: Manifest) -> Iterator[Blocker]:
    """The reason that the status of a snapshot in progress gives."""
    if "status" not in snapshot.value:
        return
    shown = None if status.is_over(snapshot) else status.lock_problem(snapshot)
    if shown is None:
        return
    at, reason = shown
    cause = reason.removeprefix("Source not locked").strip()
    effect = "the snapshot waits until its deadline"
    if reason.startswith("Source does not exist"):
        fault = f'VirtualMachine "{snapshot.text("spec", "source", "name")}" does not exist'
    elif cause:
        fault = f"the VM cannot be locked ({verbatim(cause)})"
    else:
        fault = "the VM cannot be locked, probably because its TPM or EFI state PVC is missing"
        effect = "start the VM once"
    yield Blocker(SnapshotCause.NOT_LOCKED, Effect.STUCK, Problem(at, f"{fault}: {effect}"))


def busy(cluster: Cluster, vm: Manifest, snapshots: Sequence[Manifest]) -> Iterator[Blocker]:
    """The lock of another snapshot on the VM, for the ones that wait for it.

    It is never removed where that snapshot does not exist; else snapshots are taken in turn.
    """
    holder = vm.text("status", "snapshotInProgress")
    others = [snapshot for snapshot in snapshots if snapshot.name != holder]
    if not holder or (snapshots and not others):
        return
    who = quoted(other.name for other in others) if others else "a new snapshot"
    effect, message = Effect.WAITS, f'snapshot "{holder}" of {vm.title} is in progress'
    message = f"{message}: {who} can start only after it"
    if is_gone(cluster, SNAPSHOT, holder, vm):
        effect = Effect.STUCK
        message = f'{vm.title} is locked by snapshot "{holder}", which does not exist'
        message = f"{message}: {who} never {'start' if len(others) > 1 else 'starts'}"
    places = tuple(other.at("metadata", "name", note="waits") for other in others[:MOST_PLACES])
    problem = Problem(vm.at("status", "snapshotInProgress"), message, places)
    yield Blocker(SnapshotCause.VM_BUSY, effect, problem)


def is_gone(cluster: Cluster, kind: Kind, holder: str, vm: Manifest) -> bool:
    """Whether the snapshot or restore that locks the VM does not exist.

    The lock shows that there was one: only what the cluster has shows that it is no more.
    """
    if not cluster.workspace.is_certain(kind, vm.namespace):
        return False
    return cluster.resolve(kind, holder, vm) is Absence.ABSENT
