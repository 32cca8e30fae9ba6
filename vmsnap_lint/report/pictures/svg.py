"""Writes plans as one SVG image: no script, nothing from elsewhere, text that can be selected.

Each state has a color and a shape. The colors follow the page, light or dark. What stands in an
`img` has no access to anything, so the styles are in the image.
"""

from __future__ import annotations

from itertools import groupby

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.pictures import layout
from vmsnap_lint.report.pictures.chosen import fitting, folded
from vmsnap_lint.report.pictures.dot import columns
from vmsnap_lint.report.pictures.graph_of_plans import graph_of
from vmsnap_lint.report.pictures.labels import (
    boxes,
    fold_line,
    label,
    notes,
    told,
)
from vmsnap_lint.report.pictures.layout import Frame
from vmsnap_lint.report.pictures.svg_parts import (
    described,
    drawn_arrow,
    drawn_fold,
    drawn_frame,
    drawn_node,
    legend,
    opened,
    room_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.pictures.labels import Box
    from vmsnap_lint.report.pictures.layout import Layout
    from vmsnap_lint.report.pictures.object_graph import ObjectGraph
    from vmsnap_lint.report.plans import Plans

__all__ = ["check", "render"]

# As many objects as are laid out at first, and where that takes too long.
_MOST = (1_500, 400, 100)


def check() -> None:
    """Raises UsageError where the extra is not installed."""
    layout.check()


def render(plans: Plans, _look: Look) -> Iterator[str]:
    """The image of all plans, complete chains folded where there are many.

    Raises UsageError where graphviz cannot draw them.
    """
    every = graph_of(plans)
    graph, placed = _placed(folded(every))
    extra = notes(graph, plans)
    yield from opened(placed.size, described(every), extra)
    yield from _drawn(graph, placed)
    yield from legend(placed.size, extra)
    yield "</svg>"


def _placed(graph: ObjectGraph) -> tuple[ObjectGraph, Layout]:
    before = None
    for most in _MOST:
        chosen = fitting(graph, lambda each, most=most: _size(each) <= most)  # type: ignore[misc]
        placed = _laid_out(chosen) if chosen != before else None
        if placed is not None:
            return chosen, placed
        before = chosen
    raise UsageError("the picture would take too long: plan fewer files, or use --format html")


def _size(graph: ObjectGraph) -> int:
    return max(len(graph.nodes) + len(graph.folded), len(graph.edges) // 2)


def _laid_out(graph: ObjectGraph) -> Layout | None:
    listed = boxes(graph)
    sizes = {node.id: room_of(label(node)) for node in graph.nodes}
    for number, box in enumerate(listed):
        folds = enumerate(box.folded)
        sizes.update({f"f{number}x{at}": room_of((fold_line(fold),)) for at, fold in folds})
    arrows = [
        (edge.start, edge.end, room_of(told(edge), small=True) if told(edge) else None)
        for edge in graph.edges
    ]
    return layout.laid_out(sizes, _frames(listed), arrows, columns(graph))


def _frames(listed: tuple[Box, ...]) -> list[Frame]:
    """A frame for each cluster, with one for each of its namespaces."""
    numbered = enumerate(listed)
    result: list[Frame] = []
    for cluster, group in groupby(numbered, key=lambda each: each[1].cluster):
        inner: list[Frame] = []
        loose: list[str] = []
        first, *others = group
        for number, box in (first, *others):
            ids = [*(node.id for node in box.nodes), *_folds(number, box)]
            if box.namespace:
                inner.append(Frame(f"s{number}", room_of((box.namespace_title,)), ids))
            else:
                loose += ids
        if cluster:
            title = room_of((first[1].cluster_title,))
            result.append(Frame(f"c{first[0]}", title, loose, inner))
        else:
            result += inner
    return result


def _folds(number: int, box: Box) -> list[str]:
    return [f"f{number}x{at}" for at in range(len(box.folded))]


def _drawn(graph: ObjectGraph, placed: Layout) -> Iterator[str]:
    listed = boxes(graph)
    for number, box in enumerate(listed):
        if f"c{number}" in placed.frames:
            yield drawn_frame(box.cluster_title, placed.frames[f"c{number}"], "cluster")
        if f"s{number}" in placed.frames:
            yield drawn_frame(box.namespace_title, placed.frames[f"s{number}"], "namespace")
    for edge, arrow in zip(graph.edges, placed.arrows, strict=True):
        yield from drawn_arrow(edge, arrow)
    for node in graph.nodes:
        yield from drawn_node(node, placed.nodes[node.id])
    for number, box in enumerate(listed):
        for name, fold in zip(_folds(number, box), box.folded, strict=True):
            yield from drawn_fold(fold, placed.nodes[name])
