"""The graph of the plans of a run: snapshot, VM, volume, claim, class, snapshot class."""

from __future__ import annotations

from vmsnap_lint.core.kinds import (
    CLONE,
    DATA_VOLUME,
    EXPORT,
    PVC,
    RESTORE,
    SNAPSHOT,
    STORAGE_CLASS,
    VM,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.chain_link import ChainLink
from vmsnap_lint.kubevirt.restore.restore_plan import VolumeOutcome
from vmsnap_lint.kubevirt.storage.volume_trail import VOLUME
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.report.pictures.builder import GraphBuilder, NewEdge
from vmsnap_lint.report.pictures.object_graph import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
    from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume
    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume, RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, VolumePlan
    from vmsnap_lint.kubevirt.trail import Trail
    from vmsnap_lint.report.pictures.object_graph import ObjectGraph
    from vmsnap_lint.report.plans import Plans

__all__ = ["graph_of"]

_STATES = {
    Verdict.COMPLETE: State.OK,
    Verdict.EMPTY: State.SKIPPED,
    Verdict.UNKNOWN: State.UNKNOWN,
}
_OUTCOMES = {
    VolumeOutcome.CREATED: State.OK,
    VolumeOutcome.OVERWRITTEN: State.OK,
    VolumeOutcome.UNKNOWN: State.UNKNOWN,
}
_CLAIMS = (VOLUME, DATA_VOLUME.kind, PVC.kind)
_MADE_UP = "<uid>"  # in the name of a claim: another one for each restore


def graph_of(plans: Plans) -> ObjectGraph:
    """The graph of all plans; one node for an object of a cluster, however often it is used."""
    builder = GraphBuilder()
    for plan in plans.snapshots:
        _add_snapshot(builder, plan, SNAPSHOT.kind)
    for plan in plans.vms or ():
        _add_snapshot(builder, plan, VM.kind)
    for restore in plans.restores:
        _add_restore(builder, restore)
    for clone in plans.clones:
        _add_clone(builder, clone)
    for export in plans.exports:
        _add_export(builder, export)
    return builder.graph()


def _add_snapshot(builder: GraphBuilder, plan: SnapshotPlan, kind: str) -> None:
    """The chains of a snapshot, or of the one that would be taken of a VM."""
    root = _root(builder, plan, kind)
    vm, way = root, []
    if kind != VM.kind:
        source = _second(plan.trail, VM.kind, plan.namespace, plan.source)
        vm = builder.node(source, plan.cluster)
        way = [_first_step(plan, root, vm, all(map(_is_fine, plan.volumes)))]
    elif _state(plan.verdict) not in (State.OK, State.SKIPPED) and all(map(_is_fine, plan.volumes)):
        builder.tell(root, next(iter(plan.reasons), ""))
    builder.chain(root, _state(plan.verdict), way)
    for volume in plan.volumes:
        state, steps = _volume(builder, plan, vm, volume)
        builder.chain(root, state, [*way, *steps])


def _first_step(
    plan: SnapshotPlan | RestorePlan | ClonePlan | ExportPlan,
    root: int, source: int, are_volumes_fine: bool,
) -> NewEdge:  # fmt: skip
    """The step to the source, which tells the reason of a verdict that no volume explains."""
    state = _state(plan.verdict)
    if state in (State.OK, State.SKIPPED) or not are_volumes_fine:
        return NewEdge(root, source)
    named = getattr(plan, "source", "") or getattr(plan, "snapshot", "")
    about = (reason for reason in plan.reasons if f'"{named}"' in reason)
    return NewEdge(root, source, state, next(about, next(iter(plan.reasons), "")))


def _is_fine(volume: VolumePlan) -> bool:
    return not volume.persistent or (bool(volume.included) and not volume.trail.breaks_at)


def _volume(
    builder: GraphBuilder, plan: SnapshotPlan, vm: int, volume: VolumePlan
) -> tuple[State, list[NewEdge]]:
    """The state of the chain of a volume, and its steps from the VM on."""
    state = State.OK
    if not volume.persistent:
        state = State.SKIPPED
    elif not _is_fine(volume):
        is_known = volume.included is False or (volume.included and volume.trail.is_certain)
        state = State.BROKEN if is_known else State.UNKNOWN
    links = volume.trail.links or tuple(_named(volume, plan.namespace))
    at = volume.trail.breaks_at or VOLUME
    return state, _steps(builder, plan.cluster, vm, links, (state, at, volume.reason))


def _steps(
    builder: GraphBuilder, cluster: str, vm: int,
    links: tuple[ChainLink, ...], end: tuple[State, str, str],
) -> list[NewEdge]:  # fmt: skip
    """The steps from a VM along the links; the one to the kind at which they end has the reason."""
    state, breaks_at, reason = end
    steps, before = [], vm
    for link in links:
        is_end = state is not State.OK and link.kind == breaks_at
        own = state if is_end or link.kind == VOLUME else State.OK
        number = builder.node(link, cluster, own, vm if link.kind == VOLUME else None)
        if number != before:
            steps.append(NewEdge(before, number, *((state, reason) if is_end else ())))
        before = number
    return steps


def _named(volume: VolumePlan, namespace: str | None) -> Iterator[ChainLink]:
    """The links of a volume by the names in its plan only."""
    yield ChainLink(VOLUME, namespace, volume.name)
    if volume.claim:
        yield ChainLink(PVC.kind, namespace, volume.claim)
    if volume.storage_class:
        yield ChainLink(STORAGE_CLASS.kind, None, volume.storage_class)
    if volume.snapshot_class:
        yield ChainLink(VOLUME_SNAPSHOT_CLASS.kind, None, volume.snapshot_class)


def _add_restore(builder: GraphBuilder, plan: RestorePlan) -> None:
    """The snapshot, the target and the claims of a restore."""
    root = _root(builder, plan, RESTORE.kind)
    home, links = plan.namespace, plan.trail.links
    snapshot = links[1] if links else ChainLink(SNAPSHOT.kind, home, plan.snapshot)
    target = links[2] if links else ChainLink(VM.kind, home, plan.target)
    source = builder.node(_as_needed(plan, snapshot), plan.cluster)
    fine = all(volume.outcome in _OUTCOMES for volume in plan.volumes)
    first = _first_step(plan, root, source, fine)
    builder.chain(root, _state(plan.verdict), [first, *_made_vm(builder, plan, root, target)])
    for volume in plan.volumes:
        _add_restored(builder, plan, root, volume)


def _made_vm(
    builder: GraphBuilder, plan: RestorePlan | ClonePlan, root: int, target: ChainLink
) -> list[NewEdge]:
    """The step to the target, which need not exist."""
    if not target.name:
        return []
    made = target._replace(absence=None)
    return [NewEdge(root, builder.node(made, plan.cluster))]


def _add_restored(
    builder: GraphBuilder, plan: RestorePlan | ClonePlan, root: int, volume: RestoredVolume
) -> None:
    """The claim that a volume is restored to."""
    is_done = plan.verdict is Verdict.COMPLETE  # whatever would become of it now
    state = _OUTCOMES.get(volume.outcome, State.SKIPPED if is_done else State.BROKEN)
    if volume.claim is None:
        link = ChainLink(VOLUME, plan.namespace, volume.name)
        number = builder.node(link, plan.cluster, state, root)
    else:
        owner = root if _MADE_UP in volume.claim else None
        link = _restored_claim(plan.namespace, volume.claim, volume)
        number = builder.node(link, plan.cluster, owner=owner)
    reason = "" if state is State.OK else volume.reason
    builder.chain(root, state, [NewEdge(root, number, state, reason)])


def _restored_claim(namespace: str | None, name: str, volume: RestoredVolume) -> ChainLink:
    """The claim that a volume is restored to: one that exists, the saved one, or a new one."""
    at = volume.existing
    if at is None:
        saved = [each for each in volume.trail.links if each.kind in _CLAIMS[1:]]
        same = (each._replace(absence=None) for each in saved if each.name == name)
        return next(same, ChainLink(PVC.kind, namespace, name))
    is_made_by_cdi = at.manifest.kind in (DATA_VOLUME.kind, VM.kind)
    return ChainLink(DATA_VOLUME.kind if is_made_by_cdi else PVC.kind, namespace, name, at)


def _add_clone(builder: GraphBuilder, plan: ClonePlan) -> None:
    """The source, the target and the claims of a clone, and the volumes of a VM."""
    root, source = _copied(builder, plan, CLONE.kind)
    links = plan.trail.links
    target = links[2] if links else ChainLink(VM.kind, plan.namespace, plan.target)
    fine = all(volume.outcome in _OUTCOMES for volume in plan.volumes)
    first = _first_step(plan, root, source, fine)
    builder.chain(root, _state(plan.verdict), [first, *_made_vm(builder, plan, root, target)])
    for volume in plan.volumes:
        is_followed = plan.source_kind == VM.kind and bool(volume.trail.links)
        if is_followed:
            end = _end(volume.trail, volume.reason)
            steps = _steps(builder, plan.cluster, source, volume.trail.links, end)
            builder.chain(root, end[0], [first, *steps])
        if volume.claim is not None or not is_followed:
            _add_restored(builder, plan, root, volume)


def _end(trail: Trail, reason: str) -> tuple[State, str, str]:
    """Where the chain of a volume of a VM ends."""
    if not trail.breaks_at:
        return State.OK, "", ""
    return State.BROKEN if trail.is_certain else State.UNKNOWN, trail.breaks_at, reason


def _add_export(builder: GraphBuilder, plan: ExportPlan) -> None:
    """The source of an export, and the claims of a VM."""
    root, source = _copied(builder, plan, EXPORT.kind)
    fine = all(volume.included for volume in plan.volumes)
    first = _first_step(plan, root, source, fine or plan.source_kind != VM.kind)
    builder.chain(root, _state(plan.verdict), [first])
    for volume in plan.volumes if plan.source_kind == VM.kind else ():
        state, steps = _exported(builder, plan, source, volume)
        builder.chain(root, state, [first, *steps])


def _exported(
    builder: GraphBuilder, plan: ExportPlan, source: int, volume: ExportedVolume
) -> tuple[State, list[NewEdge]]:
    """The state of an exported volume, and its steps; classes do not matter."""
    state = State.UNKNOWN if volume.included is None else State.OK
    state = State.BROKEN if volume.included is False else state
    links = tuple(each for each in volume.trail.links if each.kind in _CLAIMS)
    links = links or (ChainLink(VOLUME, plan.namespace, volume.name),)
    end = (state, links[-1].kind, volume.reason)
    return state, _steps(builder, plan.cluster, source, links, end)


def _copied(builder: GraphBuilder, plan: ClonePlan | ExportPlan, kind: str) -> tuple[int, int]:
    """The nodes of a clone or export and of its source."""
    root = _root(builder, plan, kind)
    source = _second(plan.trail, plan.source_kind, plan.namespace, plan.source)
    return root, builder.node(_as_needed(plan, source), plan.cluster)


def _as_needed(plan: RestorePlan | ClonePlan | ExportPlan, source: ChainLink) -> ChainLink:
    """The link to a source, whose absence means nothing once all is done."""
    if plan.verdict is Verdict.COMPLETE and source.absence is Absence.ABSENT:
        return source._replace(absence=None)
    return source


def _root(
    builder: GraphBuilder, plan: SnapshotPlan | RestorePlan | ClonePlan | ExportPlan, kind: str
) -> int:
    links = plan.trail.links
    link = links[0] if links else ChainLink(kind, plan.namespace, plan.name)
    verdict, reasons = plan.verdict.value, plan.reasons
    return builder.root(link, plan.cluster, _state(plan.verdict), verdict, reasons)


def _second(trail: Trail, kind: str, namespace: str | None, name: str) -> ChainLink:
    return trail.links[1] if trail.links else ChainLink(kind, namespace, name)


def _state(verdict: Verdict) -> State:
    return _STATES.get(verdict, State.BROKEN)
