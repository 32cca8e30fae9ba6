"""Finds what keeps a backup or its tracker from being admitted or from starting.

kubevirt v1.9.0, pkg/storage/admitters/vmbackup.go and pkg/storage/cbt.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import BACKUP, BACKUP_TRACKER, PVC, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission.gates import gate_off
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.changed_blocks import untracked
from vmsnap_lint.kubevirt.copies.backup_cause import BackupCause
from vmsnap_lint.kubevirt.copies.copied_source import SOURCE, SOURCE_NAME, copied_source, missing
from vmsnap_lint.kubevirt.restore.conflicts import has_ended
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["backup_blockers"]

_GROUPS = {kind.kind: kind.group for kind in (VM, BACKUP_TRACKER)}


def backup_blockers(
    cluster: Cluster, backup: Manifest, other: Manifest | None
) -> Iterator[Blocker]:
    """Everything that blocks a backup or a tracker; `other` is a backup in progress."""
    if not cluster.behaviour.backups:
        return
    yield from _group(backup)
    if other is not None:
        yield _second(backup, other)
    if has_ended(backup):
        return
    yield from _missing_source(cluster, backup)
    yield from _untracked(cluster, backup)
    if backup.kind == BACKUP.kind:
        yield from _target_claim(cluster, backup)
        yield from _offline_vm(cluster, backup)


def _group(backup: Manifest) -> Iterator[Blocker]:
    kind, group = backup.text(*SOURCE, "kind"), backup.text(*SOURCE, "apiGroup")
    expected = _GROUPS.get(kind)
    if expected and group in _GROUPS.values() and group != expected:
        message = f'apiGroup "{group}" does not match kind {kind}, it must be "{expected}"'
        from vmsnap_lint.kubevirt.admission.reference_fixes import with_group

        at = backup.at(*SOURCE, "apiGroup")
        problem = Problem(at, message, fixes=with_group(backup.at(*SOURCE), expected))
        yield Blocker(BackupCause.INVALID, Effect.REJECTED, problem)


def _second(backup: Manifest, other: Manifest) -> Blocker:
    """One at a time is admitted; that both are applied at once is likely, not certain."""
    message = f'VirtualMachineBackup "{other.name}" of the same source has not finished'
    where = (other.at(*SOURCE, key=True, note=f'backup "{other.name}"'),)
    problem = Problem(backup.at(*SOURCE, key=True), message, where, Severity.WARNING)
    return Blocker(BackupCause.INVALID, Effect.DOUBT, problem)


def _missing_source(cluster: Cluster, backup: Manifest) -> Iterator[Blocker]:
    source, is_backup = copied_source(cluster, backup), backup.kind == BACKUP.kind
    if source.kind not in ((VM, BACKUP_TRACKER) if is_backup else (VM,)):
        return
    effect = "the backup never starts" if is_backup else "no backup of it can start"
    problem = missing(cluster, backup, source, effect)
    if problem is not None:
        is_guessed = problem.severity is not None
        yield Blocker(
            BackupCause.SOURCE_MISSING, Effect.DOUBT if is_guessed else Effect.STUCK, problem
        )


def _target_claim(cluster: Cluster, backup: Manifest) -> Iterator[Blocker]:
    """The PVC that the backup is written to is missing, or is not a file system."""
    name = backup.text("spec", "pvcName")
    if not name or holds_placeholder(name):
        return
    claim, at = claims.find(cluster, backup, name), backup.at("spec", "pvcName")
    problem = None
    if claim.absence is Absence.ABSENT and cluster.resolve(PVC, name, backup) is Absence.ABSENT:
        from vmsnap_lint.objects import mending

        known = cluster.workspace.vocabulary(backup.namespace, PVC)
        hint, fixes = nearest_hint(name, known), mending.named(at, name, known)
        message = f"no {Ref(*PVC, backup.namespace, name)}{hint}: the backup never starts"
        problem = Problem(at, message, fixes=fixes)
    elif claim.spec is not None:
        path = (*claim.spec.path, "volumeMode")
        if claim.spec.manifest.get(*path) == "Block":
            message = f'PVC "{cut(name)}" has volumeMode Block: a backup needs Filesystem'
            where = (claim.spec.manifest.at(*path, note="its volumeMode"),)
            problem = Problem(at, message, where)
    if problem is not None:
        yield Blocker(BackupCause.TARGET_CLAIM, Effect.STUCK, problem)


def _untracked(cluster: Cluster, backup: Manifest) -> Iterator[Blocker]:
    """KubeVirt does not track the changed blocks of the VM; a used tracker leaves it to backups."""
    if backup in cluster.once(_used_trackers):
        return
    vm, gate = _vm_of(cluster, backup), gate_off(cluster, backup)
    off = None if vm is None else untracked(cluster, vm)
    if vm is not None and off is not None and (gate is None or gate.severity is not None):
        what = f'VirtualMachine "{vm.name}" has no changed block tracking'
        message = f"{what}, as {off.reason}: no backup of it starts"
        problem = Problem(backup.at(*SOURCE_NAME), message, off.at)
        yield Blocker(BackupCause.NOT_TRACKED, Effect.STUCK, problem)


def _used_trackers(cluster: Cluster) -> set[Manifest]:
    """The trackers that backups name."""
    backups = cluster.workspace.of(BACKUP)
    named = (copied_source(cluster, backup).of(BACKUP_TRACKER) for backup in backups)
    return {tracker for tracker in named if tracker is not None}


def _vm_of(cluster: Cluster, backup: Manifest) -> Manifest | None:
    """The VM that a backup names, itself or by its tracker."""
    tracker = copied_source(cluster, backup).of(BACKUP_TRACKER)
    return copied_source(cluster, tracker or backup).of(VM)


def _offline_vm(cluster: Cluster, backup: Manifest) -> Iterator[Blocker]:
    """Only a running VM can be backed up."""
    vm = _vm_of(cluster, backup)
    if vm is not None and run_state.is_online(cluster, vm) is False:
        fault = "is not expected to run: only a running VM can be backed up"
        where = (run_state.run_state_place(vm, "its run state"),)
        message = f'VirtualMachine "{vm.name}" {fault}'
        problem = Problem(backup.at(*SOURCE_NAME), message, where)
        yield Blocker(BackupCause.VM_OFFLINE, Effect.STUCK, problem)
