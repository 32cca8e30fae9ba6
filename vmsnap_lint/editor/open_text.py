"""A text that is open in an editor, and the changes that are made to it."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.input.files import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OpenText"]

_BREAK = re.compile(r"\r\n|\n|\r")  # of the protocol, which has no others
_STRIDE = 1 << 16  # characters in which lines are counted, not looked for


class OpenText(NamedTuple):
    """The text of a buffer. `uri` is as the editor writes it, `path` "" where it has no file."""

    uri: str
    path: str
    version: int
    text: str

    def changed(self, version: int, start: tuple[int, int], end: tuple[int, int], text: str,
                units: Callable[[str, int], int]) -> OpenText:  # fmt: skip
        """The text with another one between two places: lines from 0, and units of the client.

        `units` gives the index in a line of so many units.
        """
        first = self.offset(*start, units)
        last = max(first, self.offset(*end, units))
        return self._replace(version=version, text=self.text[:first] + text + self.text[last:])

    def offset(self, line: int, column: int, units: Callable[[str, int], int]) -> int:
        """The index of a place; what is behind the end of a line or the text is that end."""
        begin = _start(self.text, line)
        found = _BREAK.search(self.text, begin)
        end = len(self.text) if found is None else found.start()
        return min(end, begin + units(self.text[begin:end], column))

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its end; "" past the end."""
        begin = self.offset(number - 1, 0, lambda _line, _units: 0) if number > 0 else 0
        found = _BREAK.search(self.text, begin)
        return self.text[begin:] if found is None else self.text[begin : found.start()]

    @property
    def is_too_long(self) -> bool:
        """Whether the text is certainly longer than files that are read."""
        return len(self.text) > MOST_BYTES

    @property
    def data(self) -> bytes:
        """The bytes as they would be saved in UTF-8, of a very long text the first ones."""
        return self.text[: MOST_BYTES + 1].encode("utf-8", "surrogatepass")


def _start(text: str, line: int) -> int:
    """The index at which a line (from 0) begins; the end of the text where it has fewer lines."""
    begin = 0
    while begin < len(text):
        end = begin + _STRIDE
        end += text[end - 1 : end + 1] == "\r\n"
        breaks = text.count("\n", begin, end) + text.count("\r", begin, end)
        breaks -= text.count("\r\n", begin, end)
        if breaks >= line:
            break
        begin, line = end, line - breaks
    for _ in range(line):
        found = _BREAK.search(text, begin)
        if found is None:
            return len(text)
        begin = found.end()
    return begin
