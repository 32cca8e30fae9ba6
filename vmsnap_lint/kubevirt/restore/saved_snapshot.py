"""Finds what of its snapshot keeps a restore from being admitted or from completing.

`validateTargetVM` of kubevirt v1.9.0, pkg/storage/admitters/vmrestore.go, and `getVMSnapshot` of
pkg/storage/snapshot/restore.go; older releases by the table in releases.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore.restore_cause import RestoreCause
from vmsnap_lint.kubevirt.restore.subject import Relation, elsewhere
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject

__all__ = ["snapshot_blockers"]

_NAME = ("spec", "virtualMachineSnapshotName")
# The webhook reads the content of the snapshot unless the VM is restored onto itself.
_READ_BY_WEBHOOK = (Relation.GONE, Relation.NEW, Relation.OTHER)


def snapshot_blockers(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """A snapshot that does not exist, or that cannot be restored (yet)."""
    yield from _missing_snapshot(cluster, subject)
    yield from _unusable_snapshot(cluster, subject)


def _missing_snapshot(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    if subject.snapshot is not Absence.ABSENT:
        return
    restore, name = subject.manifest, subject.manifest.text(*_NAME)
    at, checked = restore.at(*_NAME), cluster.behaviour.restore_snapshot_checked
    effect = Effect.REJECTED if checked else Effect.STUCK
    from vmsnap_lint.objects import mending

    others = cluster.workspace.elsewhere(SNAPSHOT, restore.namespace, name)
    if others:
        problem = elsewhere(at, others, "the snapshot")
        problem = problem._replace(fixes=mending.moved_to(restore, others))
        yield Blocker(RestoreCause.CROSS_NAMESPACE, effect, problem)
        return
    snapshot = Ref(*SNAPSHOT, restore.namespace, name)
    known = cluster.workspace.vocabulary(restore.namespace, SNAPSHOT)
    hint, fixes = nearest_hint(name, known), mending.named(at, name, known)
    result = "the restore is rejected" if checked else "the restore waits for it"
    severity = None if checked else Severity.WARNING
    problem = Problem(at, f"no {snapshot}{hint}: {result}", severity=severity, fixes=fixes)
    yield Blocker(RestoreCause.SNAPSHOT_MISSING, effect, problem)


def _unusable_snapshot(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    snapshot = subject.snapshot
    if isinstance(snapshot, Absence) or not snapshot.mapping("status"):
        return
    where, severity = snapshot.at("status", note="its status", key=True), None
    checked = cluster.behaviour.restore_snapshot_checked
    effect = Effect.REJECTED if checked else Effect.STUCK
    message = f'snapshot "{snapshot.name}"'
    if snapshot.text("metadata", "deletionTimestamp"):
        where = snapshot.at("metadata", "deletionTimestamp", note="it is being deleted")
        message += " is being deleted"
    elif status.is_failed(snapshot):
        message += " has failed permanently: it cannot be restored"
        if subject.relation in _READ_BY_WEBHOOK:
            effect = Effect.REJECTED  # its content is deleted
    elif snapshot.get("status", "readyToUse") is True:
        return
    elif checked:
        message += " is not ready to use: the restore is rejected"
    else:
        message += " is not ready to use: the restore waits until it is"
        severity, effect = Severity.WARNING, Effect.WAITS
    problem = Problem(subject.manifest.at(*_NAME), message, (where,), severity)
    yield Blocker(RestoreCause.SNAPSHOT_UNUSABLE, effect, problem)
