"""The parts of an image: frames, boxes of a shape for each state, arrows and the legend."""

from __future__ import annotations

from collections import Counter
from html import escape
from math import hypot

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.pictures.labels import details, fold_line, label, reason_lines, told
from vmsnap_lint.report.pictures.layout import Size
from vmsnap_lint.report.pictures.object_graph import State
from vmsnap_lint.report.pictures.svg_style import ROOT, STYLE, text_width
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.report.pictures.layout import Arrow
    from vmsnap_lint.report.pictures.object_graph import Fold, ObjectEdge, ObjectGraph, ObjectNode

    Point = tuple[float, float]

__all__ = [
    "described", "drawn_arrow", "drawn_fold", "drawn_frame", "drawn_node", "legend", "opened",
    "room_of",
]  # fmt: skip

_MARGIN = 16
_LINE, _SMALL = 16, 13
_PADDING = 11
_LEGEND = 44
_LEAST_WIDTH = 620
_MOST_TOLD = 20
_WORDS = {
    State.OK: "ok",
    State.SKIPPED: "not part of a snapshot",
    State.UNKNOWN: "unknown",
    State.BROKEN: "broken",
    State.MISSING: "missing",
}


def room_of(lines: Iterable[str], *, small: bool = False) -> Size:
    """The size of a box with those lines, or with `small` of the label of an arrow."""
    listed = tuple(lines)
    width = max((text_width(line) for line in listed), default=0)
    if small:
        return Size(round(width * 0.76) + 8, len(listed) * _SMALL + 4)
    return Size(round(width) + 2 * _PADDING, len(listed) * _LINE + 12)


def described(graph: ObjectGraph) -> tuple[str, ...]:
    """What the picture shows, in words: the verdicts, and what is not complete."""
    judged = [node for node in graph.nodes if node.verdict]
    counts = Counter(node.verdict for node in judged)
    words = [", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))]
    bad = [node for node in judged if node.state is not State.OK]
    for node in bad[:_MOST_TOLD]:
        what = " ".join(label(node)[:2])
        words.append(f"{what}: {node.verdict}" + (f", {_first(node)}" if node.reasons else ""))
    if len(bad) > _MOST_TOLD:
        words.append(f"and {len(bad) - _MOST_TOLD} more")
    return tuple(filter(None, words))


def _first(node: ObjectNode) -> str:
    return " ".join(reason_lines(node.reasons[0]))


def opened(size: Size, words: tuple[str, ...], extra: tuple[str, ...]) -> Iterator[str]:
    """The head of the image: its size, its title and description, and its styles."""
    width, height = _whole(size, extra)
    view = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    named = f'class="{ROOT}" role="img" aria-labelledby="vmsnap-title vmsnap-desc" lang="en"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {view} {named}>'
    yield '<title id="vmsnap-title">Snapshots of virtual machines</title>'
    yield f'<desc id="vmsnap-desc">{_safe(". ".join((*words, *extra)))}</desc>'
    yield from STYLE
    yield f'<rect class="page" width="{width}" height="{height}"/>'


def _whole(size: Size, extra: tuple[str, ...]) -> Size:
    height = size.height + 2 * _MARGIN + _LEGEND + _LINE * len(extra)
    return Size(max(size.width + 2 * _MARGIN, _LEAST_WIDTH), height)


def drawn_frame(title: str, corners: tuple[Point, Point], kind: str) -> str:
    """A frame with its title."""
    (left, top), (right, bottom) = corners
    where = f'x="{_at(left)}" y="{_at(top)}"'
    box = f'<rect {where} width="{_n(right - left)}" height="{_n(bottom - top)}" rx="8"/>'
    text = f'<text x="{_at((left + right) / 2)}" y="{_at(top + 20)}">{_safe(title)}</text>'
    return f'<g class="box {kind}">{box}{text}</g>'


def drawn_node(node: ObjectNode, middle: Point) -> Iterator[str]:
    """The box of an object, which tells all of it when it is pointed at."""
    lines, every = label(node), details(node)
    state = node.state.value
    outcome = node.verdict or _WORDS[node.state]
    name = _safe(f"{lines[0]} {lines[1] if len(lines) > 1 else ''}: {outcome}")
    yield f'<g class="node {state}" id="vmsnap-{node.id}" role="img" aria-label="{name}">'
    yield f"<title>{_safe(chr(10).join(every))}</title>"
    yield _shape(node.state, middle, room_of(lines))
    yield f"{_lines(lines, middle)}</g>"


def drawn_fold(fold: Fold, middle: Point) -> Iterator[str]:
    """The box that stands for complete objects."""
    text = (fold_line(fold),)
    size = room_of(text)
    behind = _shape(State.OK, (middle[0] + 4, middle[1] + 4), size)
    yield f'<g class="node ok" role="img" aria-label="{_safe(text[0])}">'
    yield f"{behind}{_shape(State.OK, middle, size)}{_lines(text, middle)}</g>"


def drawn_arrow(edge: ObjectEdge, arrow: Arrow) -> Iterator[str]:
    """The curve of a step, its head, and its reason."""
    first, *rest = arrow.curve[:-1]
    before, tip = arrow.curve[-2:]
    curve = " ".join(f"{_at(x)},{_at(y)}" for x, y in rest)
    end = f" L{_at(tip[0])},{_at(tip[1])}" if edge.state is State.SKIPPED else ""
    path = f'<path d="M{_at(first[0])},{_at(first[1])} C{curve}{end}"/>'
    state = State.BROKEN if edge.state is State.MISSING else edge.state
    yield f'<g class="edge {state.value}">{path}{_head(edge.state, before, tip)}'
    lines = told(edge)
    if lines and arrow.label is not None:
        reason = _safe(visible(abridged(edge.reason)))
        yield f"<g><title>{reason}</title>{_lines(lines, arrow.label, _SMALL)}</g>"
    yield "</g>"


def _head(state: State, before: Point, tip: Point) -> str:
    """A triangle, for a step that breaks a cross."""
    x, y = tip[0] - before[0], tip[1] - before[1]
    length = hypot(x, y) or 1.0
    x, y = x / length, y / length
    if state in (State.BROKEN, State.MISSING):
        middle = tip[0] - 5 * x, tip[1] - 5 * y
        arms = [(4 * (x - y * side), 4 * (y + x * side)) for side in (1, -1)]
        strokes = "".join(
            f"M{_at(middle[0] - dx)},{_at(middle[1] - dy)} l{_n(2 * dx)},{_n(2 * dy)}"
            for dx, dy in arms
        )
        return f'<path class="cross" d="{strokes}"/>'
    if state is State.SKIPPED:
        return ""
    base = tip[0] - 8 * x, tip[1] - 8 * y
    corners = (tip, (base[0] - 3.5 * y, base[1] + 3.5 * x), (base[0] + 3.5 * y, base[1] - 3.5 * x))
    points = " ".join(f"{_at(x)},{_at(y)}" for x, y in corners)
    return f'<polygon class="head" points="{points}"/>'


def _shape(state: State, middle: Point, size: Size) -> str:
    """The outline of a state: round, square, a pill, an octagon, or a tag."""
    width, height = size
    left, top = middle[0] - width / 2, middle[1] - height / 2
    right, bottom = left + width, top + height
    if state in (State.OK, State.SKIPPED, State.UNKNOWN):
        round_ = {State.OK: 7.0, State.SKIPPED: 0.0}.get(state, height / 2)
        where = f'x="{_at(left)}" y="{_at(top)}" width="{width}" height="{height}"'
        return f'<rect {where} rx="{_n(round_)}"/>'
    cut = min(9.0, width / 4)
    corners = [
        (left + cut, top), (right - cut, top), (right, top + cut), (right, bottom - cut),
        (right - cut, bottom), (left + cut, bottom), (left, bottom - cut), (left, top + cut),
    ]  # fmt: skip
    if state is State.MISSING:
        corners = [
            (left, top), (right - cut, top), (right, middle[1]), (right - cut, bottom),
            (left, bottom), (left + cut, middle[1]),
        ]  # fmt: skip
    return f'<polygon points="{" ".join(f"{_at(x)},{_at(y)}" for x, y in corners)}"/>'


def _lines(lines: tuple[str, ...], middle: Point, height: int = _LINE) -> str:
    """Lines of text around a point; the first one of several is the kind."""
    x, y = _at(middle[0]), middle[1] - (len(lines) - 1) * height / 2 + height * 0.3
    rows = [
        f'<tspan x="{x}" y="{_at(y + at * height)}" class="l{min(at, 2)}">{_safe(line)}</tspan>'
        for at, line in enumerate(lines)
    ]
    return f"<text>{''.join(rows)}</text>"


def legend(size: Size, extra: tuple[str, ...]) -> Iterator[str]:
    """The meaning of the shapes, and what the picture does not show."""
    top = size.height + 2.0 * _MARGIN
    yield '<g class="legend">'
    left = 0.0
    for state, word in _WORDS.items():
        middle = left + 14, top - _MARGIN + 8
        shape = _shape(state, middle, Size(26, 18))
        text = f'<text x="{_at(left + 34)}" y="{_at(middle[1] + 4)}">{word}</text>'
        yield f'<g class="node {state.value}">{shape}</g>{text}'
        left += 34 + text_width(word) + 24
    for number, line in enumerate(extra):
        yield f'<text x="{_at(0)}" y="{_at(top + 14 + number * _LINE)}">{_safe(line)}</text>'
    yield "</g>"


def _at(value: float) -> str:
    """A coordinate within the margin."""
    return _n(value + _MARGIN)


def _n(value: float) -> str:
    """A number with at most one decimal, so that the text stays short."""
    return f"{value:.1f}".removesuffix(".0")


def _safe(text: str) -> str:
    """Text as it stands in XML, which has no control characters or lone surrogates."""
    return escape("".join(each if each.isprintable() or each == "\n" else " " for each in text))
