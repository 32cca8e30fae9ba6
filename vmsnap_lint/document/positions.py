"""Character indexes become lines and columns; paths become spans."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.model import Span
from vmsnap_lint.document.scalars import json_value, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key, Path
    from vmsnap_lint.document.nodes import Node, Style
    from vmsnap_lint.document.scalars import Plain

__all__ = ["Inset", "Lines", "Scalar", "place", "scalars"]

_BREAK = re.compile(r"\r\n|\n|\r")


class Scalar(NamedTuple):
    """A scalar as it is written. A key has the path of its entry.

    `text` is what `span` cuts out, quotes included; `value` is what Kubernetes reads.
    """

    path: Path
    text: str
    style: Style
    value: Plain
    span: Span
    is_key: bool


class Inset(NamedTuple):
    """Where a text is in a page: its first line, and the width of what precedes each line."""

    page: Lines
    first: int
    indents: tuple[int, ...]


class Lines:
    """A text by lines, as editors count them: the breaks are LF, CRLF and CR, not YAML's NEL.

    With an `inset` the text is a part of a page, and its places are those of the page.
    """

    def __init__(self, text: str, inset: Inset | None = None) -> None:
        self.text = text
        self._inset = inset
        self._starts = [0, *(match.end() for match in _BREAK.finditer(text))]

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its end; "" where there is no such line."""
        return self._inset.page.line(number) if self._inset else self._line(number)

    def span(self, start: int, end: int) -> Span:
        """The lines and columns of a stretch of characters."""
        return Span(*self._at(start), *self._at(max(start, end)))

    def head(self, start: int, end: int) -> Span:
        """The span of a stretch of characters, cut off at the end of its first line."""
        line = bisect_right(self._starts, min(start, len(self.text)))
        return self.span(start, min(end, self._starts[line - 1] + len(self._line(line))))

    def _line(self, number: int) -> str:
        if not 0 < number <= len(self._starts):
            return ""
        following = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : following].rstrip("\r\n")

    def _at(self, index: int) -> tuple[int, int]:
        index = min(index, len(self.text))
        line = bisect_right(self._starts, index)
        column = index - self._starts[line - 1] + 1
        if self._inset is None:
            return line, column
        _, first, indents = self._inset
        indent = indents[line - 1] if line <= len(indents) else 0
        return first + line - 1, max(1, column + indent)


def place(root: Node, path: Path, *, key: bool) -> tuple[Node, Node]:
    """The nodes where the value (or key) at `path`, or its nearest ancestor, begins and ends."""
    at: Node | None = None
    node = root
    for step in path:
        entry = _step(node, step)
        if entry is None:
            return _head(node)
        at, node = entry
    return (at, at) if key and at is not None else _head(node)


def scalars(root: Node, lines: Lines) -> Iterator[Scalar]:
    """Every scalar in the order of the text."""
    stack: list[tuple[Path, Node, bool]] = [((), root, False)]
    while stack:
        path, node, is_key = stack.pop()
        if node.style is not None:
            text = lines.text[node.start : node.end]
            span = lines.span(node.start, node.end)
            yield Scalar(path, text, node.style, json_value(node.value), span, is_key)
        elif node.target is None:
            stack.extend(_children(path, node))


def _children(path: Path, node: Node) -> list[tuple[Path, Node, bool]]:
    if isinstance(node.value, list):
        items = [((*path, index), item, False) for index, item in enumerate(node.written)]
        return items[::-1]
    children = []
    for key, value in zip(node.written[::2], node.written[1::2], strict=True):
        below = (*path, "<<" if key.merge else key_text(key.value) or "")
        children += [(below, key, True), (below, value, False)]
    return children[::-1]


def _step(node: Node, step: Key) -> tuple[Node | None, Node] | None:
    node = node.target or node
    if isinstance(step, str):
        return node.fields.get(step)
    inside = isinstance(node.value, list) and 0 <= step < len(node.written)
    return (None, node.written[step]) if inside else None


def _head(node: Node) -> tuple[Node, Node]:
    """A node; of a block object or array the part up to the end of its first scalar."""
    first = node
    while first.written and not first.flow:
        first = first.written[0]
    return node, first
