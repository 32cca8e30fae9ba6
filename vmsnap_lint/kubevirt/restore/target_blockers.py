"""Finds what of its target keeps a restore from being admitted or from completing.

`validateTargetVM` of kubevirt v1.9.0, pkg/storage/admitters/vmrestore.go; `updateVMRestore`,
`handleVMRestoreTargetNotReady` and `reconcileBackendVolume` of pkg/storage/snapshot/restore.go;
older releases by the table in releases.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import RESTORE, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.restore.subject import Relation, elsewhere
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.kubevirt.snapshot.snapshot_blockers import is_gone
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE, persistent_state
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["target_blockers"]

_TARGET = ("spec", "target", "name")
_POLICY = ("spec", "volumeRestorePolicy")


def target_blockers(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """A target that is elsewhere, another VM, runs, is locked or keeps its state in a PVC."""
    yield from _target_elsewhere(cluster, subject)
    yield from _other_vm(cluster, subject)
    yield from _running_target(cluster, subject)
    yield from _new_vm_state(cluster, subject)
    yield from _state_in_place(cluster, subject)
    yield from _locked_target(cluster, subject)


def _target_elsewhere(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """A VM of that name exists only elsewhere, and no snapshot shows that a copy is meant."""
    if subject.snapshot is not Absence.UNKNOWN or not isinstance(subject.target, Absence):
        return
    namespace, name = subject.manifest.namespace, subject.target_name
    if cluster.workspace.gap(VM, namespace, name):
        return
    others = cluster.workspace.elsewhere(VM, namespace, name)
    if others and others[0].namespace and subject.target is not Absence.AMBIGUOUS:
        problem = elsewhere(subject.manifest.at(*_TARGET), others, "the VM")
        from vmsnap_lint.objects import mending

        fixes = mending.moved_to(subject.manifest, others)
        problem = problem._replace(severity=Severity.WARNING, fixes=fixes)
        yield Blocker(RestoreCause.CROSS_NAMESPACE, Effect.WAITS, problem)


def _other_vm(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    snapshot, target = subject.snapshot, subject.target
    if isinstance(snapshot, Absence) or isinstance(target, Absence):
        return
    if subject.relation is not Relation.OTHER or not cluster.behaviour.restore_new_target:
        return
    if _is_restored_by(target, subject.manifest):
        return
    why = f'the snapshot is of "{snapshot.text("spec", "source", "name")}"'
    places = (
        target.at("metadata", "name", note="the target exists"),
        snapshot.at("spec", "source", "name", note="the snapshot's VM"),
    )
    message = f'target {VM.kind} "{target.name}" exists and is not the snapshotted VM: {why}'
    problem = Problem(subject.manifest.at(*_TARGET), message, places)
    checked = cluster.behaviour.restore_snapshot_checked or _has_state(cluster, subject)
    effect = Effect.REJECTED if checked else Effect.STUCK
    yield Blocker(RestoreCause.TARGET_IS_OTHER_VM, effect, problem)


def _has_state(cluster: Cluster, subject: RestoreSubject) -> bool:
    """Whether the webhook lets the saved VM be restored only onto itself."""
    checked, saved = cluster.behaviour.restore_state_same_vm_only, subject.saved_vm
    return checked and saved is not None and bool(persistent_state(saved))


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
    expected = f"is expected to run ({state})"
    if (
        run_state.declared(target) is Declared.UNDECIDED
        and run_state.is_online(cluster, target) is None
    ):
        expected = f"may run, as it has {state}"
    message = f'target VirtualMachine "{target.name}" {expected}: {result}'
    places = (run_state.run_state_place(target, "the target's run state"),)
    fixes = _stopping(cluster, subject) if effect is not Effect.WAITS else ()
    problem = Problem(subject.manifest.at(*_TARGET), message, places, severity, fixes)
    yield Blocker(RestoreCause.TARGET_RUNNING, effect, problem)


def _stopping(cluster: Cluster, subject: RestoreSubject) -> tuple[Remedy, ...]:
    """The policy with which the controller stops the target itself."""
    behaviour = cluster.behaviour
    if not behaviour.readiness_policies or behaviour.restore_running_refused:
        return ()
    from vmsnap_lint.objects import mending

    restore, field, policy = subject.manifest, "targetReadinessPolicy", "StopTarget"
    if restore.get("spec", field) is not None:
        return mending.with_value(restore.at("spec", field), policy, Safety.UNSAFE)
    return mending.added(restore.at("spec"), field, policy, Safety.UNSAFE)


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


def _state_in_place(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """The PVC with the state is made anew without the label by which it is looked for.

    `CreateRestorePVCDefFromVMRestore` and `reconcileBackendVolume`, since InPlace came in 1.6.
    """
    is_in_place = subject.policy == "InPlace" and cluster.behaviour.volume_restore_policies
    if not is_in_place or subject.saved_vm is None or subject.relation is not Relation.SAME:
        return
    places, overrides = persistent_state(subject.saved_vm), subject.overrides()
    states = [volume for volume in subject.volumes or () if volume.source == STATE_SOURCE]
    if places and any(v.included is not False and v.name not in overrides for v in states):
        message = (
            f"InPlace makes the {places[0].note.removeprefix('persistent ')} state PVC of VM "
            f'"{subject.target_name}" anew without its label: the restore never completes and the '
            "VM stays locked"
        )
        from vmsnap_lint.objects import mending

        at = subject.manifest.at(*_POLICY)
        problem = Problem(at, message, places, fixes=mending.without(at, safety=Safety.UNSAFE))
        yield Blocker(RestoreCause.INPLACE_STATE, Effect.STUCK, problem)


def _locked_target(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """A lock on the target that is left from a restore which nobody works on."""
    target = subject.target
    if isinstance(target, Absence) or subject.relation is Relation.OTHER:
        return
    holder = target.text("status", "restoreInProgress")
    if holder in ("", subject.manifest.name):
        return
    found = cluster.resolve(RESTORE, holder, subject.manifest)
    is_over = not isinstance(found, Absence) and found.get("status", "complete") is True
    if is_over or is_gone(cluster, RESTORE, holder, target):
        why = "has completed" if is_over else "does not exist"
        message = f'target VM "{target.name}" is locked by restore "{holder}", which {why}'
        where = target.at("status", "restoreInProgress", note="the lock")
        problem = Problem(subject.manifest.at(*_TARGET), message, (where,))
        yield Blocker(RestoreCause.DUPLICATE_TARGET, Effect.STUCK, problem)


_DEFAULT = "WaitGracePeriod"
# The effect of each readiness policy on a target that runs.
_POLICIES: dict[str, tuple[Severity | None, Effect, str]] = {
    "FailImmediate": (Severity.WARNING, Effect.STUCK, "the restore fails immediately"),
    "StopTarget": (Severity.INFO, Effect.WAITS, "the controller stops it first"),
    "WaitEventually": (Severity.INFO, Effect.WAITS, "the restore waits until it is stopped"),
    "WaitGracePeriod": (
        Severity.WARNING,
        Effect.STUCK,
        "the restore waits 5 minutes for it to stop, then fails",
    ),
}
