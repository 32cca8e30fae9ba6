"""The plain part of YAML becomes values, line by line; anything else is declined.

Most manifests are block mappings and lists of simple scalars. This reader reads only those, many
times faster than a parser, with exactly the same values: tests compare the two.
When in doubt it declines.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from sys import intern

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.scalars import json_value, key_text, looks_odd, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document.faults import Budget

__all__ = ["KEY", "VALUE", "Result", "is_simple", "key_of", "most_values", "read"]

Result = tuple[dict[str, Any] | None, bool]

_ORDINARY = bytes([*b"\t\n\r", *range(0x20, 0x7F)])
# Breaks that editors do not know, marks, and what YAML does not allow are left to the parser.
# Like the flow patterns below it is compiled by its first use.
_SUSPECT = "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"

_KEPT = 400  # what is kept for later must not be long, or hostile files could fill the memory
_LONGEST_KEY = 1000  # a parser accepts 1,024 characters
_LONGEST = 10_000  # matching costs memory, too
_AT_ONCE = 50  # lines
_MANY = 20_000  # lines that are not read in vain
_WIDEST = 100  # a level of nesting needs a column, except for a list at the column of its key
_START = r"(?=[A-Za-z0-9_./$(~]|-[A-Za-z0-9_./])"
_WORD = r"[^\s:#]+(?:[:#]+[^\s:#]+)*"
_NAME = r"[A-Za-z0-9_./][A-Za-z0-9_./-]*"
_ITEM = rf"(?:{_NAME}|\"[^\"\\\t]*\"|'[^'\t]*')"
_PAIR = rf"({_NAME}): +({_ITEM})"
_LIST = rf"\[ *(?:{_ITEM}(?: *, *{_ITEM})*)? *\]"
_MAP = rf"\{{ *(?:{_NAME}: +{_ITEM}(?: *, *{_NAME}: +{_ITEM})*)? *\}}"
KEY = rf"{_NAME}|\"[^\"\\\t\n]*\"|'[^'\t\n]*'"
VALUE = (
    rf"(?:({_START}{_WORD}(?: +{_WORD})*)"
    r"|\"([^\"\\\t\n]*)\""
    r"|'((?:[^'\t\n]|'')*)'"
    r"|(\|-?)"
    r"|([\[{][^#\t\n]*[\]}])"
    r")? *(?:(?<= )#.*)?"
)
"""An unquoted scalar, one in double or single quotes, a literal block, or a flow collection."""
_LINE = re.compile(rf"( *)(-(?: +|\Z))?(?:({KEY}):(?: +|\Z))?{VALUE}")
_NOTHING_LINE = re.compile(r" *(?:#.*)?")
_SEPARATOR = re.compile(r"--- *(?:(?<= )#.*)?")

_OPEN = object()  # nothing after "key:" or "-": null, unless the next lines say otherwise
_CLIP, _STRIP = object(), object()  # "|" and "|-"
_SETTLED, _REFUSED = object(), object()
_FLOWS = frozenset({dict, list})

# Column, column behind the dash (-1 without one), key, value, odd. Empty: the line is declined.
Entry = tuple[int, int, str | None, Any, bool] | tuple[()]


def is_simple(data: bytes, text: str) -> bool:
    """Whether all characters are such that the plain reader and the parser see the same lines."""
    return not data.translate(None, _ORDINARY) or not re.search(_SUSPECT, text)


def read(text: str, limits: Budget) -> Result | None:
    """The object in `text` (None where it is empty) and whether it is odd; None: declined."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if "\r" in text or _is_large(text, limits) or limits.depth < 2 * _WIDEST + 3:
        return None
    if _SEPARATOR.fullmatch(lines[0]):
        lines[0] = ""
    if len(lines) > _MANY or len(max(lines, key=len)) >= _LONGEST:
        return _mapping(_entries(lines))  # ends at the first line that is declined
    block = text.find("|")
    first = text.count("\n", 0, block) if block >= 0 else len(lines)
    swept = chain.from_iterable(_swept(lines[:first]))
    return _mapping(swept if block < 0 else chain(swept, _entries(lines[first:])))


def most_values(text: str) -> int:
    """No fewer than the values that this reader can find in a text."""
    marks = sum(map(text.count, ("- ", "-\n", "-\r", "[", "{", ",")))
    return 2 * (text.count("\n") + marks + 1)


def key_of(name: str) -> str | None:
    """What a key that is written so is in JSON."""
    return _key(name)[0]


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
        top[slot] = None if value is _OPEN else value.copy() if type(value) in _FLOWS else value
        if value is not _OPEN:
            slot = _SETTLED
    return (root[0], odd) if type(root[0]) is not list else None


def _swept(lines: list[str]) -> Iterator[list[Entry]]:
    """The entries, some at a time: of a text that is declined the rest is not looked at."""
    for start in range(0, len(lines), _AT_ONCE):
        entries = map(_entry, lines[start : start + _AT_ONCE])
        yield [entry for entry in entries if entry is not None]


def _entries(lines: list[str]) -> Iterator[Entry]:
    """The entries where some may be literal blocks, or too long to be kept for later."""
    resume = 0
    for number, line in enumerate(lines):
        if number < resume:
            continue
        entry = _entry(line) if len(line) < _KEPT else _entry.__wrapped__(line)
        if entry is None:
            continue
        if entry and (entry[3] is _CLIP or entry[3] is _STRIP):
            indent, inner, key, value, odd = entry
            parent = indent if key is None else max(indent, inner)
            text, resume = _block(lines, number + 1, parent, clip=value is _CLIP)
            entry = () if text is None else (indent, inner, key, text, odd)
        yield entry


def _block(lines: list[str], start: int, parent: int, *, clip: bool) -> tuple[str | None, int]:
    """A literal block that begins at line `start`, and the line behind it; None: declined."""
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
    return "\n".join(body) + ("\n" if clip and body else ""), number


@lru_cache(maxsize=4096)
def _entry(line: str) -> Entry | None:
    """The entry of a line; None for an empty one or a comment. Lines repeat from file to file."""
    if _NOTHING_LINE.fullmatch(line):
        return None
    match = _LINE.fullmatch(line) if len(line) < _LONGEST else None
    if match is None:
        return ()
    spaces, dash, name, text, double, single, block, flow = match.groups()
    indent = len(spaces)
    inner = -1 if dash is None else indent + max(len(dash), 2)
    key, odd = (None, False) if name is None else _key(name)
    if (name is None) is not (key is None) or (name is None and dash is None):
        return ()
    if max(indent, inner) > _WIDEST:
        return ()
    value, is_odd = _value(text, double, single, block, flow)
    return () if value is _REFUSED else (indent, inner, key, value, odd or is_odd)


def _key(name: str) -> tuple[str | None, bool]:
    if len(name) > _LONGEST_KEY:
        return None, False
    if name[0] in "\"'":
        return intern(name[1:-1]), False
    value = plain(name)
    text = key_text(value)
    return None if text is None else intern(text), looks_odd(name, value)


def _value(
    text: str | None, double: str | None, single: str | None, block: str | None, flow: str | None
) -> tuple[Any, bool]:
    if text is not None:
        return _scalar(text)
    if double is not None:
        return intern(double), False
    if single is not None:
        return intern(single.replace("''", "'")), False
    if block is not None:
        return _CLIP if block == "|" else _STRIP, False
    if flow is None:
        return _OPEN, False
    if flow == "{}":
        return {}, False
    return _flow_map(flow) if flow[0] == "{" else _flow_list(flow)


def _flow_list(flow: str) -> tuple[Any, bool]:
    items = [_item(item) for item in re.findall(_ITEM, flow)]
    if not re.fullmatch(_LIST, flow) or any(value is _REFUSED for value, _ in items):
        return _REFUSED, False
    return [value for value, _ in items], any(odd for _, odd in items)


def _flow_map(flow: str) -> tuple[Any, bool]:
    if not re.fullmatch(_MAP, flow):
        return _REFUSED, False
    fields: dict[str, Any] = {}
    odd = False
    for name, item in re.findall(_PAIR, flow):
        key, is_odd = _key(name)
        value, item_is_odd = _item(item)
        if key is None or key in fields or value is _REFUSED:
            return _REFUSED, False
        fields[key] = value
        odd = odd or is_odd or item_is_odd
    return fields, odd


def _item(item: str) -> tuple[Any, bool]:
    return (intern(item[1:-1]), False) if item[0] in "\"'" else _scalar(item)


def _scalar(text: str) -> tuple[Any, bool]:
    value = plain(text)
    if type(value) is str:
        value = intern(value)
    elif type(value) is float and value - value != 0:
        return _REFUSED, False
    return json_value(value), looks_odd(text, value)
