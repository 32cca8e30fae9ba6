"""Lines and columns of ours become those of an editor, which counts units of an encoding."""

from __future__ import annotations

from lsprotocol import types

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.core.model import Span

    LineOf = Callable[[int], str]
    """The text of a line, from 1; "" where there is none."""

__all__ = ["ClientPositions"]

_UTF8, _UTF16 = types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16
_STRIDE = 1 << 12  # characters that are counted at once


class ClientPositions:
    """Positions in the encoding that was agreed upon with the editor."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding

    def width(self, text: str) -> int:
        """How many units a text has."""
        if text.isascii() or self._encoding not in (_UTF8, _UTF16):
            return len(text)
        if self._encoding == _UTF8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def index(self, text: str, units: int) -> int:
        """The index of the character at so many units; at most the length of the text.

        Within a character it is that of the character.
        """
        if text.isascii() or self._encoding not in (_UTF8, _UTF16):
            return min(units, len(text))
        begin = passed = 0
        while (wide := self.width(text[begin : begin + _STRIDE])) and passed + wide <= units:
            begin, passed = begin + _STRIDE, passed + wide
        for index in range(begin, len(text)):
            passed += self.width(text[index])
            if passed > units:
                return index
        return len(text)

    def range(self, span: Span, line_of: LineOf) -> types.Range:
        """The range of a span in a text."""
        return types.Range(
            self._position(span.line, span.column, line_of),
            self._position(span.end_line, span.end_column, line_of),
        )

    def place(self, position: types.Position, line_of: LineOf) -> tuple[int, int]:
        """The line and column of a position."""
        number = position.line + 1
        return number, self.index(line_of(number), position.character) + 1

    def _position(self, line: int, column: int, line_of: LineOf) -> types.Position:
        """The position; one without a text is as if all of its line were ASCII."""
        text = line_of(line)
        units = self.width(text[: column - 1]) if text else column - 1
        return types.Position(max(line - 1, 0), max(units, 0))
