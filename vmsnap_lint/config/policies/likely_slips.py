"""What is usually meant where an expression is no CEL, or compares what has no order."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["meant_at", "no_function", "order_of_release"]

_WORDS = {"and": "&&", "or": "||", "not": "!", "=": "=="}
_SLIPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"\b(labels|annotations|parameters)\.(\w+[-./][\w./-]*+)(?!\s*\()"),
        lambda found: f'{found[1]}["{found[2]}"]',
    ),
    (re.compile(r"\b([0-9]+)([KMGT]i)\b"), lambda found: f"{found[1]} * {found[2]}"),
    (re.compile(r"\.size\b(?!\s*\()"), lambda _: ".size()"),
    (re.compile(r"\b(?:and|or|not)\b|(?<![=!<>])=(?!=)"), lambda found: _WORDS[found[0]]),
)
_FUNCTIONS = (
    "all", "bool", "charAt", "contains", "double", "duration", "endsWith", "exists", "exists_one",
    "filter", "format", "getHours", "getMinutes", "getSeconds", "has", "hasValue", "indexOf", "int",
    "join", "lastIndexOf", "lowerAscii", "map", "matches", "orValue", "replace", "reverse", "size",
    "split", "startsWith", "string", "substring", "timestamp", "trim", "upperAscii", "value",
)  # fmt: skip
_ORDER = re.compile(r"\bcluster\.release[<>]|[<>]=?cluster\.release\b")


def meant_at(expression: str, at: int | None) -> str:
    """` (write "&&")` for a mistake at this character of an expression, or ""."""
    for pattern, meant in _SLIPS:
        for found in pattern.finditer(expression):
            if at is not None and found.start() <= at <= found.end() + 1:
                written = meant(found)
                quote = "'" if '"' in written else '"'
                return f" (write {quote}{written}{quote})"
    return ""


def no_function(name: str) -> str:
    """What is wrong with a function that does not exist, with the nearest one."""
    return f'no function "{name}"{nearest_hint(name, _FUNCTIONS)}'


def order_of_release(solid: str) -> str:
    """What is wrong with a comparison of releases as texts, "" if there is none.

    The expression has no blanks and no texts.
    """
    if not _ORDER.search(solid):
        return ""
    return 'cluster.release is a string, and "1.10" comes before "1.9": compare cluster.minor'
