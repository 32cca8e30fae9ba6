"""Finds what of a snapshot's content keeps a restore from completing.

`getSnapshotContent`, `reconcileVolumeRestores` and `getBindingMode` of kubevirt v1.9.0,
pkg/storage/snapshot/restore.go; since 1.5 `validateTargetVM` of pkg/storage/admitters/vmrestore.go
reads the content as well.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import CONTENT, VOLUME_SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.restore.claim_names import ClaimNames, claim_place
from vmsnap_lint.kubevirt.restore.subject import MEMORY_DUMP, Relation
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.snapshot.content_blockers import unusable_class, without_volume
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.kubevirt.snapshot.status import Backup
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["saved_content"]

_CONTENT_NAME = ("status", "virtualMachineSnapshotContentName")


def saved_content(cluster: Cluster, subject: RestoreSubject) -> Iterator[Blocker]:
    """What is wrong with the content of the snapshot, as far as this restore needs it."""
    if isinstance(subject.snapshot, Absence) or status.is_over(subject.snapshot):
        return
    content = subject.content
    if isinstance(content, Absence):
        problem = _content_missing(subject.snapshot, content)
        if problem is not None:
            is_made = subject.relation is not Relation.SAME
            rejected = is_made and not cluster.behaviour.restore_snapshot_checked
            effect = Effect.REJECTED if rejected else Effect.STUCK
            yield Blocker(SnapshotCause.CONTENT_MISSING, effect, problem)
        return
    dumps = {volume.name for volume in subject.volumes or () if volume.source == MEMORY_DUMP}
    made = _made(cluster, subject)
    for backup in status.backups(content):
        yield from _of_snapshot(cluster, backup)
        if backup.volume not in dumps:
            problem = without_volume(backup)
            if problem is None and backup.volume in made:
                problem = unusable_class(cluster, backup)
            if problem is not None:
                effect = Effect.STUCK if problem.severity is None else Effect.DOUBT
                yield Blocker(SnapshotCause.CONTENT_ENTRY_UNUSABLE, effect, problem)


def _content_missing(snapshot: Manifest, content: Manifest | Absence) -> Problem | None:
    """The problem of a content that the snapshot's status names and that does not exist."""
    name = snapshot.text(*_CONTENT_NAME)
    if content is not Absence.ABSENT or holds_placeholder(name) or status.is_over(snapshot):
        return None
    missing = Ref(*CONTENT, snapshot.namespace, name)
    return Problem(snapshot.at(*_CONTENT_NAME), f"no {missing}: the snapshot cannot be restored")


def _made(cluster: Cluster, subject: RestoreSubject) -> set[str]:
    """The volumes for which the restore makes a PVC: InPlace makes all of them anew."""
    names = ClaimNames(subject)
    is_anew = subject.policy == "InPlace" and cluster.behaviour.volume_restore_policies
    return {
        volume.name
        for volume in subject.volumes or ()
        if is_anew or not (name := names.after(volume)[0])
        or claim_place(cluster, subject, name) is None
    }  # fmt: skip


def _of_snapshot(cluster: Cluster, backup: Backup) -> Iterator[Blocker]:
    """A VolumeSnapshot that is missing or not ready, and with it the snapshot of the VM."""
    if not backup.snapshot or holds_placeholder(backup.snapshot):
        return
    snapshot = cluster.resolve(VOLUME_SNAPSHOT, backup.snapshot, backup.content)
    effect = "the snapshot is no longer ready, and a restore waits for it"
    if snapshot is Absence.ABSENT:
        missing = Ref(*VOLUME_SNAPSHOT, backup.content.namespace, backup.snapshot)
        problem = Problem(backup.at("volumeSnapshotName"), f"no {missing}: {effect}")
        yield Blocker(SnapshotCause.VOLUME_SNAPSHOT_MISSING, Effect.STUCK, problem)
    elif not isinstance(snapshot, Absence) and snapshot.get("status", "readyToUse") is False:
        error = status.error_of(snapshot, "status", "error")
        shown = f", its error is {verbatim(error)}" if error else ""
        message = f'VolumeSnapshot "{snapshot.name}" is not ready{shown}: a restore waits for it'
        problem = Problem(snapshot.at("status", "readyToUse"), message)
        yield Blocker(SnapshotCause.VOLUME_SNAPSHOT_NOT_READY, Effect.DOUBT, problem)
