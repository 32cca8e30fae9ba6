"""A line of YAML in brackets that are not closed yet becomes the path to where somebody types."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Path

__all__ = ["Bracketed", "bracketed"]

_WORD_END = re.compile(r"[\s,{}\[\]\"']|\Z")
_MEMBER = re.compile(r"([\w./-]+)\s*:\s+[\"']?([^\s,{}\[\]\"']*)")
_BLANKS = " \t"


class Bracketed(NamedTuple):
    """What is typed within brackets: the word from `start` to `end`, at `path` from the outside.

    In an array it may be a key, as of an object without braces, and a value.
    """

    path: Path
    start: int
    end: int
    is_key: bool
    is_value: bool
    beside: dict[str, str]


class _Bracket:
    """An open bracket: where its text begins, and the key or index that is being written."""

    def __init__(self, start: int, *, is_object: bool) -> None:
        self.start = start
        self.is_object = is_object
        self.key: str | None = None
        self.index = 0

    def next(self) -> None:
        """Begin the next entry."""
        self.key = None
        self.index += 1


def bracketed(text: str, start: int, at: int) -> Bracketed | None:
    """What is typed at a character, where brackets begin at `start`; None outside of them."""
    brackets: list[_Bracket] = []
    word = index = start
    while index < at:
        character = text[index]
        if character in "\"'":
            end = text.find(character, index + 1, at)
            if end < 0:
                return _told(brackets, text, index + 1, at, quote=character)
            index = end
        elif character in "{[":
            brackets.append(_Bracket(index + 1, is_object=character == "{"))
            word = index + 1
        elif character in "}]":
            if not brackets:
                return None
            brackets.pop()
            word = index + 1
        elif character == "," and brackets:
            brackets[-1].next()
            word = index + 1
        elif character == ":" and brackets and text[index + 1 : index + 2] in (*_BLANKS, ""):
            brackets[-1].key = text[word:index].strip().strip("\"'")
            word = index + 1
        index += 1
    return _told(brackets, text, word, at)


def _told(
    brackets: list[_Bracket], text: str, word: int, at: int, quote: str = ""
) -> Bracketed | None:
    if not brackets:
        return None
    *outer, last = brackets
    if last.key is not None and word == at and not quote:
        return None  # a value needs a blank before it
    while not quote and word < at and text[word] in _BLANKS:
        word += 1
    path: Path = tuple((each.key or "") if each.is_object else each.index for each in outer)
    is_key = last.is_object and last.key is None
    if not is_key:
        path = (*path, (last.key or "") if last.is_object else last.index)
    end = text.find(quote, at) if quote else -1
    if end < 0:
        found = _WORD_END.search(text, at)
        end = found.start() if found else at
    beside = _beside(text, last.start, word, end)
    beside.pop(last.key or "", None)
    return Bracketed(path, word, end, is_key, not is_key, beside)


def _beside(text: str, start: int, word: int, end: int) -> dict[str, str]:
    """The other members of the same object, as far as they are scalars."""
    closing = text.find("}", end)
    rest = text[end : closing if closing >= 0 else len(text)]
    return dict(_MEMBER.findall(f"{text[start:word]} {rest}"))
