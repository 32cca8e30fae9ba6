"""Where the values of a plain text begin and end, without a tree of all its places.

It is for texts that the plain reader has taken, and so knows what the lines look like; tests
compare it with the places that the parser tells. What lies within brackets is declined.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document.plain_flow import KEY, key_of
from vmsnap_lint.document.plain_lines import VALUE

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Key, Path

__all__ = ["find"]

_NEXT = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*([ ]*)(?=[^ \n#])")
_SEPARATOR = re.compile(r"---[ ]*(?:#[^\n]*)?(?:\n|\Z)")
_DASH = re.compile(r"-(?=[ \n]|\Z)")
_ITEM = re.compile(r"- *")
_HEAD = re.compile(rf"({KEY}):(?=[ \n]|\Z)")
_VALUE = re.compile(rf" *{VALUE}")
_TEXT, _DOUBLE, _SINGLE, _BLOCK, _FLOW = 1, 2, 3, 4, 5  # groups of what it matches


_NAMED = ("&", "*")  # what begins with these is not looked at


class _Node(NamedTuple):
    """A value: an object or a list from its first key or dash on, in a column, or (-1) neither."""

    start: int
    column: int
    end: int = -1
    is_scalar: bool = True
    is_closed: bool = False  # something between brackets, which is not looked at


class _UnsureError(Exception):
    """The text is not as it was expected: the parser tells."""


def find(text: str, start: int, end: int, path: Path, *, key: bool) -> tuple[int, int, bool] | None:
    """What `Places.place` tells of the document in a part of `text`, or None where it is unsure."""
    if text.find("\r", start, end) >= 0:
        return None
    try:
        return _Finder(text, end).place(start, path, key=key)
    except _UnsureError:
        return None


class _Finder:
    """Follows a path from entry to entry; what is deeper than those is skipped."""

    def __init__(self, text: str, end: int) -> None:
        self._text = text
        self._end = end

    def place(self, start: int, path: Path, *, key: bool) -> tuple[int, int, bool]:
        """Where the value (or key) at `path` is, or its nearest ancestor."""
        separator = _SEPARATOR.match(self._text, start, self._end)
        node = self._child(separator.end() if separator else start, -1)
        if node is None:
            raise _UnsureError
        at = None
        for step in path:
            entry = self._step(node, step)
            if entry is None:
                return self._head(node)
            at, node = entry
        return (*at, True) if key and at is not None else self._head(node)

    def _step(self, node: _Node, step: Key) -> tuple[tuple[int, int] | None, _Node] | None:
        """The extent of the key (None for an item) and the value of one entry."""
        if node.is_closed:
            raise _UnsureError
        is_list = node.column >= 0 and self._is_item(node.start)
        if node.column < 0 or isinstance(step, str) is is_list:
            return None
        if isinstance(step, int):
            item = self._item_at(node, step)
            return None if item is None else (None, self._item(item, node.column))
        field = self._field_at(node, step)
        return None if field is None else (field.span(1), self._field(field, node.column))

    def _is_item(self, position: int) -> bool:
        return _DASH.match(self._text, position, self._end) is not None

    def _item_at(self, node: _Node, number: int) -> int | None:
        """Where the item of that number begins."""
        position, further = node.start, _further(node.column)
        for _ in range(number):
            match = further.search(self._text, position, self._end)
            if match is None or len(match[1]) < node.column or not self._is_item(match.end()):
                return None
            position = match.end()
        return position if number >= 0 else None

    def _field_at(self, node: _Node, name: str) -> re.Match[str] | None:
        """The key of that name."""
        position, further = node.start, _further(node.column)
        while True:
            if not self._is_item(position):  # of the list that is the value of a key above
                entry = _HEAD.match(self._text, position, self._end)
                if entry is None:
                    raise _UnsureError
                if key_of(entry[1])[0] == name:
                    return entry
            match = further.search(self._text, position, self._end)
            if match is None or len(match[1]) < node.column:
                return None
            position = match.end()

    def _field(self, key: re.Match[str], column: int) -> _Node:
        return self._value(key.end(), column, indentless=True)

    def _item(self, position: int, column: int) -> _Node:
        dash = _ITEM.match(self._text, position, self._end)
        if dash is None:
            raise _UnsureError
        if _HEAD.match(self._text, dash.end(), self._end):
            return _Node(dash.end(), column + max(len(dash[0]), 2))
        return self._value(position + 1, column, indentless=False)

    def _value(self, behind: int, column: int, *, indentless: bool) -> _Node:
        """What follows a key or a dash; in lists at its own column only a key has its value."""
        text, end = self._text, self._end
        match = _VALUE.match(text, behind, end)
        if match is None or match.lastindex is None:
            if match is not None and text[match.end() : match.end() + 1] in _NAMED:
                raise _UnsureError
            line = text.find("\n", behind, end)
            child = None if line < 0 else self._child(line + 1, column, indentless=indentless)
            return child or _Node(behind, -1, behind)
        kind = match.lastindex
        start, stop = match.span(kind)
        if kind == _FLOW:
            return _Node(start, -1, stop, is_scalar=False, is_closed=stop > start + 2)
        if kind == _BLOCK:
            last = _within(column).search(text, stop, end)
            stop = start + len(text[start : last.start() if last else end].rstrip())
        if kind == _TEXT:
            further = _more(column).match(text, stop, end)
            stop = further.end() if further else stop
        quote = kind in (_DOUBLE, _SINGLE)
        return _Node(start - quote, -1, stop + quote)

    def _child(self, position: int, column: int, *, indentless: bool = False) -> _Node | None:
        """The object or list from a line on, where it is deeper than `column`."""
        match = _NEXT.match(self._text, position, self._end)
        if match is None:
            return None
        start, own = match.end(), len(match[1])
        is_deeper = own > column or (indentless and own == column and self._is_item(start))
        return _Node(start, own) if is_deeper else None

    def _head(self, node: _Node) -> tuple[int, int, bool]:
        """The extent of a scalar; else up to the end of the first one."""
        if node.column < 0:
            return node.start, node.end, node.is_scalar
        first = node
        while first.column >= 0 and self._is_item(first.start):
            first = self._item(first.start, first.column)
        if first.column < 0:
            return node.start, first.end, False
        key = _HEAD.match(self._text, first.start, self._end)
        if key is None:
            raise _UnsureError
        return node.start, key.end(1), False


@lru_cache(maxsize=128)
def _further(column: int) -> re.Pattern[str]:
    """The next line with anything at a column or before it."""
    return re.compile(rf"\n( {{0,{column}}})(?=[^ \n#])")


@lru_cache(maxsize=128)
def _within(column: int) -> re.Pattern[str]:
    """The line that ends a block of text below a column."""
    return re.compile(rf"\n {{0,{column}}}(?=[^ \n])")


@lru_cache(maxsize=128)
def _more(column: int) -> re.Pattern[str]:
    """The further lines of an unquoted scalar, without the blanks at the end."""
    return re.compile(rf"(?: *\n {{{column + 1},}}[^ \n#][^\n]*)*(?<! )")
