"""Finds what keeps a clone from being admitted or from completing.

kubevirt v1.9.0, pkg/virt-controller/watch/clone/clone.go: a clone of a VM takes a snapshot, any
clone makes a restore; the webhook looks at a VM up to 1.4, at a snapshot up to 1.5.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.copies import copy_status
from vmsnap_lint.kubevirt.copies.clone_cause import CloneCause
from vmsnap_lint.kubevirt.copies.clone_fields import TARGET, rejected_fields
from vmsnap_lint.kubevirt.copies.clone_restore import content_blockers, patches_of_restore
from vmsnap_lint.kubevirt.copies.copied_source import SOURCE_NAME, missing
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.copies.clone_subject import CloneSubject
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["clone_blockers"]


def clone_blockers(cluster: Cluster, subject: CloneSubject) -> Iterator[Blocker]:
    """Everything that blocks a clone which has not succeeded yet."""
    if not cluster.behaviour.clones or subject.is_done:
        return
    yield from _failed(subject)
    yield from rejected_fields(cluster, subject.manifest)
    yield from _missing_source(cluster, subject)
    yield from _existing_target(cluster, subject)
    yield from _backend_state(cluster, subject)
    yield from _uncopied_volumes(cluster, subject)
    yield from patches_of_restore(cluster, subject)
    yield from content_blockers(cluster, subject)


def _failed(subject: CloneSubject) -> Iterator[Blocker]:
    trouble = copy_status.clone_trouble(subject.manifest)
    if trouble is None:
        return
    what = "the clone has failed for good" if trouble.is_final else "the clone cannot proceed"
    problem = Problem(trouble.at, f"{what}: its status shows {trouble.words}")
    effect = Effect.FAILED if trouble.is_final else Effect.STUCK
    yield Blocker(CloneCause.FAILED, effect, problem)


def _missing_source(cluster: Cluster, subject: CloneSubject) -> Iterator[Blocker]:
    checked = _is_checked_on_admission(cluster, subject)
    result = "the clone is rejected" if checked else "the clone waits for it"
    problem = missing(cluster, subject.manifest, subject.source, result)
    if problem is None:
        return
    effect = Effect.REJECTED if checked else Effect.STUCK
    is_guessed = problem.severity is not None
    yield Blocker(CloneCause.SOURCE_MISSING, Effect.DOUBT if is_guessed else effect, problem)


def _is_checked_on_admission(cluster: Cluster, subject: CloneSubject) -> bool:
    """Whether the webhook looks at the source, rather than the controller."""
    if subject.source.kind == SNAPSHOT:
        return cluster.behaviour.clone_snapshot_checked_on_admission
    return cluster.behaviour.clone_vm_checked_on_admission


def _existing_target(cluster: Cluster, subject: CloneSubject) -> Iterator[Blocker]:
    """The restore of a clone makes its target, so that none of that name may be there."""
    clone = subject.manifest
    name, phase = clone.text(*TARGET, "name"), copy_status.phase(clone)
    if not name or holds_placeholder(name) or phase == "CreatingTargetVM":
        return
    target = cluster.resolve(VM, name, clone)
    if isinstance(target, Absence) or _is_own(target, subject):
        return
    where = (target.at("metadata", "name", note="the target exists"),)
    message = f'VirtualMachine "{name}" exists already: a clone is only made under a new name'
    problem = Problem(clone.at(*TARGET, "name"), message, where)
    yield Blocker(CloneCause.TARGET_EXISTS, Effect.STUCK, problem)


def _is_own(target: Manifest, subject: CloneSubject) -> bool:
    """Whether the target is the source, or bears the mark of the restore of this clone.

    A restore onto the VM that was snapshotted is one in place.
    """
    source, uid = subject.source, subject.manifest.text("metadata", "uid")
    snapshot = source.of(SNAPSHOT)
    name = source.name if snapshot is None else snapshot.text(*SOURCE_NAME)
    mark = target.get("metadata", "annotations", "restore.kubevirt.io/lastRestoreUID")
    is_made = isinstance(mark, str) and bool(uid) and mark.startswith(f"tmp-restore-{uid}-")
    return target.name == name or is_made


def _backend_state(cluster: Cluster, subject: CloneSubject) -> Iterator[Blocker]:
    """The source has a persistent TPM or EFI, which a clone cannot copy."""
    vm = subject.vm
    places = persistent_state(vm) if vm is not None else ()
    if not places or not cluster.behaviour.clone_backend_state_refused:
        return
    checked = _is_checked_on_admission(cluster, subject)
    result, effect = ("is rejected", Effect.REJECTED) if checked else ("fails", Effect.FAILED)
    message = f"the source VM has a {places[0].note}: its clone {result}"
    problem = Problem(subject.manifest.at(*SOURCE_NAME), message, places)
    yield Blocker(CloneCause.BACKEND_STATE, effect, problem)


def _uncopied_volumes(cluster: Cluster, subject: CloneSubject) -> Iterator[Blocker]:
    """A disk of the source is not snapshotted, and a clone needs all of them.

    A clone of a VM waits until they can be (since 1.5), and one of a snapshot fails (since 1.6).
    """
    effect = Effect.FAILED if subject.source.of(SNAPSHOT) is not None else Effect.STUCK
    if _is_checked_on_admission(cluster, subject):
        effect = Effect.REJECTED
    for name, reason, place in subject.uncopied:
        message = f'volume "{name}" of the source cannot be cloned: {reason}'
        problem = Problem(subject.manifest.at(*SOURCE_NAME), message, (place,))
        yield Blocker(CloneCause.VOLUME_UNSNAPSHOTTABLE, effect, problem)
