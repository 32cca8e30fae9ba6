"""The comments of a text, as opposed to "#" inside values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.document import split
from vmsnap_lint.document.compose import compose
from vmsnap_lint.document.faults import Budget, RejectedError
from vmsnap_lint.document.nodes import Node, Style

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
    for start, end in _comments(lines.text):
        span = lines.span(start, end)
        yield Comment(span.line, span.column, lines.text[start:end])


def _comments(text: str) -> Iterator[tuple[int, int]]:
    if "#" not in text:
        return
    position = 0
    for piece in split.pieces(text):
        yield from _between(text, position, piece.start)
        yield from _in_piece(text, piece)
        position = piece.end
    yield from _between(text, position, len(text))


def _in_piece(text: str, piece: Piece) -> Iterator[tuple[int, int]]:
    try:
        root = compose(text, piece, Budget()).root
    except RejectedError:
        for match in _FULL_LINE.finditer(text, piece.start, piece.end):
            yield match.span(1)
        return
    position = piece.start
    for start, end in _values(text, root):
        yield from _between(text, position, start)
        position = end
    yield from _between(text, position, piece.end)


def _between(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _COMMENT.finditer(text, start, end):
        yield match.span()


def _values(text: str, root: Node | None) -> Iterator[tuple[int, int]]:
    """Where the scalars begin and end, in order; a block scalar begins below its header."""
    stack = [] if root is None else [root]
    while stack:
        node = stack.pop()
        stack.extend(reversed(node.written))
        if node.style in {Style.LITERAL, Style.FOLDED}:
            header = _HEADER.match(text, node.start, node.end)
            yield header.end() if header else node.start, node.end
        elif node.style is not None:
            yield node.start, node.end
