"""The lines above a place in block YAML become the path to it, by their indentation."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.possessive import possessive

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Key

__all__ = ["COMMENT", "LONGEST", "Climb", "TypedEntry", "TypedLine", "read_line", "scalar_text"]

_LINE = re.compile(
    possessive(r"( *+)((?:- ++|-(?=\Z))*+)")
    + r"""(?:("[^"\\]*"|'[^'\\]*'|[^\s#&*!|>'"%@`{}\[\],:-][^\s#:]*|)(:)(?=\s|\Z))?"""
)
_TEXT = re.compile(r"(?:[&!]\S+\s+)*[|>][-+0-9]*\s*(?:#.*)?\Z")
COMMENT = re.compile(r"(?:(?<=\s)|\A)#")
LONGEST = 2_000  # characters of a line


class TypedLine(NamedTuple):
    """A line: where its dashes are, its key with the column of it, and what follows."""

    number: int
    dashes: tuple[int, ...]
    key: str | None
    column: int
    rest: str


class TypedEntry(NamedTuple):
    """A step of a path: where its entry begins."""

    step: Key
    line: int
    column: int


def read_line(number: int, text: str) -> TypedLine:
    """The parts of a line."""
    match = _LINE.match(text[:LONGEST])
    if match is None:
        return TypedLine(number, (), None, 0, text)
    indent, dashes = len(match[1]), match[2]
    columns = tuple(indent + each.start() for each in re.finditer("-", dashes))
    key = match[3].strip("\"'") if match[4] else None
    column = indent + len(dashes)
    rest = text[match.end() :].strip() if match[4] else text[column:]
    return TypedLine(number, columns, key, column, rest)


class Climb:
    """Goes up line by line; what is deeper than the last entry that was found is passed over."""

    def __init__(self, column: int) -> None:
        self.beside: dict[str, str] = {}
        self._column = column  # of the entry whose parent is looked for
        self._is_item = False
        self._index = 0
        self._item_line = 0
        self._found: list[TypedEntry] = []
        self._is_first = True

    @property
    def is_done(self) -> bool:
        """Whether nothing can be above."""
        return self._column == 0 and not self._is_item and not self._is_first

    def entries(self) -> tuple[TypedEntry, ...]:
        """What was found, from the outside to the inside; an array that no key has is left out."""
        if self._is_item:
            self._found.append(TypedEntry(self._index, self._item_line, self._column))
        return tuple(reversed(self._found))

    def line(self, line: TypedLine) -> bool:
        """Take a line above; False where it shows that all of it is within a block of text."""
        if line.key is None and not line.dashes:
            return True
        if line.key is not None and not self._key(line):
            return False
        for column in reversed(line.dashes):
            self.dash(line.number, column)
        return True

    def dash(self, line: int, column: int) -> None:
        """Take the dash of an item."""
        if self._is_item and column == self._column:
            self._index += line != self._item_line
        elif column < self._column:
            self._settle()
            self._is_item, self._index, self._item_line = True, 0, line
            self._column, self._is_first = column, False

    def _key(self, line: TypedLine) -> bool:
        is_parent = line.column < self._column or (
            self._is_item and line.column == self._column and not line.dashes
        )
        if is_parent:
            if _TEXT.match(line.rest):
                return False
            if line.rest and not line.rest.startswith(("#", "&", "!")):
                return True  # a scalar has nothing below it: the line is a continuation, or wrong
            self._settle()
            self._found.append(TypedEntry(line.key or "", line.number, line.column))
            self._column, self._is_item, self._is_first = line.column, False, False
        elif line.column == self._column and self._is_first:
            self.beside.setdefault(line.key or "", scalar_text(line.rest))
        return True

    def _settle(self) -> None:
        if self._is_item:
            self._found.append(TypedEntry(self._index, self._item_line, self._column))


def scalar_text(text: str) -> str:
    """What follows a key, without comment and quotes."""
    comment = COMMENT.search(text)
    return (text[: comment.start()] if comment else text).strip().strip("\"'")
