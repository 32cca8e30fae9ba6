"""The plain part of YAML becomes values, line by line; anything else is declined.

Most manifests are block mappings and lists of simple scalars. This reader reads only those, many
times faster than a parser, with exactly the same values: tests compare the two.
When in doubt it declines.
"""

from __future__ import annotations

import re
from itertools import chain, islice, takewhile

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.plain_flow import DEEPEST
from vmsnap_lint.document.plain_lines import (
    LONGEST,
    MARKS,
    OPEN,
    WIDEST,
    Alias,
    Anchored,
    entry_of,
    is_unquoted,
    known_entry,
    words_of,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document.faults import Budget
    from vmsnap_lint.document.plain_lines import Entry

__all__ = ["Result", "is_simple", "most_values", "read"]

Result = tuple[dict[str, Any] | None, bool]

_ORDINARY = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
# Breaks that editors do not know, marks, and what YAML does not allow are left to the parser.
# Like the flow patterns below it is compiled by its first use.
_SUSPECT = "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"

_AT_ONCE = 50  # lines
_MANY = 20_000  # lines that are not read in vain
_SEPARATOR = re.compile(r"--- *(?:(?<= )#.*)?")

_MOST_REPEATED = 100  # aliases; of more, a document might have too many

_SETTLED = object()
_FLOWS = frozenset({dict, list})
_MEANT = frozenset({dict, list, Anchored, Alias})  # a value is worked out in each document


def is_simple(data: bytes, text: str) -> bool:
    """Whether all characters are such that the plain reader and the parser see the same lines."""
    return not data.translate(None, _ORDINARY) or not re.search(_SUSPECT, text)


def read(text: str, limits: Budget) -> Result | None:
    """The object in `text` (None where it is empty) and whether it is odd; None: declined."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if "\r" in text or _is_large(text, limits) or limits.depth < 2 * WIDEST + 3 + DEEPEST:
        return None
    if _SEPARATOR.fullmatch(lines[0]):
        lines[0] = ""
    if len(lines) > _MANY or len(max(lines, key=len)) >= LONGEST:
        return _mapping(_entries(lines))  # ends at the first line that is declined
    blocks = [at for at in (text.find("|"), text.find(">")) if at >= 0]
    first = text.count("\n", 0, min(blocks)) if blocks else len(lines)
    swept = chain.from_iterable(_swept(lines[:first]))
    return _mapping(chain(swept, _entries(lines[first:])) if blocks else swept)


def most_values(text: str) -> int:
    """No fewer than the values that this reader can find in a text."""
    marks = sum(map(text.count, ("- ", "-\n", "-\r", "[", "{", ",", "*")))
    return 2 * (text.count("\n") + marks + 1)


def _is_large(text: str, limits: Budget) -> bool:
    return len(text) > limits.nodes and most_values(text) > limits.nodes  # no value is shorter


def _mapping(entries: Iterable[Entry]) -> Result | None:  # noqa: C901 - calls cost time here
    root: list[Any] = [None]
    top: Any = root  # what the next line adds to
    at = -1  # its column
    child: Any
    slot: Any = 0  # its entry that is still open
    outer: list[tuple[int, Any]] = []  # what contains it
    odd = False
    named = _Named()
    for entry in entries:
        if not entry:
            return None
        indent, inner, key, value, is_odd = entry
        odd = odd or is_odd
        if slot is not _SETTLED and (
            indent > at or (indent == at and inner >= 0 and type(top) is dict)
        ):
            outer.append((at, top))
            top[slot] = child = [] if inner >= 0 else {}
            top, at = child, indent
        else:
            while indent < at:
                at, top = outer.pop()
            if inner < 0 and indent == at and type(top) is list:
                at, top = outer.pop()
            if indent != at or (inner < 0) is (type(top) is list):
                return None
        if inner >= 0:
            slot = len(top)
            top.append(None)
            if key is not None:
                outer.append((at, top))
                top[slot] = child = {}
                top, at = child, inner
        if key is not None:
            if key in top:
                return None
            slot = key
        is_meant = type(value) in _MEANT
        top[slot] = None if value is OPEN else named.value(value) if is_meant else value
        if value is not OPEN:
            slot = _SETTLED
    return (root[0], odd) if type(root[0]) is not list and named.is_sure else None


class _Named:
    """The values of anchors in one document; `is_sure` says that every alias has one."""

    def __init__(self) -> None:
        self.is_sure = True
        self._values: dict[str, Any] = {}
        self._repeated = 0

    def value(self, written: Any) -> Any:
        """The value that is written so."""
        if type(written) is Anchored:
            self._values[written.name] = written.value
            return written.value
        if type(written) is not Alias:
            return _copied(written)
        self._repeated += 1
        self.is_sure &= self._repeated <= _MOST_REPEATED and written.name in self._values
        return self._values.get(written.name)


def _copied(value: Any) -> Any:
    """A flow collection that no other document has a part in."""
    items = value.values() if type(value) is dict else value
    if _FLOWS.isdisjoint(map(type, items)):
        return value.copy()
    if type(value) is list:
        return [_copied(item) if type(item) in _FLOWS else item for item in value]
    return {key: _copied(item) if type(item) in _FLOWS else item for key, item in value.items()}


def _swept(lines: list[str]) -> Iterator[Iterable[Entry]]:
    """The entries, some at a time: of a text that is declined the rest is not looked at."""
    for start in range(0, len(lines), _AT_ONCE):
        entries = [*map(known_entry, lines[start : start + _AT_ONCE + 1])]
        if () in entries:
            yield _entries(lines[start:])
            return
        yield [entry for entry in entries[:_AT_ONCE] if entry is not None]


def _entries(lines: list[str]) -> Iterator[Entry]:
    """The entries where some may have several lines, or be too long to be kept for later."""
    resume = 0
    for number, line in enumerate(lines):
        if number < resume:
            continue
        entry = known_entry(line)
        if entry is None:
            continue
        if entry:
            indent, inner, key, value, odd = entry
            parent = indent if key is None else max(indent, inner)
            mark = MARKS.get(value) if type(value) is object else None
            if mark is not None:
                text, resume = _block(lines, number + 1, parent, mark)
                entry = () if text is None else (indent, inner, key, text, odd)
            elif value is not OPEN and _goes_on(lines, number + 1, parent):
                entry, resume = _unquoted(lines, number, parent)
        yield entry


def _goes_on(lines: list[str], number: int, parent: int) -> bool:
    """Whether a line may be a further one of the scalar above it."""
    line = lines[number] if number < len(lines) else ""
    return known_entry(line) == () and words_of(line, parent) != ""


def _unquoted(lines: list[str], number: int, parent: int) -> tuple[Entry, int]:
    """The entry of an unquoted scalar of several lines, and the line behind it."""
    first = lines[number].rstrip(" ")
    words = [first]
    further = (words_of(line, parent) for line in islice(lines, number + 1, None))
    words += takewhile(bool, further)
    entry = entry_of(" ".join(words)) if is_unquoted(first) else None
    return entry or (), number + len(words)


def _block(lines: list[str], start: int, parent: int, mark: str) -> tuple[str | None, int]:
    """The text of a block that begins at line `start`, and the line behind; None: declined."""
    body: list[str] = []
    width = 0
    number = start
    while number < len(lines):
        line = lines[number]
        rest = line.lstrip(" ")
        column = len(line) - len(rest)
        if rest and not width and column > parent and rest[0] != "\t":
            width = column
        if rest and (not width or column < width):
            if column > parent:
                return None, number
            break
        if not width and line:
            return None, number
        body.append(line[width:])
        number += 1
    while body and not body[-1]:
        body.pop()
    if mark[0] == ">" and not all(line and line[0] not in " \t" for line in body):
        return None, number  # it is folded otherwise
    text = ("\n" if mark[0] == "|" else " ").join(body)
    return text + "\n" if body and len(mark) == 1 else text, number
