"""A rendered object as a document whose places are in its template.

helm reports the file of an object but no line: a line of the output is searched for in the template
by its text, else by its key. Where neither is found, the place is the first line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vmsnap_lint.core.model import Span
from vmsnap_lint.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.document import Source
    from vmsnap_lint.document.positions import Scalar

__all__ = ["TemplatedDocument", "from_template"]

_SOURCE = re.compile(r"^# Source: (.+)$")
_KEY = re.compile(r"""^[\s-]*["']?([\w./-]+)["']?\s*:""")
_START = Span(1, 1, 1, 1)


def from_template(part: Document) -> tuple[str, int]:
    """The template that helm names above a document, and the line before its first."""
    line = part.span(()).line
    for number in range(line, max(0, line - 4), -1):
        match = _SOURCE.match(part.source.line(number))
        if match is not None:
            return match[1].strip(), number
    return "", line


class TemplatedDocument(Document):
    """One object of a chart. Where its template is not known, all places are line 1."""

    __slots__ = ("_first", "_has_template", "_rendered")

    def __init__(self, rendered: Document, template: Source | None, first: int) -> None:
        self.source = template if template is not None else rendered.source
        self.index = rendered.index
        self.value = rendered.value
        self.odd = False
        self._rendered = rendered
        self._has_template = template is not None
        self._first = first

    def span(self, path: tuple[str | int, ...], key: bool = False) -> Span:
        """The line of the template that most likely wrote the value (or key) at `path`."""
        rendered = self._rendered.span(path, key)
        line = self._rendered.source.line(rendered.line)
        number = self._template_line(rendered.line, line)
        if number == 0:
            return _START
        text = self.source.line(number)
        if text.strip() == line.strip():
            moved = text.index(text.strip()) - line.index(line.strip())
            return Span(number, rendered.column + moved, number, rendered.end_column + moved)
        start = len(text) - len(text.lstrip()) + 1
        return Span(number, start, number, len(text.rstrip()) + 1)

    def scalars(self) -> tuple[Scalar, ...]:
        """None: a rendered text was not written by a person."""
        return ()

    def _template_line(self, number: int, line: str) -> int:
        """The line of the template: the same text, else the same key; of several, by order."""
        if not self._has_template:
            return 0
        same_text = self._nth(number, lambda other: other.strip() == line.strip())
        if same_text or not _key(line):
            return same_text
        return self._nth(number, lambda other: _key(other) == _key(line))

    def _nth(self, last: int, is_same: Callable[[str], bool]) -> int:
        """The line of the template with as many such lines before it as in the output, or 0."""
        rendered = map(self._rendered.source.line, range(self._first + 1, last + 1))
        count = sum(map(is_same, rendered))
        numbers = range(1, len(self.source.lines.text.splitlines()) + 2)
        same = [number for number in numbers if is_same(self.source.line(number))]
        return same[min(count, len(same)) - 1] if count and same else 0


def _key(line: str) -> str:
    match = _KEY.match(line)
    return match[1] if match else ""
