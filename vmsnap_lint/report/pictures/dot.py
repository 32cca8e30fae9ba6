"""Writes plans in the DOT language of graphviz.

Each text is a quoted string; in it graphviz reads `\\"`, `\\n`, `\\N` and the like, and entities of
HTML (https://graphviz.org/doc/info/lang.html, https://graphviz.org/docs/attr-types/escString/).
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import (
    CLONE,
    EXPORT,
    RESTORE,
    SNAPSHOT,
    STORAGE_CLASS,
    VM,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.storage.volume_trail import VOLUME
from vmsnap_lint.report.pictures.chosen import folded
from vmsnap_lint.report.pictures.graph_of_plans import graph_of
from vmsnap_lint.report.pictures.labels import (
    boxes,
    details,
    fold_line,
    label,
    notes,
    told,
)
from vmsnap_lint.report.pictures.object_graph import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.pictures.labels import Box
    from vmsnap_lint.report.pictures.object_graph import ObjectEdge, ObjectGraph, ObjectNode
    from vmsnap_lint.report.plans import Plans

__all__ = ["columns", "quoted", "render"]

_HEAD = (
    "digraph plans {",
    "  graph [rankdir=LR, newrank=true, charset=\"UTF-8\", bgcolor=white, fontname=sans];",
    "  node [fontname=sans, fontsize=11, style=filled];",
    "  edge [fontname=sans, fontsize=9, color=\"#57606a\"];",
)  # fmt: skip
_NODES = {
    State.OK: 'shape=box, style="filled,rounded", fillcolor="#dafbe1", color="#1a7f37"',
    State.SKIPPED: 'shape=box, style="filled,dotted", fillcolor="#eaeef2", color="#6e7781"',
    State.UNKNOWN: 'shape=ellipse, style="filled,dashed", fillcolor="#fff8c5", color="#9a6700"',
    State.BROKEN: 'shape=octagon, fillcolor="#ffebe9", color="#cf222e", penwidth=2',
    State.MISSING: 'shape=cds, style="filled,dashed", fillcolor="#ffffff", color="#cf222e"',
}
_EDGES = {
    State.OK: "",
    State.SKIPPED: "style=dotted, arrowhead=none",
    State.UNKNOWN: 'style=dashed, color="#9a6700", fontcolor="#6b4a00"',
    State.BROKEN: 'color="#cf222e", fontcolor="#a40e26", penwidth=2, arrowhead=tee',
    State.MISSING: 'color="#cf222e", fontcolor="#a40e26", penwidth=2, arrowhead=tee',
}
_COLUMNS = (
    (RESTORE.kind, CLONE.kind, EXPORT.kind), (SNAPSHOT.kind,), (VM.kind,), (VOLUME,),
    (STORAGE_CLASS.kind,), (VOLUME_SNAPSHOT_CLASS.kind,),
)  # fmt: skip


def render(plans: Plans, _look: Look) -> Iterator[str]:
    """A digraph of all plans, complete chains folded where there are many."""
    graph = folded(graph_of(plans))
    yield from _HEAD
    for number, note in enumerate(notes(graph, plans)):
        yield f"  note{number} [shape=note, label={quoted((note,))}];"
    yield from _boxes(graph)
    for ids in columns(graph):
        yield f"  {{ rank=same; {'; '.join(ids)}; }}"
    yield from map(_edge, graph.edges)
    yield "}"


def columns(graph: ObjectGraph) -> Iterator[tuple[str, ...]]:
    """The ids of the objects that stand in one column: snapshots, VMs, volumes, classes."""
    for kinds in _COLUMNS:
        ids = tuple(node.id for node in graph.nodes if node.kind in kinds)
        if len(ids) > 1:
            yield ids


def quoted(lines: Iterable[str]) -> str:
    """Lines as one quoted string, which graphviz shows as they are."""
    return '"' + r"\n".join(map(_escaped, lines)) + '"'


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("\\", r"\\").replace('"', r"\"")


def _boxes(graph: ObjectGraph) -> Iterator[str]:
    """The objects of each cluster in a box, and in it those of each namespace."""
    cluster = ""
    for number, box in enumerate(boxes(graph)):
        if box.cluster != cluster:
            yield from ("  }",) if cluster else ()
            cluster = box.cluster
            yield f"  subgraph cluster_c{number} {{"
            yield f'    label={quoted((box.cluster_title,))}; color="#57606a";'
        yield from _of_box(number, box)
    if cluster:
        yield "  }"


def _of_box(number: int, box: Box) -> Iterator[str]:
    if box.namespace:
        title = quoted((box.namespace_title,))
        yield f"    subgraph cluster_s{number} {{"
        yield f'      label={title}; color="#8c959f"; style=rounded;'
    yield from map(_node, box.nodes)
    for index, fold in enumerate(box.folded):
        text = quoted((fold_line(fold),))
        yield f"      f{number}x{index} [label={text}, {_NODES[State.OK]}, peripheries=2];"
    if box.namespace:
        yield "    }"


def _node(node: ObjectNode) -> str:
    texts = f"label={quoted(label(node))}, tooltip={quoted(details(node))}"
    return f"      {node.id} [{texts}, {_NODES[node.state]}];"


def _edge(edge: ObjectEdge) -> str:
    lines = told(edge)
    reason = f"label={quoted(lines)}" if lines else ""
    looks = ", ".join(filter(None, (reason, _EDGES[edge.state])))
    return f"  {edge.start} -> {edge.end}" + (f" [{looks}];" if looks else ";")
