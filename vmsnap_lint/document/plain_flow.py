"""A key, a scalar or a flow collection within a line becomes its value, for the plain reader."""

from __future__ import annotations

import re
from sys import intern

from vmsnap_lint.core.light_typing import Any
from vmsnap_lint.document.scalars import NUMERIC, WORDS, json_value, key_text, looks_odd, plain

__all__ = ["DEEPEST", "KEY", "REFUSED", "flow_of", "key_of", "scalar_of"]

DEEPEST = 9  # flow collections in each other
REFUSED: Any = object()
"""Stands for a value that is left to the parser."""

_LONGEST_KEY = 1000  # a parser accepts 1,024 characters
_NAME = r"[A-Za-z0-9_./][A-Za-z0-9_./-]*"
_ITEM = rf"(?:{_NAME}|\"[^\"\\\t]*\"|'[^'\t]*')"
KEY = rf"{_NAME}|\"[^\"\\\t\n]*\"|'[^'\t\n]*'"
_TOKEN = re.compile(rf" *(?:([\[\]{{}},])|({KEY}): +|({_ITEM}))")  # of a flow collection


class _FlowError(Exception):
    """What is between brackets is declined: no fault of anyone."""


def key_of(name: str) -> tuple[str | None, bool]:
    """What a key that is written so is in JSON (None: refused), and whether it is odd."""
    if len(name) > _LONGEST_KEY:
        return None, False
    if name[0] in "\"'":
        return intern(name[1:-1]), False
    if name[0] not in NUMERIC and name not in WORDS:  # as below
        return intern(name), False
    value = plain(name)
    text = key_text(value)
    return None if text is None else intern(text), looks_odd(name, value)


def scalar_of(text: str) -> tuple[Any, bool]:
    """The value of an unquoted scalar, and whether it is odd."""
    if text[0] not in NUMERIC and text not in WORDS:  # as most: all that follows would do the same
        return intern(text), False
    value = plain(text)
    if type(value) is str:
        value = intern(value)
    elif type(value) is float and value - value != 0:
        return REFUSED, False
    return json_value(value), looks_odd(text, value)


def flow_of(text: str) -> tuple[Any, bool]:
    """The value of a flow collection, and whether it is odd."""
    try:
        value, odd, end = _collection(text, 0, 1)
    except _FlowError:
        return REFUSED, False
    return (value, odd) if end == len(text) else (REFUSED, False)


def _collection(  # noqa: C901 - a loop over tokens
    text: str, start: int, depth: int
) -> tuple[Any, bool, int]:
    """What begins with the bracket at `start`: its value, whether it is odd, and its end."""
    is_map = text[start] == "{"
    top: Any = {} if is_map else []
    position, odd, is_first = start + 1, False, True
    closing = "}" if is_map else "]"
    while depth <= DEEPEST:
        mark, name, item, position = _token(text, position)
        if mark == closing and is_first:
            return top, odd, position
        own, is_odd = key_of(name) if name is not None else (None, False)
        if (own is not None) is not is_map or (is_map and own in top):
            break
        odd, is_first = odd or is_odd, False
        if is_map:
            mark, name, item, position = _token(text, position)
        if item is not None:
            value, is_odd = _item(item)
        elif mark in ("[", "{"):
            value, is_odd, position = _collection(text, position - 1, depth + 1)
        else:
            break
        if value is REFUSED:
            break
        odd = odd or is_odd
        if is_map:
            top[own] = value
        else:
            top.append(value)
        mark, _, _, position = _token(text, position)
        if mark == closing:
            return top, odd, position
        if mark != ",":
            break
    raise _FlowError


def _token(text: str, position: int) -> tuple[str | None, str | None, str | None, int]:
    """The next bracket or comma, the next key, or the next scalar, and what is behind it."""
    match = _TOKEN.match(text, position)
    if match is None:
        raise _FlowError
    return match[1], match[2], match[3], match.end()


def _item(item: str) -> tuple[Any, bool]:
    return (intern(item[1:-1]), False) if item[0] in "\"'" else scalar_of(item)
