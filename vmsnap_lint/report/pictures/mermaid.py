"""Writes plans as a Mermaid flowchart, within the limits that hosts set.

Mermaid draws no text beyond 50,000 characters and no more than 500 edges (`maxTextSize` and
`maxEdges`, https://mermaid.js.org/config/schema-docs/config.html). Characters with a meaning are
written as its entity codes (https://mermaid.js.org/syntax/flowchart.html#special-characters).
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.pictures.chosen import fitting, folded
from vmsnap_lint.report.pictures.graph_of_plans import graph_of
from vmsnap_lint.report.pictures.labels import boxes, fold_line, label, notes, told
from vmsnap_lint.report.pictures.object_graph import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.pictures.labels import Box
    from vmsnap_lint.report.pictures.object_graph import ObjectEdge, ObjectGraph
    from vmsnap_lint.report.plans import Plans

__all__ = ["MOST_CHARACTERS", "MOST_EDGES", "flowchart", "render"]

_ROOM = 26  # of a label that Mermaid does not break itself, at 200 pixels
MOST_EDGES = 500
MOST_CHARACTERS = 50_000
# Each has a ground of its own, so that it is readable on a light and on a dark page.
_STYLES = {
    State.OK: "fill:#dafbe1,stroke:#1a7f37,color:#0b3d1a",
    State.SKIPPED: "fill:#eaeef2,stroke:#6e7781,color:#24292f,stroke-dasharray:3 3",
    State.UNKNOWN: "fill:#fff8c5,stroke:#9a6700,color:#3b2300,stroke-dasharray:6 3",
    State.BROKEN: "fill:#ffebe9,stroke:#cf222e,color:#6e0b14,stroke-width:2px",
    State.MISSING: "fill:#fff,stroke:#cf222e,color:#6e0b14,stroke-width:2px,stroke-dasharray:6 3",
}
_SHAPES = {
    State.OK: ("(", ")"),
    State.SKIPPED: ("[", "]"),
    State.UNKNOWN: ("([", "])"),
    State.BROKEN: ("{{", "}}"),
    State.MISSING: (">", "]"),
}
_ARROWS = {
    State.OK: "-->",
    State.SKIPPED: "-.-",
    State.UNKNOWN: "-.->",
    State.BROKEN: "--x",
    State.MISSING: "--x",
}
_LINKS = {
    State.UNKNOWN: "stroke:#bf8700,stroke-width:2px",
    State.BROKEN: "stroke:#cf222e,stroke-width:2px",
}
# What Mermaid reads in a label after it has decoded that: the beginnings of a formula, an icon, a
# line end, and of its own form of an entity. A word joiner, which is not seen, keeps them apart.
_READ = re.compile(r"\$(?=\$)|:(?=fa-)|\\(?=n)|ﬂ(?=°)|¶(?=ß)")
_APART = "\\g<0>\N{WORD JOINER}"


def render(plans: Plans, _look: Look) -> Iterator[str]:
    """The flowchart of all plans, complete chains folded where there are many."""
    return flowchart(folded(graph_of(plans)), plans=plans)


def flowchart(
    graph: ObjectGraph, most_characters: int = MOST_CHARACTERS, *, plans: Plans | None = None
) -> Iterator[str]:
    """A graph as a flowchart of at most so many characters, and of the edges that hosts draw."""
    chosen = fitting(graph, lambda each: _fits(each, most_characters, plans))
    return _lines(chosen, plans)


def _fits(graph: ObjectGraph, most: int, plans: Plans | None) -> bool:
    if len(graph.edges) > MOST_EDGES or len(graph.nodes) > MOST_EDGES * 2:
        return False
    left = most
    for line in _lines(graph, plans):
        left -= len(line) + 1
        if left < 0:
            return False
    return True


def _lines(graph: ObjectGraph, plans: Plans | None) -> Iterator[str]:
    yield "flowchart LR"
    for number, note in enumerate(notes(graph, plans)):
        yield f'  note{number}["{_text((note,))}"]'
    cluster = ""
    for number, box in enumerate(boxes(graph)):
        if box.cluster != cluster:
            yield from ("  end",) if cluster else ()
            yield from (f'  subgraph c{number}["{_text((box.cluster_title,))}"]',)
            cluster = box.cluster
        yield from _of_box(number, box)
    if cluster:
        yield "  end"
    yield from map(_edge, graph.edges)
    yield from _looks(graph)


def _of_box(number: int, box: Box) -> Iterator[str]:
    """The objects of a namespace, or those without one, which stand in their cluster."""
    if box.namespace:
        yield f'    subgraph s{number}["{_text((box.namespace_title,))}"]'
    for node in box.nodes:
        opened, closed = _SHAPES[node.state]
        yield f'      {node.id}{opened}"{_text(label(node))}"{closed}:::{node.state.value}'
    for index, fold in enumerate(box.folded):
        yield f'      f{number}x{index}[["{_text((fold_line(fold),))}"]]:::ok'
    if box.namespace:
        yield "    end"


def _edge(edge: ObjectEdge) -> str:
    reason = _text(told(edge, _ROOM))
    reason = f'|"{reason}"|' if reason else ""
    return f"  {edge.start} {_ARROWS[edge.state]}{reason} {edge.end}"


def _looks(graph: ObjectGraph) -> Iterator[str]:
    """The styles of the states that occur."""
    present = {node.state for node in graph.nodes} | ({State.OK} if graph.folded else set())
    for state in (state for state in State if state in present):
        yield f"  classDef {state.value} {_STYLES[state]}"
    for state, style in _LINKS.items():
        numbers = [str(at) for at, edge in enumerate(graph.edges) if edge.state is state]
        if numbers:
            yield f"  linkStyle {','.join(numbers)} {style}"


def _text(lines: Iterable[str]) -> str:
    """Lines as they stand in a quoted label."""
    return "<br/>".join("".join(map(_escaped, _READ.sub(_APART, line))) for line in lines)


def _escaped(character: str) -> str:
    """Letters, digits, blanks and dashes as they are, all others by their number."""
    if character.isalnum() or character in " -":
        return character
    return f"#{ord(character)};"
