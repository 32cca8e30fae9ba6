"""A restore becomes what keeps it from being admitted or from completing.

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
from vmsnap_lint.kubevirt.restore.blocker import Blocker, BlockerCause, BlockerEffect
from vmsnap_lint.kubevirt.restore.fields import blocking_fields
from vmsnap_lint.kubevirt.restore.subject import Relation
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
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


def blockers_of(cluster: Cluster, it: RestoreSubject, rival: Manifest | None) -> Iterator[Blocker]:
    """Everything that blocks a restore which has not completed yet.

    `rival` is the restore that already has its target.
    """
    if it.is_done or not cluster.behaviour.restores:
        return
    yield from _no_snapshot(cluster, it)
    yield from _target_elsewhere(cluster, it)
    yield from _unusable(cluster, it)
    yield from _other_machine(cluster, it)
    yield from _running(cluster, it)
    yield from _state_of_another(cluster, it)
    if rival is not None:
        yield _rivalled(it, rival)
    yield from blocking_fields(cluster, it)


def _no_snapshot(cluster: Cluster, it: RestoreSubject) -> Iterator[Blocker]:
    if it.snapshot is not Absence.ABSENT:
        return
    restore, name = it.manifest, it.manifest.text(*_NAME)
    checked = cluster.behaviour.restore_snapshot_checked
    effect = BlockerEffect.REJECTED if checked else BlockerEffect.STUCK
    where = f' in namespace "{restore.namespace}"' if restore.namespace else ""
    others = cluster.workspace.elsewhere(SNAPSHOT, restore.namespace, name)
    if others:
        message = (
            f'VirtualMachineSnapshot "{name}" exists in namespace "{others[0].namespace}" only, '
            "and a restore never leaves its own namespace"
        )
        places = tuple(one.at("metadata", "namespace", note="the snapshot") for one in others[:3])
        yield Blocker(
            BlockerCause.CROSS_NAMESPACE, effect, Problem(restore.at(*_NAME), message, places)
        )
        return
    hint = nearest_hint(name, cluster.workspace.names(SNAPSHOT, restore.namespace))
    result = "the restore is refused" if checked else "the restore waits for it"
    problem = Problem(
        restore.at(*_NAME),
        f'no VirtualMachineSnapshot "{name}"{where}{hint}: {result}',
        severity=None if checked else Severity.WARNING,
    )
    yield Blocker(BlockerCause.SNAPSHOT_MISSING, effect, problem)


def _target_elsewhere(cluster: Cluster, it: RestoreSubject) -> Iterator[Blocker]:
    """A VM of that name elsewhere only, and no snapshot that shows a copy to be meant."""
    if it.snapshot is not Absence.UNKNOWN or not isinstance(it.target, Absence):
        return
    others = cluster.workspace.elsewhere(VM, it.manifest.namespace, it.target_name)
    if it.target is Absence.AMBIGUOUS or not others or not others[0].namespace:
        return
    message = (
        f'VirtualMachine "{it.target_name}" exists in namespace "{others[0].namespace}" only: a '
        "restore never leaves its own namespace"
    )
    places = tuple(one.at("metadata", "namespace", note="the VM") for one in others[:3])
    problem = Problem(it.manifest.at(*_TARGET), message, places, Severity.WARNING)
    yield Blocker(BlockerCause.CROSS_NAMESPACE, BlockerEffect.WAITS, problem)


def _unusable(cluster: Cluster, it: RestoreSubject) -> Iterator[Blocker]:
    snapshot = it.snapshot
    if isinstance(snapshot, Absence) or not snapshot.mapping("status"):
        return
    checked = cluster.behaviour.restore_snapshot_checked
    at, name = it.manifest.at(*_NAME), snapshot.name
    severity, effect = None, BlockerEffect.REJECTED if checked else BlockerEffect.STUCK
    if snapshot.text("metadata", "deletionTimestamp"):
        where = snapshot.at("metadata", "deletionTimestamp", note="it is being deleted")
        message = f'snapshot "{name}" is being deleted'
    elif status.is_failed(snapshot):
        where = snapshot.at("status", note="its status", key=True)
        message = f'snapshot "{name}" has failed for good: nothing can be restored from it'
    elif snapshot.get("status", "readyToUse") is not True:
        where = snapshot.at("status", note="its status", key=True)
        result = "the restore is refused" if checked else "the restore waits until it is"
        message = f'snapshot "{name}" is not ready to use: {result}'
        if not checked:
            severity, effect = Severity.WARNING, BlockerEffect.WAITS
    else:
        return
    problem = Problem(at, message, (where,), severity)
    yield Blocker(BlockerCause.SNAPSHOT_UNUSABLE, effect, problem)


def _other_machine(cluster: Cluster, it: RestoreSubject) -> Iterator[Blocker]:
    if it.relation is not Relation.OTHER or not cluster.behaviour.restore_new_target:
        return
    if _restored_by_it(it):
        return
    snapshot, target = it.snapshot, it.target
    if isinstance(snapshot, Absence):
        return
    source = snapshot.text("spec", "source", "name")
    places: tuple[Place, ...] = (snapshot.at("spec", "source", "name", note="the snapshot's VM"),)
    if isinstance(target, Absence):
        why = f'the snapshot is of "{source}"'
    elif it.target_name == source:
        why = "it was made anew since: its UID is not the snapshot's sourceUID"
        places = (target.at("metadata", "uid", note="the target"),)
    else:
        why = f'the snapshot is of "{source}"'
        places = (target.at("metadata", "name", note="the target exists"), *places)
    message = (
        f'target VirtualMachine "{it.target_name}" exists and is not the one that was '
        f"snapshotted: {why}"
    )
    checked = cluster.behaviour.restore_snapshot_checked
    effect = BlockerEffect.REJECTED if checked else BlockerEffect.STUCK
    problem = Problem(it.manifest.at(*_TARGET), message, places)
    yield Blocker(BlockerCause.TARGET_IS_OTHER_VM, effect, problem)


def _restored_by_it(it: RestoreSubject) -> bool:
    """Whether the target carries the mark of this very restore."""
    if isinstance(it.target, Absence):
        return False
    annotations = it.target.mapping("metadata", "annotations")
    uid = it.manifest.text("metadata", "uid")
    mark = annotations.get("restore.kubevirt.io/lastRestoreUID")
    return bool(uid) and mark == f"{it.manifest.name}-{uid}"


def _running(cluster: Cluster, it: RestoreSubject) -> Iterator[Blocker]:
    """The target must be at rest: by its run strategy at first, by the absence of a VMI later."""
    target = it.target
    if isinstance(target, Absence) or it.relation is Relation.OTHER:
        return
    severity, effect, result = None, BlockerEffect.REJECTED, "the restore is refused"
    if cluster.behaviour.restore_target_must_be_halted:
        if run_state.declared(target) not in (Declared.RUNNING, Declared.UNDECIDED):
            return
        result = "the restore is refused until its run strategy is Halted"
    elif not run_state.is_online(cluster, target):
        return
    elif not cluster.behaviour.restore_running_refused:
        answer = _POLICIES.get(it.manifest.text("spec", "targetReadinessPolicy") or _DEFAULT)
        if answer is None:
            return  # a policy that the release does not know is a blocker of its own
        severity, effect, result = answer
    state = f"runStrategy {run_state.strategy(target)}" if run_state.strategy(target) else "running"
    message = f'target VirtualMachine "{target.name}" is expected to run ({state}): {result}'
    places = (run_state.run_state_place(target, "the target's run state"),)
    problem = Problem(it.manifest.at(*_TARGET), message, places, severity)
    yield Blocker(BlockerCause.TARGET_RUNNING, effect, problem)


def _state_of_another(cluster: Cluster, it: RestoreSubject) -> Iterator[Blocker]:
    if not cluster.behaviour.restore_state_same_vm_only or it.machine is None:
        return
    if it.relation not in (Relation.NEW, Relation.GONE):
        return
    places = persistent_state(it.machine)
    if places:
        message = (
            f"the snapshotted VM has a {places[0].note}, so it can only be restored onto itself, "
            f'not to a new VM "{it.target_name}"'
        )
        problem = Problem(it.manifest.at(*_TARGET), message, places)
        yield Blocker(BlockerCause.NEW_VM_STATE, BlockerEffect.REJECTED, problem)


def _rivalled(it: RestoreSubject, rival: Manifest) -> Blocker:
    message = (
        f'VirtualMachineRestore "{rival.name}" has the same target and is not complete: only one '
        "restore of a VM is admitted at a time"
    )
    where = (rival.at("spec", "target", note=f'restore "{rival.name}"', key=True),)
    problem = Problem(it.manifest.at("spec", "target", key=True), message, where)
    return Blocker(BlockerCause.DUPLICATE_TARGET, BlockerEffect.REJECTED, problem)


_DEFAULT = "WaitGracePeriod"
# What each readiness policy does about a target that runs.
_POLICIES = {
    "FailImmediate": (Severity.WARNING, BlockerEffect.STUCK, "the restore fails at once"),
    "StopTarget": (Severity.INFO, BlockerEffect.WAITS, "the controller stops it first"),
    "WaitEventually": (
        Severity.INFO,
        BlockerEffect.WAITS,
        "the restore waits until somebody stops it",
    ),
    "WaitGracePeriod": (
        Severity.WARNING,
        BlockerEffect.STUCK,
        "the restore fails after 5 minutes unless somebody stops it",
    ),
}
