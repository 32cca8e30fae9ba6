"""Possessive groups in patterns, for every Python that we run on.

Python 3.11.0 to 3.11.4 match a possessive group that may backtrack wrongly
(https://github.com/python/cpython/issues/106052). An atomic group is right everywhere, but costs
memory at each turn.
"""

from __future__ import annotations

import re
import sys

__all__ = ["atomic", "possessive"]

_IS_RIGHT = sys.version_info >= (3, 11, 5)
_QUANTIFIER = r"([*+?]|\{[0-9]*,?[0-9]*\})\+"  # compiled where it is needed


def possessive(pattern: str) -> str:
    """The pattern with its possessive groups as this Python matches them right."""
    return pattern if _IS_RIGHT else atomic(pattern)


def atomic(pattern: str) -> str:
    """The pattern with `(?>(...)*)` for each group `(...)*+`."""
    opened: list[int] = []
    parts: list[str] = []  # one a character or pair, so that an index stays what it is
    position, in_set = 0, -1
    while position < len(pattern):
        text = pattern[position : position + (2 if pattern[position] == "\\" else 1)]
        parts.append(text)
        position += len(text)
        if in_set >= 0:  # in brackets, of which a "]" at the start is one of the characters
            in_set = -1 if text == "]" and len(parts) - 1 > in_set else in_set
        elif text == "[":
            in_set = len(parts) + pattern.startswith("^", position)
        elif text == "(":
            opened.append(len(parts) - 1)
        elif text == ")":
            start, found = opened.pop(), re.compile(_QUANTIFIER).match(pattern, position)
            if found is not None:
                parts[start] = f"(?>{parts[start]}"
                parts.append(f"{found[1]})")
                position = found.end()
    return "".join(parts)
