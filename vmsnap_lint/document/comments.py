"""The comments of a text, as opposed to "#" inside values."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.document.actions import masked
from vmsnap_lint.document.compose import places
from vmsnap_lint.document.faults import Budget, RejectedError
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.split import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.places import Places
    from vmsnap_lint.document.positions import Lines
    from vmsnap_lint.document.split import Piece

__all__ = ["Comment", "find"]

_BEGIN = re.compile(r"(?:(?<=[ \t\r\n\ufeff])|\A)#")
_FULL_LINE = re.compile(r"(?:(?<=[\r\n])|\A)[ \t\ufeff]*+#")
# In a template that is no YAML: also behind anything but an open quote.
_BEHIND = re.compile(
    possessive(
        r"""(?:(?<=[\r\n])|\A)(?:[^"'#\r\n]|"[^"\r\n]*+"|'[^'\r\n]*+'|(?<=[^ \t\r\n])\#)*+\#"""
    ),
    re.VERBOSE,
)
_END = re.compile(r"[^\r\n]*")
_BLOCKS = (Style.LITERAL, Style.FOLDED)


class Comment(NamedTuple):
    """A comment from its "#" to the end of the line."""

    line: int
    column: int
    text: str


def find(lines: Lines, word: str = "") -> Iterator[Comment]:
    """The comments with that word in the order of the text.

    Of a document that does not parse, only those that fill a whole line.
    """
    text = lines.text
    for start, end in _comments(text, word) if "#" in text else ():
        if text.find(word, start, end) >= 0:
            span = lines.span(start, end)
            yield Comment(span.line, span.column, text[start:end])


def _comments(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where the comments begin and end, at least all with that word."""
    position, without_actions = 0, ""
    for piece in pieces(text):
        yield from _between(text, position, piece.start, _BEGIN, None)
        start, position = piece.start, piece.end
        if text.find("#", start, position) < 0 or text.find(word, start, position) < 0:
            continue
        values = _places(text, piece)
        if values is not None or text.find("{{", start, position) < 0:
            begin = _FULL_LINE if values is None else _BEGIN
            yield from _between(text, start, position, begin, values)
            continue
        without_actions = without_actions or _without_actions(text)
        values = _places(without_actions, piece)
        begin = _BEHIND if values is None else _BEGIN
        yield from _between(without_actions, start, position, begin, values)
    yield from _between(text, position, len(text), _BEGIN, None)


def _places(text: str, piece: Piece) -> Places | None:
    try:
        return places(text, piece, Budget())
    except RejectedError:
        return None


def _without_actions(text: str) -> str:
    """A template as the YAML that it may write: every other character is in its place."""
    parts, position = [], 0
    for piece in pieces(text):
        parts += [text[position : piece.start], masked(text[piece.start : piece.end])]
        position = piece.end
    return "".join(parts) + text[position:]


def _between(
    text: str, position: int, stop: int, begin: re.Pattern[str], values: Places | None
) -> Iterator[tuple[int, int]]:
    """The comments of a stretch of text, but for what is within `values`."""
    while match := begin.search(text, position, stop):
        start = match.end() - 1
        position = 0 if values is None else _behind_value(text, start, values)
        if not position:
            position = _end_of_line(text, start)
            yield start, position


def _behind_value(text: str, index: int, values: Places) -> int:
    """Where the scalar ends that holds the character at `index`, or 0 where none does."""
    value = values.scalar_over(index)
    if value < 0:
        return 0
    if values.style(value) in _BLOCKS and index < _end_of_line(text, values.starts[value]):
        return 0  # the value begins below its header
    return values.ends[value]


def _end_of_line(text: str, start: int) -> int:
    match = _END.match(text, start)
    return match.end() if match else start
