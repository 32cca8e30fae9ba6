"""An entry or item is removed, with the lines and the commas that are only about it."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.editing.spot import UneditableError, spot

if TYPE_CHECKING:
    from vmsnap_lint.document.editing.operations import EntryRemoved
    from vmsnap_lint.document.editing.spot import Spot, Written

__all__ = ["removal_edit"]

Edit = tuple[int, int, str]
_DASH = re.compile(r"-[ \t]*\Z")
_BEHIND = re.compile(r"(?:\r\n|\n|\r)[ ]*")


def removal_edit(written: Written, operation: EntryRemoved) -> Edit:
    """The edit that removes it; what is left empty is written as `{}` or `[]`."""
    at = spot(written, operation.path)
    places = written.places
    if at.parent < 0:
        raise UneditableError
    if places.is_object(at.parent):
        nodes = [(key, value) for _, key, value in places.entries(at.parent)]
    else:
        nodes = [(item, item) for item in places.items(at.parent)]
    if places.is_flow(at.parent):
        return _from_brackets(written, at, nodes)
    if len(nodes) == 1:
        return _emptied(written, at, nodes[0])
    return _lines(written, at, nodes)


def _from_brackets(written: Written, at: Spot, nodes: list[tuple[int, int]]) -> Edit:
    places, number = written.places, at.number
    start = places.starts[nodes[number][0]]
    if number + 1 < len(nodes):
        return start, places.starts[nodes[number + 1][0]], ""
    end = places.ends[nodes[number][1]]
    if number:
        return places.ends[nodes[number - 1][1]], end, ""
    stop = places.ends[at.parent] - 1
    if written.text[end:stop].strip(", \t\r\n"):
        raise UneditableError  # a comment
    opening = "{" if places.is_object(at.parent) else "["
    return written.text.rindex(opening, 0, start) + 1, stop, ""


def _emptied(written: Written, at: Spot, only: tuple[int, int]) -> Edit:
    """The text of the object or array without its only entry, on the line of its key if it can."""
    places, text = written.places, written.text
    start, end = places.starts[at.parent], written.end(only[1])
    empty = "{}" if places.is_object(at.parent) else "[]"
    before = len(text[:start].rstrip())
    if text[before - 1 : before] == ":" and before < written.line_start(start):
        return before, end, f" {empty}"
    return start, end, empty


def _lines(written: Written, at: Spot, nodes: list[tuple[int, int]]) -> Edit:
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
