"""The words of a picture, and the boxes that it is divided into."""

from __future__ import annotations

import os
from functools import cache
from textwrap import wrap

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.kinds import CLONE, EXPORT, PVC, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.report.pictures.object_graph import Fold, State
from vmsnap_lint.report.portable import from_root
from vmsnap_lint.report.summary import judged_for
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vmsnap_lint.report.pictures.object_graph import ObjectEdge, ObjectGraph, ObjectNode
    from vmsnap_lint.report.plans import Plans

__all__ = [
    "Box",
    "boxes",
    "details",
    "fold_line",
    "label",
    "notes",
    "reason_lines",
    "shown",
    "told",
]

_NOTHING = "no snapshot, restore, clone or export in the input"
_LONGEST_NAME = 64
_LONGEST_REASON = 96
_LONGEST_WORD = 44
_ROOM = 32
_FEW = 3  # as many namespaces with nothing but complete objects have a box each
_SHORT = {PVC.kind: "PVC"}
_NOUNS = {
    SNAPSHOT.kind: ("snapshot", "snapshots"),
    VM.kind: ("VM", "VMs"),
    RESTORE.kind: ("restore", "restores"),
    CLONE.kind: ("clone", "clones"),
    EXPORT.kind: ("export", "exports"),
}
_MARKS = {
    State.OK: "\N{CHECK MARK}",
    State.SKIPPED: "\N{EN DASH}",
    State.UNKNOWN: "?",
    State.BROKEN: "\N{MULTIPLICATION X}",
    State.MISSING: "\N{MULTIPLICATION X}",
}


class Box(NamedTuple):
    """The objects of a namespace of a cluster, or those of the cluster; either may be ""."""

    cluster: str
    namespace: str
    nodes: tuple[ObjectNode, ...]
    folded: tuple[Fold, ...]

    @property
    def cluster_title(self) -> str:
        """What stands above all boxes of the cluster."""
        return f"cluster {shown(self.cluster)}"

    @property
    def namespace_title(self) -> str:
        """What stands above the objects of the namespace."""
        return f"namespace {shown(self.namespace)}"


def boxes(graph: ObjectGraph) -> tuple[Box, ...]:
    """The objects of a graph by cluster, then by namespace, in the order of their first one."""
    nodes: dict[tuple[str, str], list[ObjectNode]] = {}
    folds: dict[tuple[str, str], list[Fold]] = {}
    for node in graph.nodes:
        nodes.setdefault((node.cluster, node.namespace or ""), []).append(node)
    for fold in _together(graph.folded, nodes):
        folds.setdefault((fold.cluster, fold.namespace or ""), []).append(fold)
    keys = dict.fromkeys((*nodes, *folds))
    clusters = {cluster: rank for rank, cluster in enumerate(dict.fromkeys(key[0] for key in keys))}
    return tuple(
        Box(*key, tuple(nodes.get(key, ())), tuple(folds.get(key, ())))
        for key in sorted(keys, key=lambda key: clusters[key[0]])
    )


def _together(folded: Iterable[Fold], nodes: Mapping[tuple[str, str], object]) -> Iterator[Fold]:
    """The same, those of a cluster in one where nothing else is drawn of their namespaces."""
    alone: dict[tuple[str, str], list[Fold]] = {}
    for fold in folded:
        if (fold.cluster, fold.namespace or "") in nodes:
            yield fold
        else:
            alone.setdefault((fold.cluster, fold.kind), []).append(fold)
    for (cluster, kind), each in alone.items():
        if len(each) <= _FEW:
            yield from each
        else:
            yield Fold(cluster, None, kind, sum(fold.number for fold in each), len(each))


def shown(text: str, most: int = _LONGEST_NAME) -> str:
    """A text of the input on one line, without characters that are not seen, cut in the middle."""
    clean = visible(abridged(text))
    if len(clean) <= most:
        return clean
    half = (most - 3) // 2
    return f"{clean[: most - 3 - half]}...{clean[-half:]}"


def label(node: ObjectNode) -> tuple[str, ...]:
    """The lines of a node: its kind, its name, and what became of it."""
    kind = _SHORT.get(node.kind, shown(node.kind)) or "object"
    name = shown(node.name) if node.name else shown(node.note)
    outcome = node.verdict or ("" if node.state is State.OK else node.state.value)
    said = f"{_MARKS[node.state]} {outcome}" if outcome else ""
    reason = reason_lines(node.note) if node.name else ()
    return tuple(line for line in (kind, name, said, *reason) if line)


def details(node: ObjectNode) -> tuple[str, ...]:
    """What there is no room for in a label: the whole name, the place, and all reasons."""
    where = f" in namespace {node.namespace}" if node.namespace else ""
    file, line = node.position
    place = (f"{_renamed()(file)}:{line}",) if file else ()
    told = (f"{node.kind} {node.name or node.note}{where}", *place, *node.reasons)
    return tuple(visible(abridged(each)) for each in told)


@cache
def _renamed_from(_here: str) -> Callable[[str], str]:
    return cache(from_root())


def _renamed() -> Callable[[str], str]:
    """What makes paths relative to the root of the repository of the working directory."""
    return _renamed_from(os.getcwd())


def fold_line(fold: Fold) -> str:
    """`12 complete snapshots`."""
    nouns = _NOUNS.get(fold.kind, ("object", "objects"))
    where = f" in {fold.namespaces:,} namespaces" if fold.namespaces > 1 else ""
    return f"{fold.number:,} complete {nouns[fold.number != 1]}{where}"


def told(edge: ObjectEdge, room: int = _ROOM) -> tuple[str, ...]:
    """The label of a step that is not ok: why, in short lines."""
    return reason_lines(edge.reason, room) if edge.state not in (State.OK, State.SKIPPED) else ()


def reason_lines(reason: str, room: int = _ROOM) -> tuple[str, ...]:
    """The cause in a reason, short and in lines."""
    words = visible(abridged(reason.partition("; ")[0])).split(" ")
    first = " ".join(shown(word, _LONGEST_WORD) for word in words)
    if len(first) > _LONGEST_REASON:
        first = first[: _LONGEST_REASON - 4]
        first = f"{first.rpartition(' ')[0] or first} ..."
    return tuple(wrap(first, room, break_on_hyphens=False)) or ((first,) if first else ())


def notes(graph: ObjectGraph, plans: Plans | None = None) -> tuple[str, ...]:
    """What the picture does not show, and with `plans` what was not checked and was assumed."""
    if not graph.nodes and not graph.folded and not graph.left_out:
        told = [_NOTHING]
    else:
        told = [f"{graph.left_out:,} more are not drawn"] if graph.left_out else []
    if plans is not None:
        unread = len(plans.not_checked)
        told += [f"{unread:,} input{'s' if unread > 1 else ''} not checked"] if unread else []
        told += judged_for(plans.judged)
    return tuple(told)
