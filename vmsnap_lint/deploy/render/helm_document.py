"""An object that helm rendered becomes a document whose places lie in its template.

helm says which file an object comes from, not which line: a line of the output is looked for in the
template, by what it says, else by its key. What is found nowhere gets the first line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vmsnap_lint.core.model import Span
from vmsnap_lint.document import Document

if TYPE_CHECKING:
    from vmsnap_lint.document import Source
    from vmsnap_lint.document.positions import Scalar

__all__ = ["TemplatedDocument", "from_template"]

_SOURCE = re.compile(r"^# Source: (.+)$")
_KEY = re.compile(r"""^[\s-]*["']?([\w./-]+)["']?\s*:""")
_START = Span(1, 1, 1, 1)


def from_template(part: Document) -> tuple[str, int]:
    """What helm says of the origin of a document, and the line after which it begins."""
    line = part.span(()).line
    for number in range(line, max(0, line - 4), -1):
        found = _SOURCE.match(part.source.line(number))
        if found is not None:
            return found[1].strip(), number
    return "", line


class TemplatedDocument(Document):
    """One object of a chart. Where its template is not known, places lie in nothing (line 1)."""

    __slots__ = ("_first", "_rendered", "_template")

    def __init__(self, rendered: Document, template: Source | None, first: int) -> None:
        self.source = template if template is not None else rendered.source
        self.index = rendered.index
        self.value = rendered.value
        self.odd = False
        self._rendered = rendered
        self._template = template
        self._first = first

    def span(self, path: tuple[str | int, ...], key: bool = False) -> Span:
        """The line of the template that most likely wrote the value (or key) at `path`."""
        if self._template is None:
            return _START
        there = self._rendered.span(path, key)
        wanted = self._rendered.source.line(there.line)
        number = self._line(there.line, wanted)
        if number == 0:
            return _START
        text = self._template.line(number)
        if text.strip() == wanted.strip():
            moved = text.index(text.strip()) - wanted.index(wanted.strip())
            return Span(number, there.column + moved, number, there.end_column + moved)
        start = len(text) - len(text.lstrip()) + 1
        return Span(number, start, number, len(text.rstrip()) + 1)

    def where(self, path: tuple[str | int, ...], key: bool = False) -> tuple[str, Span]:
        """The template and the place in it."""
        return self.source.file, self.span(path, key)

    def scalars(self) -> tuple[Scalar, ...]:
        """None: a rendered text is not what anybody wrote."""
        return ()

    def _line(self, line: int, wanted: str) -> int:
        """The line of the template: the same text, else the same key; of several, by order."""
        said = wanted.strip()
        for same in (lambda text: text.strip() == said, _same_key(wanted)):
            found = self._nth(line, same)
            if found:
                return found
        return 0

    def _nth(self, line: int, same: object) -> int:
        before = [
            number
            for number in range(self._first + 1, line + 1)
            if callable(same) and same(self._rendered.source.line(number))
        ]
        template = self._template
        count = len(template.lines.text.splitlines()) + 1 if template is not None else 0
        found = [
            number
            for number in range(1, count + 1)
            if template is not None and callable(same) and same(template.line(number))
        ]
        if not found or not before:
            return 0
        return found[min(len(before), len(found)) - 1]


def _same_key(wanted: str) -> object:
    match = _KEY.match(wanted)
    key = match[1] if match else None

    def same(text: str) -> bool:
        other = _KEY.match(text)
        return key is not None and other is not None and other[1] == key

    return same
