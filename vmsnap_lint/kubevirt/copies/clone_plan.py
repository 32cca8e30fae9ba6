"""The outcome of a clone: the VM that it makes, and the PVCs of that VM.

A clone makes a restore (`generateRestore` of kubevirt v1.9.0,
pkg/virt-controller/watch/clone/util.go), so its volumes end as those of that restore.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import RESTORE, SNAPSHOT
from vmsnap_lint.kubevirt.blocker import blocked
from vmsnap_lint.kubevirt.copies.clone_fields import TARGET
from vmsnap_lint.kubevirt.restore.restore_plan import VolumeOutcome, restored
from vmsnap_lint.kubevirt.restore.subject import Relation, RestoreSubject, SavedVolume
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.references import VOLUMES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.blocker import Blocker
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.copies.clone_blockers import CloneSubject
    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume

__all__ = ["ClonePlan", "clone_plan"]

_NEVER = (Verdict.FAILED, Verdict.REJECTED, Verdict.STUCK)


class ClonePlan(NamedTuple):
    """The outcome of one clone; `source` is the name of a `source_kind`.

    `target` is "" where KubeVirt makes up the name. `cluster` is the declared cluster that it is
    in, "" for none.
    """

    namespace: str | None
    name: str
    source_kind: str
    source: str
    target: str
    verdict: Verdict
    reasons: tuple[str, ...]
    volumes: tuple[RestoredVolume, ...]
    cluster: str = ""


def clone_plan(
    cluster: Cluster, subject: CloneSubject, rejected: list[str], blockers: Iterable[Blocker]
) -> ClonePlan:
    """The outcome, from rejections, blockers and the outcome of the snapshot."""
    clone = subject.manifest
    volumes = _volumes(cluster, subject)
    verdict, reasons = _verdict(subject, rejected, blockers, volumes)
    name = clone.name or clone.text("metadata", "generateName")
    kind = clone.text("spec", "source", "kind")
    target = clone.text(*TARGET, "name")
    return ClonePlan(
        clone.namespace, name, kind, subject.source.name, target, verdict, tuple(reasons), volumes
    )


def _verdict(
    subject: CloneSubject,
    rejected: list[str],
    blockers: Iterable[Blocker],
    volumes: tuple[RestoredVolume, ...],
) -> tuple[Verdict, list[str]]:
    if subject.is_done:
        return Verdict.COMPLETE, ["its status shows that it has succeeded"]
    if rejected:
        return Verdict.REJECTED, rejected
    known = blocked(blockers)
    if known is not None and known[0] is not Verdict.UNKNOWN:
        return known
    plan = subject.plan
    if plan is None:
        return known or (Verdict.UNKNOWN, [subject.source.unseen or "its source is unknown"])
    if plan.verdict in _NEVER:
        reasons = [f"the snapshot never becomes ready: {reason}" for reason in plan.reasons]
        return Verdict.STUCK, reasons
    if plan.verdict is Verdict.EMPTY:
        return Verdict.EMPTY, ["the source has no disk: only the settings of the VM are copied"]
    return _of_volumes(plan.verdict, plan.reasons, volumes)


def _of_volumes(
    verdict: Verdict, reasons: tuple[str, ...], volumes: tuple[RestoredVolume, ...]
) -> tuple[Verdict, list[str]]:
    """The verdict of the snapshot, unless a PVC of the target is there already."""
    collisions = [
        f'volume "{volume.name}": {volume.reason}'
        for volume in volumes
        if volume.collides or volume.outcome is VolumeOutcome.LOST
    ]
    if collisions:
        return Verdict.PARTIAL, collisions
    return verdict, list(reasons)


def _volumes(cluster: Cluster, subject: CloneSubject) -> tuple[RestoredVolume, ...]:
    if subject.plan is None or subject.is_done:
        return ()
    return restored(cluster, _restore_of(subject))


def _restore_of(subject: CloneSubject) -> RestoreSubject:
    """The restore that the clone makes, at the place of the clone."""
    clone, snapshot = subject.manifest, subject.source.of(SNAPSHOT)
    spec = {"target": clone.mapping(*TARGET)}
    policy = clone.text("spec", "volumeNamePolicy")
    metadata = {"name": "tmp-restore-<uid>", "namespace": clone.namespace}
    value = {
        "apiVersion": f"{RESTORE.group}/v1beta1", "kind": RESTORE.kind, "metadata": metadata,
        "spec": {**spec, "volumeRestorePolicy": policy} if policy else spec,
    }  # fmt: skip
    restore = Manifest(clone.document, value, clone.root)
    saved = _saved(subject)
    found = Absence.UNKNOWN if snapshot is None else snapshot
    return RestoreSubject(
        restore, found, Absence.UNKNOWN, Relation.NEW, subject.vm, subject.plan, saved
    )


def _saved(subject: CloneSubject) -> tuple[SavedVolume, ...]:
    """The persistent volumes of the snapshot."""
    vm, plan = subject.vm, subject.plan
    sources = {
        vm.text(*VOLUMES, index, "name"): next((key for key in volume if key != "name"), "")
        for index, volume in (vm.items(*VOLUMES) if vm is not None else ())
        if vm is not None
    }
    return tuple(
        SavedVolume(
            volume.name, sources.get(volume.name, STATE_SOURCE), volume.claim, volume.included,
            volume.reason,
        )
        for volume in (plan.volumes if plan is not None else ())
        if volume.persistent
    )  # fmt: skip
