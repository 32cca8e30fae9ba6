"""The comments of a text, as opposed to "#" inside values."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.document.compose import compose
from vmsnap_lint.document.faults import Budget, RejectedError
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.split import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.positions import Lines
    from vmsnap_lint.document.split import Piece

__all__ = ["Comment", "find"]

_COMMENT = re.compile(r"(?:(?<=[ \t\r\n\ufeff])|\A)#[^\r\n]*")
_HEADER = re.compile(r"[|>][^\r\n]*")
_FULL_LINE = re.compile(r"(?:(?<=[\r\n])|\A)[ \t\ufeff]*(#[^\r\n]*)")


class Comment(NamedTuple):
    """A comment from its "#" to the end of the line."""

    line: int
    column: int
    text: str


def find(lines: Lines) -> Iterator[Comment]:
    """The comments in the order of the text.

    Of a document that does not parse, only those that fill a whole line.
    """
    text = lines.text
    for match in _COMMENT.finditer(_masked(text)) if "#" in text else ():
        start, end = match.span()
        span = lines.span(start, end)
        yield Comment(span.line, span.column, text[start:end])


def _masked(text: str) -> str:
    """The text with other characters in place of what holds no comment, "#" or not."""
    parts: list[str] = []
    position = 0
    for start, end, mask in chain.from_iterable(_hidden(text, piece) for piece in pieces(text)):
        parts += text[position:start], mask * (end - start)
        position = end
    return "".join(parts) + text[position:]


def _hidden(text: str, piece: Piece) -> Iterator[tuple[int, int, str]]:
    """Where the scalars of a piece begin and end, in order, and what to mask them with."""
    try:
        root = compose(text, piece, Budget()).root
    except RejectedError:
        position = piece.start
        for match in _FULL_LINE.finditer(text, piece.start, piece.end):
            yield position, match.start(1), "\n"
            position = match.end()
        yield position, piece.end, "\n"
        return
    stack = [] if root is None else [root]
    while stack:
        node = stack.pop()
        stack.extend(reversed(node.written))
        if node.style in {Style.LITERAL, Style.FOLDED}:  # it begins below its header
            header = _HEADER.match(text, node.start, node.end)
            yield header.end() if header else node.start, node.end, "\n"
        elif node.style is not None:
            yield node.start, node.end, "x"
