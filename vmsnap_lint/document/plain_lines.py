"""A line of plain YAML becomes its entry; lines repeat from file to file."""

from __future__ import annotations

import re
from sys import intern

from vmsnap_lint.core.light_typing import Any, NamedTuple
from vmsnap_lint.document.plain_flow import KEY, REFUSED, flow_of, key_of, scalar_of

__all__ = [
    "LONGEST", "MARKS", "OPEN", "VALUE", "WIDEST", "Alias", "Anchored", "Entry", "entry_of",
    "is_unquoted", "known_entry", "words_of",
]  # fmt: skip

_KEPT = 400  # what is kept for later must not be long, or hostile files could fill the memory
_MOST_KEPT = 8192
LONGEST = 10_000  # matching costs memory, too
WIDEST = 100  # a level of nesting needs a column, except for a list at the column of its key
_SPACES = 1  # the group of the blanks that a line begins with
_TEXT = 4  # the group of an unquoted scalar in a line
_START = r"(?=[A-Za-z0-9_./$(~^]|--?[A-Za-z0-9_./])"
_WORD = r"[^\s:#]+(?:[:#]+[^\s:#]+)*"
VALUE = (
    rf"(?:({_START}{_WORD}(?: +{_WORD})*)"
    r"|\"([^\"\\\t\n]*)\""
    r"|'((?:[^'\t\n]|'')*)'"
    r"|([|>]-?)"
    r"|([\[{][^#\t\n]*[\]}])"
    r")? *(?:(?<= )#.*)?"
)
"""An unquoted scalar, one in double or single quotes, a block of text, or a flow collection."""
_FURTHER = re.compile(rf"( *)({_START}{_WORD}(?: +{_WORD})*) *")  # a line of an unquoted scalar
_LINE = re.compile(rf"( *)(-(?: +|\Z))?(?:({KEY}):(?: +|\Z))?{VALUE}")
_VALUE = re.compile(VALUE)
_ANCHOR = r"([^&*]*[:-] +)(?:&([A-Za-z0-9_-]+) +([^&*].*)|\*([A-Za-z0-9_-]+) *(?:(?<= )#.*)?)"
"""What precedes the value of a line; an anchor and what it names, or an alias."""
_NOTHING_LINE = re.compile(r" *(?:#.*)?")

OPEN = object()  # nothing after "key:" or "-": null, unless the next lines say otherwise
_BLOCKS = {mark: object() for mark in ("|", "|-", ">", ">-")}
MARKS = {block: mark for mark, block in _BLOCKS.items()}

_SCALARS = (str, int, float, type(None))

# Column, column behind the dash (-1 without one), key, value, odd. Empty: the line is declined.
Entry = tuple[int, int, str | None, Any, bool] | tuple[()]


class Anchored(NamedTuple):
    """A scalar with an anchor."""

    name: str
    value: Any


class Alias(NamedTuple):
    """What stands for the value of an anchor above it."""

    name: str


def entry_of(line: str) -> Entry | None:
    """The entry of a line; None for an empty one or a comment.

    Keys repeat even where their values do not, so what is known of a key is not read again. It ends
    at the first colon before a blank, unless that is within quotes or a comment.
    """
    head, mark, rest = line.partition(": ")
    start = known_entry(f"{head}:") if mark else None
    if start and start[2] is not None:
        known = _VALUE.fullmatch(rest) if len(line) < LONGEST else None
        if known is not None:
            value, is_odd = _value(*known.groups())
            return () if value is REFUSED else (*start[:3], value, start[4] or is_odd)
    return _whole(line)


def _whole(line: str) -> Entry | None:
    """The entry of a line as the pattern of a whole line gives it."""
    found = _entry(line)
    return _named(line) if found == () and ("&" in line or "*" in line) else found


def _named(line: str) -> Entry:
    """The entry of a line with an anchor of a scalar, or an alias."""
    match = re.fullmatch(_ANCHOR, line) if len(line) < LONGEST else None
    start = _entry(match[1]) if match is not None else ()
    if match is None or not start or start[3] is not OPEN:
        return ()
    head, name, scalar, alias = match.groups()
    if alias is not None:
        return (*start[:3], Alias(alias), start[4])
    whole = _entry(head + scalar)
    if not whole or whole[:3] != start[:3] or not isinstance(whole[3], _SCALARS):
        return ()
    return (*whole[:3], Anchored(name, whole[3]), whole[4])


def _entry(line: str) -> Entry | None:
    match = _LINE.fullmatch(line) if len(line) < LONGEST else None
    if match is None or match.lastindex == _SPACES:
        return None if _NOTHING_LINE.fullmatch(line) else ()
    spaces, dash, name, text, double, single, block, flow = match.groups()
    indent = len(spaces)
    inner = -1 if dash is None else indent + max(len(dash), 2)
    key, odd = (None, False) if name is None else key_of(name)
    if (name is None) is not (key is None) or (name is None and dash is None):
        return ()
    if max(indent, inner) > WIDEST:
        return ()
    value, is_odd = _value(text, double, single, block, flow)
    return () if value is REFUSED else (indent, inner, key, value, odd or is_odd)


class _Known(dict[str, Entry | None]):
    """The entries of lines that were read last; a hit costs half of one of `lru_cache`."""

    def __missing__(self, line: str) -> Entry | None:
        entry = entry_of(line)
        if len(line) < _KEPT:
            if len(self) >= _MOST_KEPT:
                self.clear()
            self[line] = entry
        return entry


known_entry = _Known().__getitem__
"""The entry of a line; lines repeat from file to file."""


def is_unquoted(line: str) -> bool:
    """Whether a line ends with an unquoted scalar, which may have further lines."""
    match = _LINE.fullmatch(line)
    return match is not None and match.lastindex == _TEXT and match.end(_TEXT) == len(line)


def words_of(line: str, parent: int) -> str:
    """What a further line of an unquoted scalar says, deeper than its parent; else ""."""
    match = _FURTHER.fullmatch(line) if len(line) < LONGEST else None
    return match[2] if match is not None and len(match[1]) > parent else ""


def _value(
    text: str | None, double: str | None, single: str | None, block: str | None, flow: str | None
) -> tuple[Any, bool]:
    if text is not None:
        return scalar_of(text)
    if double is not None:
        return intern(double), False
    if single is not None:
        return intern(single.replace("''", "'")), False
    if block is not None:
        return _BLOCKS[block], False
    if flow is None:
        return OPEN, False
    return ({}, False) if flow == "{}" else flow_of(flow)
