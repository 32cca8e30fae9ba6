"""An entry or item is removed, with the lines and the commas that are only about it."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.editing.edit_spot import EditSpot, UneditableError, spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document.editing.edit_spot import Written
    from vmsnap_lint.document.editing.operations import EntryRemoved, RepeatRemoved

__all__ = ["removal_edits", "repeat_edit"]

Edit = tuple[int, int, str]
_SPACE = re.compile(r"\s*")
_DASH = re.compile(r"-[ \t]*\Z")
_BEHIND = re.compile(r"(?:\r\n|\n|\r)[ ]*")


def removal_edits(written: Written, operations: Iterable[EntryRemoved]) -> Iterator[Edit]:
    """The edits that remove entries; what is left empty is written as `{}` or `[]`."""
    of_parent: dict[int, list[EditSpot]] = {}
    for operation in operations:
        at = spot(written, operation.path)
        of_parent.setdefault(at.parent, []).append(at)
    for parent, spots in of_parent.items():
        nodes = _nodes(written, parent)
        if len({at.number for at in spots}) < len(spots):
            raise UneditableError
        if len(spots) == 1:
            yield _edit(written, spots[0])
        elif written.places.is_flow(parent):
            yield from _several_from_brackets(written, spots, nodes)
        elif len(spots) == len(nodes):
            yield _emptied(written, spots[0], nodes[-1])
        else:
            yield from (_lines(written, at, nodes) for at in spots)


def _several_from_brackets(
    written: Written, spots: Iterable[EditSpot], nodes: list[tuple[int, int]]
) -> Iterator[Edit]:
    """The edits for runs of entries, each with the comma behind or before it."""
    places, numbers = written.places, sorted(at.number for at in spots)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][1] + 1 == number:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    for first, last in runs:
        start, end = places.starts[nodes[first][0]], places.ends[nodes[last][1]]
        if last + 1 < len(nodes):
            yield start, _next(written, end, places.starts[nodes[last + 1][0]]), ""
        else:
            above = places.ends[nodes[first - 1][1]] if first else start
            yield _behind_other(written, above, start), end, ""


def _nodes(written: Written, parent: int) -> list[tuple[int, int]]:
    """The key and the value of each entry, or each item twice."""
    places = written.places
    if parent < 0:
        raise UneditableError
    if places.is_object(parent):
        return [(key, value) for _, key, value in places.entries(parent)]
    return [(item, item) for item in places.items(parent)]


def repeat_edit(written: Written, operation: RepeatRemoved) -> Edit:
    """The edit that removes an entry which another one of its key replaces."""
    places = written.places
    key = places.scalar_over(operation.key)
    node = parent = 0
    while 0 <= node < key:
        parent = node
        node = next((each for each in places.items(node) if each <= key < places.nexts[each]), -1)
    if node != key or key < 0 or not places.is_object(parent):
        raise UneditableError
    keys = [entry for _, entry, _ in places.entries(parent)]
    if key not in keys:
        raise UneditableError
    return _edit(written, EditSpot(key + 1, key, parent, keys.index(key)))


def _edit(written: Written, at: EditSpot) -> Edit:
    nodes = _nodes(written, at.parent)
    if written.places.is_flow(at.parent):
        return _from_brackets(written, at, nodes)
    if len(nodes) == 1:
        return _emptied(written, at, nodes[0])
    return _lines(written, at, nodes)


def _from_brackets(written: Written, at: EditSpot, nodes: list[tuple[int, int]]) -> Edit:
    places, number = written.places, at.number
    start, end = places.starts[nodes[number][0]], places.ends[nodes[number][1]]
    if number + 1 < len(nodes):
        return start, _next(written, end, places.starts[nodes[number + 1][0]]), ""
    if number:
        return _behind_other(written, places.ends[nodes[number - 1][1]], start), end, ""
    stop = places.ends[at.parent] - 1
    if written.text[end:stop].strip(", \t\r\n"):
        raise UneditableError  # a comment
    opening = "{" if places.is_object(at.parent) else "["
    return written.text.rindex(opening, 0, start) + 1, stop, ""


def _next(written: Written, end: int, following: int) -> int:
    """Where the next entry between brackets begins, or the comments in the lines above it."""
    line = written.line_end(end)
    if line >= following:
        return following
    first = _SPACE.match(written.text, line).end()  # type: ignore[union-attr] # it always matches
    return first if written.text[first] == "#" else following


def _behind_other(written: Written, above: int, start: int) -> int:
    """Where the entry before ends; where comments are behind it, the line of this entry begins."""
    line = written.line_start(start)
    is_apart = line > above and not written.text[line:start].strip()
    return line if is_apart and "#" in written.text[above:start] else above


def _emptied(written: Written, at: EditSpot, only: tuple[int, int]) -> Edit:
    """The text of the object or array without its only entry, on the line of its key if it can."""
    places, text = written.places, written.text
    start, end = places.starts[at.parent], written.end(only[1])
    empty = "{}" if places.is_object(at.parent) else "[]"
    before = len(text[:start].rstrip())
    if text[before - 1 : before] == ":" and before < written.line_start(start):
        return before, end, f" {empty}"
    return start, end, empty


def _lines(written: Written, at: EditSpot, nodes: list[tuple[int, int]]) -> Edit:
    places, text = written.places, written.text
    start = places.starts[nodes[at.number][0]]
    if not places.is_object(at.parent):
        dash = _DASH.search(text, written.line_start(start), start)
        if dash is None:
            raise UneditableError
        start = dash.start()
    line, end = written.line_start(start), written.line_end(written.end(nodes[at.number][1]))
    if text[line:start].strip():
        # it is on the line of a dash, which the next entry takes
        gap = _BEHIND.match(text, end)
        if gap is None:
            raise UneditableError
        return start, gap.end(), ""
    if line == 0:
        gap = _BEHIND.match(text, end)
        return line, end + len(gap[0].rstrip(" ")) if gap else end, ""
    return line - (2 if text[max(line - 2, 0) : line] == "\r\n" else 1), end, ""
