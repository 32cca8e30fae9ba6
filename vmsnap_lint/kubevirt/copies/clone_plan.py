"""The outcome of a clone: the VM that it makes, and the PVCs of that VM.

A clone makes a restore (`generateRestore` of kubevirt v1.9.0,
pkg/virt-controller/watch/clone/util.go), so its volumes end as those of that restore.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLONE, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.blocker import Blocker, Effect, blocked
from vmsnap_lint.kubevirt.chain_link import link
from vmsnap_lint.kubevirt.copies.clone_cause import CloneCause
from vmsnap_lint.kubevirt.copies.clone_fields import TARGET
from vmsnap_lint.kubevirt.copies.clone_restore import POLICY, restore_of
from vmsnap_lint.kubevirt.restore.restore_plan import VolumeOutcome, restored
from vmsnap_lint.kubevirt.trail import NO_TRAIL, Trail
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.copies.clone_subject import CloneSubject
    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume

__all__ = ["ClonePlan", "clone_plan", "name_collisions"]

_PREFIX = "PrefixTargetName"  # the other one makes up new names


class ClonePlan(NamedTuple):
    """The outcome of one clone; `source` is the name of a `source_kind`.

    `target` is "" where KubeVirt makes up the name. `cluster` is the declared cluster that it is
    in, "" for none. `trail` has the clone, its source and its target.
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
    trail: Trail = NO_TRAIL


def clone_plan(cluster: Cluster, subject: CloneSubject, blockers: Iterable[Blocker]) -> ClonePlan:
    """The outcome, from blockers and the outcome of the snapshot."""
    clone = subject.manifest
    volumes = _volumes(cluster, subject)
    verdict, reasons = _verdict(subject, blockers, volumes)
    name = clone.name or clone.text("metadata", "generateName")
    kind = clone.text("spec", "source", "kind")
    target = clone.text(*TARGET, "name")
    return ClonePlan(
        clone.namespace,
        name,
        kind,
        subject.source.name,
        target,
        verdict,
        tuple(dict.fromkeys(reasons)),
        volumes,
        trail=Trail.later(lambda: _trail(cluster, subject, name, target)),
    )


def _trail(cluster: Cluster, subject: CloneSubject, name: str, target: str) -> Trail:
    clone, source = subject.manifest, subject.source
    home, kind = clone.namespace, clone.text("spec", "source", "kind")
    existing = cluster.resolve(VM, target, clone) if target else None
    return Trail(
        link(CLONE.kind, home, name, clone),
        link(kind, home, source.name, source.found),
        link(VM.kind, home, target, existing),
    )


def name_collisions(cluster: Cluster, subject: CloneSubject) -> Iterator[Blocker]:
    """The PVCs of the target that exist already: no data is restored to them."""
    clone = subject.manifest
    if clone.get(*POLICY) != _PREFIX or not cluster.behaviour.prefix_policy or subject.is_done:
        return
    for volume in _volumes(cluster, subject):
        if volume.collides and volume.existing is not None:
            what = f'volume "{volume.name}" is cloned to PVC "{volume.claim}", which exists'
            message = f"{what}: no data is restored to it, and no error is reported"
            problem = Problem(clone.at(*POLICY), message, (volume.existing,))
            yield Blocker(CloneCause.NAME_COLLISION, Effect.WAITS, problem)


def _verdict(
    subject: CloneSubject, blockers: Iterable[Blocker], volumes: tuple[RestoredVolume, ...]
) -> tuple[Verdict, list[str]]:
    if subject.is_done:
        return Verdict.COMPLETE, ["its status shows that it has succeeded"]
    known = blocked(blockers)
    if known is not None and known[0] is not Verdict.UNKNOWN:
        return known
    plan = subject.plan
    if plan is None:
        return known or (
            Verdict.UNKNOWN,
            [subject.source.unseen or "the input does not show its source"],
        )
    if plan.obstacles:
        return Verdict.STUCK, plan.obstacles
    if known is not None:
        return Verdict.UNKNOWN, [*known[1], *plan.reasons]
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
    outcomes = restored(cluster, restore_of(subject))
    return tuple(_cloned(volume) for volume in outcomes)


def _cloned(volume: RestoredVolume) -> RestoredVolume:
    """The outcome for a clone, which does not come to share a PVC."""
    if volume.outcome is not VolumeOutcome.SHARED:
        return volume
    reason = "not in the snapshot; a clone needs every disk"
    return volume._replace(claim=None, outcome=VolumeOutcome.LOST, reason=reason)
