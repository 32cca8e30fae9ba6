"""Texts of YAML and JSON in all styles, and operations on what they hold, for properties."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

from vmsnap_lint.document.editing.operations import (
    EntryAdded,
    EntryRemoved,
    ItemAdded,
    KeyRenamed,
    ScalarSet,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.editing.operations import Operation

_T = TypeVar("_T")

__all__ = ["KEYS", "SCALARS", "TEXTS", "operation_on", "paths"]

WORDS = (
    "a", "web", "yes", "no", "null", "~", "1", "1.5", "0x1f", "1e3", "12:30", "true", "", " ",
    "- a", "a: b", "a #b", "#", "it's", 'say "x"', "é", "日本", "a\nb\n", "a\n\nb", "tab\there",
    "{a}", "[",
    "*x", "&x", "!t", "%", "@", "`", "2020-01-01", "---", "...", "<<", "=", "a:", ":a", "?", "a\\b",
    "\u2028", "\x85", "\ufeff", "\x7f", "-", "-a", "--x", ".5", "+1", "a, b", "$(x)", "${X}",
)  # fmt: skip
STRINGS = st.one_of(st.sampled_from(WORDS), st.text(max_size=6))
SCALARS = st.one_of(STRINGS, st.booleans(), st.none(), st.integers(-(2**40), 2**40), st.just(0.5))
KEYS = st.one_of(st.sampled_from(("a", "b", "name", "spec", "yes", "1", "a b")), STRINGS)
_PLAIN = ("a", "web", "true", "1", "x y", "null", "0.5", "a/b")
_COMMENTS = ("", "", "  # note", " # 'x' {")


class _Writer:
    """Writes a value with the choices that it draws."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._anchors = 0

    def one(self, *of: _T) -> _T:
        return self._draw(st.sampled_from(of))

    def scalar(self) -> str:
        text = self.one(*_PLAIN)
        style = self.one("{}", "{}", "'{}'", '"{}"')
        prefix = self.one("", "", "", "", "!!str ", "&x ", "&x !!str ")
        return prefix + style.format(text)

    def flow(self, depth: int) -> str:
        kind = self.one("scalar", "scalar", "object", "array") if depth else "scalar"
        if kind == "scalar":
            return self.scalar()
        count, between = self.one(0, 1, 2, 3), self.one(", ", ",", " ,\n      ")
        if kind == "array":
            return "[" + between.join(self.flow(depth - 1) for _ in range(count)) + "]"
        keys = ("p", "'q'", '"r"')
        inner = between.join(f"{key}: {self.flow(depth - 1)}" for key in keys[:count])
        return self.one("{{{}}}", "{{ {} }}").format(inner + (self.one("", ",") if count else ""))

    def block(self, depth: int, indent: str) -> list[str]:
        """The lines of an object or array."""
        lines: list[str] = []
        is_array = self.one(True, False)
        for number in range(self.one(1, 2, 3)):
            if self.one(True, False, False):
                lines.append(f"{indent}# about the next")
            head = "-" if is_array else self.one("k{}:", "'k{}':", '"k{}":').format(number)
            lines += self.entry(head, depth, indent, is_array=is_array)
            if self.one(True, False, False, False):
                lines.append("")
        return lines

    def entry(self, head: str, depth: int, indent: str, *, is_array: bool) -> list[str]:
        kind = self.one("flow", "flow", "block", "text", "nothing") if depth else "flow"
        comment = self.one(*_COMMENTS)
        if kind == "flow":
            return [f"{indent}{head} {self.flow(2)}{comment}"]
        if kind == "nothing":
            return [f"{indent}{head}{comment}"]
        if kind == "text":
            mark = self.one("|", ">", "|-", "|+")
            return [f"{indent}{head} {mark}", f"{indent}  some", f"{indent}  # text"]
        below = self.block(depth - 1, indent + self.one("  ", "    "))
        if is_array and self.one(True, False):
            first = below[0].lstrip()
            if not first.startswith("#"):
                width = len(below[0]) - len(first)
                return [f"{indent}-{' ' * (width - len(indent) - 1)}{first}", *below[1:]]
        return [f"{indent}{head}{comment}", *below]


@st.composite
def _texts(draw: st.DrawFn) -> str:
    writer = _Writer(draw)
    form = writer.one("block", "block", "block", "flow", "json")
    if form == "json":
        value = draw(st.dictionaries(KEYS, st.recursive(SCALARS, _nested, max_leaves=6)))
        indent, separators = draw(st.sampled_from(((None, None), (2, None), (None, (",", ":")))))
        text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False)
    else:
        text = "\n".join(writer.block(3, "")) if form == "block" else writer.flow(3)
    text += writer.one("\n", "\n", "", "\n# end\n", "\n\n")
    return text.replace("\n", writer.one("\n", "\n", "\r\n")) if form != "json" else text


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3))


TEXTS = _texts()
VALUES = st.recursive(SCALARS, _nested, max_leaves=5)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of all values in one."""
    yield path
    entries: Any = value.items() if isinstance(value, dict) else ()
    entries = enumerate(value) if isinstance(value, list) else entries
    for key, below in entries:
        yield from paths(below, (*path, key))


@st.composite
def operation_on(draw: st.DrawFn, value: Any) -> Operation:
    """An operation that may be on a path of the value."""
    path = draw(st.sampled_from([*paths(value)]))
    kind = draw(st.sampled_from((ScalarSet, KeyRenamed, EntryAdded, ItemAdded, EntryRemoved)))
    if kind is ScalarSet:
        return ScalarSet(path, draw(SCALARS))
    if kind is KeyRenamed:
        return KeyRenamed(path, draw(KEYS))
    if kind is EntryAdded:
        before = draw(st.sampled_from(("", "k1", "q", "a")))
        return EntryAdded(path, draw(KEYS), draw(VALUES), before)
    return ItemAdded(path, draw(VALUES)) if kind is ItemAdded else EntryRemoved(path)
