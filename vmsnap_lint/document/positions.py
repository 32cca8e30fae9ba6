"""Character indexes become lines and columns."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from itertools import islice

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.scalars import json_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document.places import Places
    from vmsnap_lint.document.scalars import Plain

__all__ = ["Inset", "Lines", "Scalar", "scalars"]

_BREAK = re.compile(r"\r\n|\n|\r")
_BLOCK = 2048


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
    """Where a text is in a page: its first line, and the width of what precedes each line.

    Where it is not `exact`, as quotes or folding divide lines otherwise, all of it is at one place.
    """

    page: Lines
    first: int
    indents: tuple[int, ...]
    exact: bool = True


class Lines:
    """A text by lines, as editors count them: the breaks are LF, CRLF and CR, not YAML's NEL.

    With an `inset` the text is a part of a page, and its places are those of the page. Only for
    each block of characters it is kept how many lines precede it, and where its first one begins.
    """

    def __init__(self, text: str, inset: Inset | None = None) -> None:
        self.text = text
        self.inset = inset
        self._has_returns = "\r" in text
        self._blocks = array("I", [0])
        self._numbers = array("I", [0])
        self._starts = array("I", [0])
        for index in range(_BLOCK, len(text), _BLOCK):
            block = index + text.startswith("\r\n", index - 1)  # no break is divided
            number, start = self._located(block)
            self._blocks.append(block)
            self._numbers.append(number)
            self._starts.append(start)

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its end; "" where there is no such line."""
        return self.inset.page.line(number) if self.inset else self._line(number)

    def nearest(self, line: int, column: int) -> int | None:
        """The character at a line and column, or the end of that line; None outside of the text."""
        if self.inset is not None:
            _, first, indents, exact = self.inset
            own = line - first
            if not exact or not 0 <= own < len(indents) or column <= indents[own]:
                return None
            line, column = own + 1, column - indents[own]
        start = self._start(line - 1) if line > 0 else None
        if start is None:
            return None
        return min(start + max(column, 1) - 1, self._end(start, len(self.text)))

    def stretch(self, first: int, number: int) -> list[str]:
        """So many lines from `first` on, fewer where the text ends."""
        if self.inset:
            return self.inset.page.stretch(first, number)
        start = self._start(first - 1)
        if start is None or number < 1:
            return []
        lines = []
        for end in islice(_BREAK.finditer(self.text, start), number):
            lines.append(self.text[start : end.start()])
            start = end.end()
        return lines if len(lines) == number else [*lines, self.text[start:]]

    def ending(self, number: int) -> str:
        """The break that ends a line (from 1), "" for the last one and where there is none."""
        if self.inset:
            return self.inset.page.ending(number)
        start = self._start(number - 1) if number > 0 else None
        match = None if start is None else _BREAK.match(self.text, self._end(start, len(self.text)))
        return match[0] if match else ""

    def usual_ending(self, number: int) -> str:
        """The break that a new line at a line has: its own, that of the line above, or LF."""
        return self.ending(number) or self.ending(number - 1) or "\n"

    def index(self, line: int, column: int) -> int | None:
        """The character at a line and column (from 1) of the text, None where it has none.

        It may be one past the last of its line.
        """
        start = self._start(line - 1) if line > 0 else None
        if start is None or not 0 < column <= self._end(start, len(self.text)) - start + 1:
            return None
        return start + column - 1

    def span(self, start: int, end: int) -> Span:
        """The lines and columns of a stretch of characters."""
        return Span(*self._at(start), *self._at(max(start, end)))

    def head(self, start: int, end: int) -> Span:
        """The span of a stretch of characters, cut off at the end of its first line."""
        return self.span(start, self._end(start, end))

    def behind(self, pattern: re.Pattern[str], number: int) -> int:
        """The first line from `number` on that `pattern` does not match; it matches whole lines."""
        if self.inset:
            return self.inset.page.behind(pattern, number)
        start = self._start(number - 1)
        match = None if start is None else pattern.match(self.text, start)
        if start is None or match is None or match.end() == start:
            return number
        ends = self.text[match.end() - 1] in "\r\n"
        return self._located(match.end())[0] + (1 if ends else 2)

    def _line(self, number: int) -> str:
        start = self._start(number - 1) if number > 0 else None
        return "" if start is None else self.text[start : self._end(start, len(self.text))]

    def _located(self, index: int) -> tuple[int, int]:
        """How many lines end at or before a character, and where its own line begins."""
        block = bisect_right(self._blocks, index) - 1
        known, text = self._blocks[block], self.text
        number = self._numbers[block] + text.count("\n", known, index)
        if self._has_returns and text.startswith("\r\n", index - 1):
            index -= 1  # the break is not complete
        last = text.rfind("\n", known, index)
        if self._has_returns:
            number += text.count("\r", known, index) - text.count("\r\n", known, index)
            last = max(last, text.rfind("\r", known, index))
        return number, self._starts[block] if last < 0 else last + 1

    def _start(self, number: int) -> int | None:
        """Where the line that so many precede begins, or None where there is none."""
        block = bisect_left(self._numbers, number) - 1
        if block < 0:
            return 0
        breaks = _BREAK.finditer(self.text, self._blocks[block])
        last = next(islice(breaks, number - self._numbers[block] - 1, None), None)
        return last.end() if last else None

    def _end(self, start: int, end: int) -> int:
        """Where the first break between two characters begins, or else the second one."""
        for mark in "\n\r" if self._has_returns else "\n":
            index = self.text.find(mark, start, end)
            end = end if index < 0 else index
        return end

    def _at(self, index: int) -> tuple[int, int]:
        index = min(index, len(self.text))
        number, start = self._located(index)
        line, column = number + 1, index - start + 1
        if self.inset is None:
            return line, column
        _, first, indents, exact = self.inset
        if not exact:
            return first, indents[0] + 1
        indent = indents[line - 1] if line <= len(indents) else 0
        return first + line - 1, max(1, column + indent)


def scalars(places: Places, lines: Lines) -> Iterator[Scalar]:
    """Every scalar in the order of the text."""
    for path, node, is_key in places.scalars():
        start, end = places.starts[node], places.ends[node]
        value = json_value(places.values[node])
        style = places.style(node) or Style.PLAIN
        yield Scalar(path, lines.text[start:end], style, value, lines.span(start, end), is_key)
