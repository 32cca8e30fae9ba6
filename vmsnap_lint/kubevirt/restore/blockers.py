"""Finds what keeps a restore from being admitted or from completing.

Admission: kubevirt v1.9.0, pkg/storage/admitters/vmrestore.go; what comes after it: `reconcile` and
`handleVMRestoreTargetNotReady` of pkg/storage/snapshot/restore.go; older releases by the table in
releases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore.fields import blocking_fields
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.restore.subject import Relation
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["blockers_of"]

_NAME = ("spec", "virtualMachineSnapshotName")
_TARGET = ("spec", "target", "name")


def blockers_of(
    cluster: Cluster, subject: RestoreSubject, other: Manifest | None
) -> Iterator[Blocker]:
    """Everything that blocks a restore which has not completed yet.

    `other` is a restore of the same target that is in progress.
    """
    if subject.is_done or not cluster.behaviour.restores:
        return
    yield from _missing_snapshot(cluster, subject)
    yield from _target_elsewhere(cluster, subject)
    yield from _unusable_snapshot(cluster, subject)
    yield from _other_vm(cluster, subject)
    yield from _running_target(cluster, subject)
    yield from _new_vm_state(cluster, subject)
    if other is not None:
        yield _second_restore(subject, other)
    yield from blocking_fields(cluster, subject)


def _missing_snapshot(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    if subject.snapshot is not Absence.ABSENT:
        return
    restore, name = subject.manifest, subject.manifest.text(*_NAME)
    at, checked = restore.at(*_NAME), cluster.behaviour.restore_snapshot_checked
    others = cluster.workspace.elsewhere(SNAPSHOT, restore.namespace, name)
    if others:
        problem = _elsewhere(at, others, "the snapshot")
        yield Blocker(RestoreCause.CROSS_NAMESPACE, _effect(cluster), problem)
        return
    snapshot = Ref(*SNAPSHOT, restore.namespace, name)
    hint = nearest_hint(name, cluster.workspace.vocabulary(restore.namespace, SNAPSHOT))
    result = "the restore is rejected" if checked else "the restore waits for it"
    severity = None if checked else Severity.WARNING
    problem = Problem(at, f"no {snapshot}{hint}: {result}", severity=severity)
    yield Blocker(RestoreCause.SNAPSHOT_MISSING, _effect(cluster), problem)


def _effect(cluster: Cluster) -> Effect:
    """The effect of a blocker that only some releases check on admission."""
    checked = cluster.behaviour.restore_snapshot_checked
    return Effect.REJECTED if checked else Effect.STUCK


def _target_elsewhere(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """A VM of that name exists only elsewhere, and no snapshot shows that a copy is meant."""
    if subject.snapshot is not Absence.UNKNOWN or not isinstance(subject.target, Absence):
        return
    namespace, name = subject.manifest.namespace, subject.target_name
    if cluster.workspace.gap(VM, namespace, name):
        return
    others = cluster.workspace.elsewhere(VM, namespace, name)
    if others and others[0].namespace and subject.target is not Absence.AMBIGUOUS:
        problem = _elsewhere(subject.manifest.at(*_TARGET), others, "the VM")
        problem = problem._replace(severity=Severity.WARNING)
        yield Blocker(RestoreCause.CROSS_NAMESPACE, Effect.WAITS, problem)


def _elsewhere(at: Place, others: list[Manifest], note: str) -> Problem:
    named = f'{others[0].kind} "{others[0].name}" is in namespace "{others[0].namespace}"'
    places = tuple(other.at("metadata", "namespace", note=note) for other in others)
    return Problem(at, f"{named}: a restore uses only its own namespace", places)


def _unusable_snapshot(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    snapshot = subject.snapshot
    if isinstance(snapshot, Absence) or not snapshot.mapping("status"):
        return
    where, severity = snapshot.at("status", note="its status", key=True), None
    effect, message = _effect(cluster), f'snapshot "{snapshot.name}"'
    if snapshot.text("metadata", "deletionTimestamp"):
        where = snapshot.at("metadata", "deletionTimestamp", note="it is being deleted")
        message += " is being deleted"
    elif status.is_failed(snapshot):
        message += " has failed permanently: it cannot be restored"
    elif snapshot.get("status", "readyToUse") is True:
        return
    elif cluster.behaviour.restore_snapshot_checked:
        message += " is not ready to use: the restore is rejected"
    else:
        message += " is not ready to use: the restore waits until it is"
        severity, effect = Severity.WARNING, Effect.WAITS
    problem = Problem(subject.manifest.at(*_NAME), message, (where,), severity)
    yield Blocker(RestoreCause.SNAPSHOT_UNUSABLE, effect, problem)


def _other_vm(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    snapshot, target = subject.snapshot, subject.target
    if isinstance(snapshot, Absence) or isinstance(target, Absence):
        return
    if subject.relation is not Relation.OTHER or not cluster.behaviour.restore_new_target:
        return
    if _is_restored_by(target, subject.manifest):
        return
    source = snapshot.text("spec", "source", "name")
    if target.name == source:
        why = "it was created again, its UID differs"
        places: tuple[Place, ...] = (target.at("metadata", "uid", note="the target"),)
    else:
        why = f'the snapshot is of "{source}"'
        places = (
            target.at("metadata", "name", note="the target exists"),
            snapshot.at("spec", "source", "name", note="the snapshot's VM"),
        )
    message = f'target {VM.kind} "{target.name}" exists and is not the snapshotted VM: {why}'
    problem = Problem(subject.manifest.at(*_TARGET), message, places)
    yield Blocker(RestoreCause.TARGET_IS_OTHER_VM, _effect(cluster), problem)


def _is_restored_by(vm: Manifest, restore: Manifest) -> bool:
    """Whether the VM has the mark of this very restore."""
    uid = restore.text("metadata", "uid")
    mark = vm.get("metadata", "annotations", "restore.kubevirt.io/lastRestoreUID")
    return bool(uid) and mark == f"{restore.name}-{uid}"


def _running_target(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """The target must be stopped: first by its run strategy, later by the absence of a VMI."""
    target = subject.target
    if isinstance(target, Absence) or subject.relation is Relation.OTHER:
        return
    severity, effect, result = None, Effect.REJECTED, "the restore is rejected"
    if cluster.behaviour.restore_target_must_be_halted:
        if run_state.declared(target) not in (Declared.RUNNING, Declared.UNDECIDED):
            return
        result = "the restore is rejected unless runStrategy is Halted"
    elif not run_state.is_online(cluster, target):
        return
    elif not cluster.behaviour.restore_running_refused:
        policy = subject.manifest.text("spec", "targetReadinessPolicy") or _DEFAULT
        if policy not in _POLICIES:
            return  # a policy that the release does not know is a blocker of its own
        severity, effect, result = _POLICIES[policy]
    strategy = run_state.strategy(target)
    state = f"runStrategy {strategy}" if strategy else "running"
    message = f'target VirtualMachine "{target.name}" is expected to run ({state}): {result}'
    places = (run_state.run_state_place(target, "the target's run state"),)
    problem = Problem(subject.manifest.at(*_TARGET), message, places, severity)
    yield Blocker(RestoreCause.TARGET_RUNNING, effect, problem)


def _new_vm_state(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    if not cluster.behaviour.restore_state_same_vm_only or subject.saved_vm is None:
        return
    places = persistent_state(subject.saved_vm)
    if places and subject.relation in (Relation.NEW, Relation.GONE):
        message = (
            f"the snapshotted VM has a {places[0].note}: it cannot be restored to a new VM "
            f'"{subject.target_name}", only to itself'
        )
        problem = Problem(subject.manifest.at(*_TARGET), message, places)
        yield Blocker(RestoreCause.NEW_VM_STATE, Effect.REJECTED, problem)


def _second_restore(subject: RestoreSubject, other: Manifest) -> Blocker:
    message = (
        f'VirtualMachineRestore "{other.name}" with the same target is in progress: the webhook '
        "admits only one"
    )
    where = (other.at("spec", "target", note=f'restore "{other.name}"', key=True),)
    problem = Problem(subject.manifest.at("spec", "target", key=True), message, where)
    return Blocker(RestoreCause.DUPLICATE_TARGET, Effect.REJECTED, problem)


_DEFAULT = "WaitGracePeriod"
# The effect of each readiness policy on a target that runs.
_POLICIES: dict[str, tuple[Severity | None, Effect, str]] = {
    "FailImmediate": (Severity.WARNING, Effect.STUCK, "the restore fails immediately"),
    "StopTarget": (Severity.INFO, Effect.WAITS, "the controller stops it first"),
    "WaitEventually": (Severity.INFO, Effect.WAITS, "the restore waits until it is stopped"),
    "WaitGracePeriod": (
        Severity.WARNING,
        Effect.STUCK,
        "the restore fails unless it stops within 5 minutes",
    ),
}
