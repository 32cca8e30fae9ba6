"""The words of a picture, and the boxes that it is divided into."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.kinds import CLONE, EXPORT, PVC, RESTORE, SNAPSHOT, VM
from vmsnap_lint.report.pictures.graph import State
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from vmsnap_lint.report.pictures.graph import Fold, Graph, Node

__all__ = ["Box", "boxes", "fold_line", "label", "notes", "reason_lines", "shown"]

NOTHING = "no snapshot, restore, clone or export in the input"
_LONGEST_NAME = 64
_LONGEST_REASON = 96
_ROOM = 32
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
    nodes: tuple[Node, ...]
    folded: tuple[Fold, ...]


def boxes(graph: Graph) -> tuple[Box, ...]:
    """The objects of a graph by cluster, then by namespace, in the order of their first one."""
    nodes: dict[tuple[str, str], list[Node]] = {}
    folds: dict[tuple[str, str], list[Fold]] = {}
    for node in graph.nodes:
        nodes.setdefault((node.cluster, node.namespace or ""), []).append(node)
    for fold in graph.folded:
        folds.setdefault((fold.cluster, fold.namespace or ""), []).append(fold)
    keys = dict.fromkeys((*nodes, *folds))
    clusters = {cluster: rank for rank, cluster in enumerate(dict.fromkeys(key[0] for key in keys))}
    return tuple(
        Box(*key, tuple(nodes.get(key, ())), tuple(folds.get(key, ())))
        for key in sorted(keys, key=lambda key: clusters[key[0]])
    )


def shown(text: str, most: int = _LONGEST_NAME) -> str:
    """A text of the input on one line, without characters that are not seen, cut in the middle."""
    clean = visible(abridged(text))
    if len(clean) <= most:
        return clean
    half = (most - 3) // 2
    return f"{clean[: most - 3 - half]}...{clean[-half:]}"


def label(node: Node) -> tuple[str, ...]:
    """The lines of a node: its kind, its name, and what became of it."""
    kind = _SHORT.get(node.kind, shown(node.kind)) or "object"
    name = shown(node.name) if node.name else shown(node.note)
    outcome = node.verdict or ("" if node.state is State.OK else node.state.value)
    said = f"{_MARKS[node.state]} {outcome}" if outcome else ""
    return tuple(line for line in (kind, name, said) if line)


def fold_line(fold: Fold) -> str:
    """`12 complete snapshots`."""
    nouns = _NOUNS.get(fold.kind, ("object", "objects"))
    return f"{fold.number:,} complete {nouns[fold.number != 1]}"


def reason_lines(reason: str) -> tuple[str, ...]:
    """The cause in a reason, short and in lines for the label of an edge."""
    first = visible(abridged(reason.partition("; ")[0]))
    if len(first) > _LONGEST_REASON:
        first = f"{first[: _LONGEST_REASON - 3].rstrip()}..."
    return tuple(wrap(first, _ROOM, break_on_hyphens=False)) or ((first,) if first else ())


def notes(graph: Graph, unread: int = 0) -> tuple[str, ...]:
    """What the picture does not show."""
    if not graph.nodes and not graph.folded and not graph.left_out:
        told = [NOTHING]
    else:
        told = [f"{graph.left_out:,} more are not drawn"] if graph.left_out else []
    if unread:
        told.append(f"{unread:,} inputs were not checked" if unread > 1 else "1 input not checked")
    return tuple(told)
