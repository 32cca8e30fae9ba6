"""What the status of a snapshot shows of its end, and of the data that it has."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CONTENT, SNAPSHOT, VOLUME_SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted, verbatim
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.kubevirt.snapshot.content_blockers import content_blockers, is_broken
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.snapshot.volume_snapshot_blockers import volume_snapshot_blockers
from vmsnap_lint.objects.manifest import Ref
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["data_blockers", "lacks_content", "of_manifest", "status_blockers"]

_CONTENT_NAME = ("status", "virtualMachineSnapshotContentName")


def data_blockers(links: Links, snapshot: Manifest) -> Iterator[Blocker]:
    """What is wrong with a snapshot that has a status, its content and its VolumeSnapshots."""
    yield from status_blockers(links, snapshot)
    content = links.content(snapshot)
    if isinstance(content, Absence):
        return
    yield from content_blockers(links, content)
    yield from volume_snapshot_blockers(links, content)
    for backup in status.backups(content):
        volume_snapshot = links.cluster.find(VOLUME_SNAPSHOT, backup.snapshot, content)
        if volume_snapshot is not None:
            yield from volume_snapshot_blockers(links, volume_snapshot)


def of_manifest(links: Links, manifest: Manifest) -> Iterator[Blocker]:
    """What is wrong with one snapshot, content or VolumeSnapshot."""
    if manifest.group_kind == SNAPSHOT:
        yield from status_blockers(links, manifest)
        return
    if manifest.group_kind == CONTENT:
        yield from content_blockers(links, manifest)
    yield from volume_snapshot_blockers(links, manifest)


def status_blockers(links: Links, snapshot: Manifest) -> Iterator[Blocker]:
    """The same of the snapshot itself: that it failed, is not ready, or has no content."""
    if not snapshot.is_export:
        return
    if status.is_failed(snapshot):
        yield _failed(snapshot)
    elif not status.is_over(snapshot):
        if lacks_content(links, snapshot):
            content = Ref(*CONTENT, snapshot.namespace, snapshot.text(*_CONTENT_NAME))
            message = f"no {content}: the snapshot cannot be restored"
            problem = Problem(snapshot.at(*_CONTENT_NAME), message)
            yield Blocker(SnapshotCause.CONTENT_MISSING, Effect.DOUBT, problem)
        yield from _partial(links, snapshot)
        yield from _not_ready(links, snapshot)


def lacks_content(links: Links, snapshot: Manifest) -> bool:
    """Whether the content that its status names does not exist."""
    name = snapshot.text(*_CONTENT_NAME)
    if not name or holds_placeholder(name):
        return False
    return links.content(snapshot) is Absence.ABSENT


def _failed(snapshot: Manifest) -> Blocker:
    """The snapshot failed, which is final."""
    reasons = "; ".join(status.failures(snapshot))
    named = f" with {verbatim(reasons)}" if reasons else ""
    failure = status.condition(snapshot, "Failure")
    at = snapshot.at("status", "phase")
    if snapshot.text("status", "phase") != "Failed" and failure is not None:
        at = snapshot.at("status", "conditions", failure[0], "type")
    message = f"the snapshot failed{named}: it is never retried and cannot be restored"
    return Blocker(SnapshotCause.FAILED, Effect.STUCK, Problem(at, message))


def _partial(links: Links, snapshot: Manifest) -> Iterator[Blocker]:
    """The status reports that a persistent volume of the VM was left out."""
    left_out = links.left_out(snapshot)
    if left_out is None:
        return
    names, places = left_out
    message = "KubeVirt marks the snapshot as partial: a persistent volume was not saved"
    if names:
        kind, whose = ("volume", "its") if len(names) == 1 else ("volumes", "their")
        fault = f"the snapshot does not contain {kind} {quoted(names)}"
        message = f"{fault}: {whose} data was not saved"
    problem = Problem(places[0], message, places[1:])
    yield Blocker(SnapshotCause.MARKED_PARTIAL, Effect.PARTIAL, problem)


def _not_ready(links: Links, snapshot: Manifest) -> Iterator[Blocker]:
    """The snapshot is not ready to use, and nothing else shows why."""
    if not snapshot.mapping("status") or snapshot.get("status", "readyToUse") is True:
        return
    if status.lock_problem(snapshot) is not None or lacks_content(links, snapshot):
        return
    content = links.content(snapshot)
    if isinstance(content, Absence) or not is_broken(links, content):
        phase = snapshot.text("status", "phase")
        details = (f" (phase {phase})" if phase else "") + status.error_clause(snapshot)
        message = f"the snapshot is not ready to use{details}"
        problem = Problem(status.ready_place(snapshot), message)
        yield Blocker(SnapshotCause.NOT_READY, Effect.DOUBT, problem)
