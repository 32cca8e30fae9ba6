"""Writes plans as trees: VM, volumes, and the meaning of the verdict."""

from __future__ import annotations

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.kinds import CLONE, EXPORT, RESTORE, SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.report.plans.verdict_words import answer, words
from vmsnap_lint.report.terminal import paint, visible, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
    from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume
    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume, RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, VolumePlan
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.plans import Plans

__all__ = ["render"]

_BRANCHES = {True: ("├─ ", "│  ", "└─ "), False: ("|- ", "|  ", "`- ")}


class _Row(NamedTuple):
    """The line of one volume, with visible characters only."""

    name: str
    label: str
    style: str
    chain: str
    reason: str


def render(plans: Plans, look: Look) -> Iterator[str]:
    """A tree for each snapshot, VM, restore, clone and export, with an empty line after it.

    With declared clusters each has a heading; what no cluster uses comes last.
    """
    if not plans.clusters:
        yield from _of_cluster(plans, look)
    for name in (*dict.fromkeys(plans.clusters), "") if plans.clusters else ():
        lines = list(_of_cluster(_within(plans, name), look))
        heading = f"cluster {_shown(name)}" if name else "in no cluster"
        yield from (paint(heading, "place", look.color), "", *lines) if lines else ()


def _within(plans: Plans, cluster: str) -> Plans:
    """The plans of one cluster."""
    return plans._replace(
        snapshots=tuple(plan for plan in plans.snapshots if plan.cluster == cluster),
        vms=tuple(plan for plan in plans.vms or () if plan.cluster == cluster),
        restores=tuple(plan for plan in plans.restores if plan.cluster == cluster),
        clones=tuple(plan for plan in plans.clones if plan.cluster == cluster),
        exports=tuple(plan for plan in plans.exports if plan.cluster == cluster),
    )


def _of_cluster(plans: Plans, look: Look) -> Iterator[str]:
    for plan in plans.snapshots:
        source = f' of VirtualMachine "{plan.source}"' if plan.source else ""
        yield from _tree(_named("VirtualMachineSnapshot", plan) + source, plan, look)
    for plan in plans.vms or ():
        yield from _tree(f"{_named('VirtualMachine', plan)}, snapshot preview", plan, look)
    for restore in plans.restores:
        yield from _restore(restore, look)
    for clone in plans.clones:
        yield from _clone(clone, look)
    for export in plans.exports:
        yield from _export(export, look)


def _shown(text: str) -> str:
    return visible(abridged(text))


def _named(kind: str, plan: SnapshotPlan | RestorePlan | ClonePlan | ExportPlan) -> str:
    return f'{kind} "{plan.name}"' + (f' in namespace "{plan.namespace}"' if plan.namespace else "")


def _tree(title: str, plan: SnapshotPlan, look: Look) -> Iterator[str]:
    yield from _head(title, SNAPSHOT, plan, look)
    rows = [
        _Row(_shown(volume.name), *answer(volume), _chain(volume), _shown(volume.reason))
        for volume in plan.volumes
    ]
    yield from _branches(rows, 3, look)


def _head(
    title: str, kind: Kind, plan: SnapshotPlan | RestorePlan | ClonePlan | ExportPlan, look: Look
) -> Iterator[str]:
    yield paint(_shown(title), "bold", look.color)
    meaning, style = words(kind, plan.verdict)
    yield f"  {paint(f'{plan.verdict.value}: {meaning}', style, look.color)}"
    for reason in plan.reasons:
        yield f"  - {_shown(reason)}"


def _branches(rows: list[_Row], room: int, look: Look) -> Iterator[str]:
    """A branch for each row, whose labels take `room` columns, and an empty line."""
    branch, bar, last = _BRANCHES[look.unicode]
    column = max((width(row.name) for row in rows), default=0)
    for row in rows:
        lead, below = (last, "   ") if row is rows[-1] else (branch, bar)
        padding = " " * (column - width(row.name))
        label = paint(row.label.ljust(room), row.style, look.color)
        first, *rest = [text for text in (row.chain, row.reason) if text] or [""]
        yield f"  {lead}{row.name}{padding}  {label}  {first}".rstrip()
        for text in rest:
            yield f"  {below}{' ' * (column + room + 4)}{text}"
    yield ""


def _chain(volume: VolumePlan) -> str:
    """Its PVC and classes, if they are known."""
    nouns = ("PVC", "StorageClass", "VolumeSnapshotClass")
    names = (volume.claim, volume.storage_class, volume.snapshot_class)
    links = zip(nouns, names, strict=True)
    return " -> ".join(f"{noun} {_shown(name)}" for noun, name in links if name)


def _restore(plan: RestorePlan, look: Look) -> Iterator[str]:
    title = f'{_named("VirtualMachineRestore", plan)} of VirtualMachineSnapshot "{plan.snapshot}"'
    title = f'{title} to VirtualMachine "{plan.target}"'
    yield from _head(title, RESTORE, plan, look)
    yield from _branches([_restored(volume) for volume in plan.volumes], 11, look)


def _restored(volume: RestoredVolume) -> _Row:
    links = [_shown(claim) for claim in (volume.source_claim, volume.claim) if claim]
    return _Row(_shown(volume.name), *answer(volume), " -> ".join(links), _shown(volume.reason))


def _clone(plan: ClonePlan, look: Look) -> Iterator[str]:
    title = f"{_named('VirtualMachineClone', plan)} of {_source(plan)}"
    target = f'VirtualMachine "{plan.target}"' if plan.target else "a VirtualMachine of a new name"
    yield from _head(f"{title} to {target}", CLONE, plan, look)
    yield from _branches([_restored(volume) for volume in plan.volumes], 11, look)


def _export(plan: ExportPlan, look: Look) -> Iterator[str]:
    title = f"{_named('VirtualMachineExport', plan)} of {_source(plan)}"
    yield from _head(title, EXPORT, plan, look)
    yield from _branches([_offered(volume) for volume in plan.volumes], 3, look)


def _source(plan: ClonePlan | ExportPlan) -> str:
    """What is copied, in words."""
    return f'{plan.source_kind or "nothing"} "{plan.source}"'


def _offered(volume: ExportedVolume) -> _Row:
    chain = f"PVC {_shown(volume.claim)}" if volume.claim else ""
    return _Row(_shown(volume.name), *answer(volume), chain, _shown(volume.reason))
