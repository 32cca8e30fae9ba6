"""A Go regular expression becomes one of the same meaning for our engine, or none.

Patterns are hostile input, so they run on an engine whose time is linear in the text
and whose memory is bounded, never on Python's. That engine reads patterns as JavaScript does; what
Go (RE2) reads otherwise is rewritten here: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from jsonschema_rs import RegexOptions

__all__ = ["matcher", "options", "rewritten"]

_LONGEST = 10_000
_BYTES = 2**20
_SPACE = r"\t\n\f\r "
_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f", "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": r"!-\/:-@\[-`{-~", "space": r"\t\n\x0b\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_UNKNOWN = (r"\Q", r"\E", r"\C")
_PIECE = re.compile(r"\\.|\[:\^?[a-z]+:\]|\[\^?\]?|\]|[^\\\[\]]+|.", re.DOTALL)


@lru_cache(maxsize=4096)
def rewritten(pattern: str) -> str | None:
    """The pattern for our engine, None where it has no counterpart there."""
    if len(pattern) > _LONGEST:
        return None
    inside, text = False, ""
    for piece in _PIECE.findall(pattern):
        part = _inside(piece) if inside else _outside(piece)
        if part is None:
            return None
        text += part
        inside = piece != "]" if inside else piece.startswith("[")
    return text if _compiles(text) else None


def _outside(piece: str) -> str | None:
    if piece == "[]":
        return r"[\]"  # a bracket that comes first is itself
    if piece == "[^]":
        return r"[^\]"
    known = {r"\s": f"[{_SPACE}]", r"\S": f"[^{_SPACE}]"}
    return None if piece in _UNKNOWN or piece.startswith("[:") else known.get(piece, piece)


def _inside(piece: str) -> str | None:
    """A piece of a class of characters."""
    if piece.startswith("[:"):
        return _POSIX.get(piece.strip("[:]"))
    if piece in _UNKNOWN or piece == r"\S":
        return None
    return _SPACE if piece == r"\s" else piece.replace("[", r"\[")


def options() -> RegexOptions:
    """The settings of the engine for every pattern of a CRD."""
    from vmsnap_lint.schema.lean_jsonschema import jsonschema_rs  # few runs have patterns

    limits: RegexOptions = jsonschema_rs.RegexOptions(size_limit=_BYTES, dfa_size_limit=_BYTES)
    return limits


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a text matches a pattern that was rewritten."""
    from vmsnap_lint.schema.lean_jsonschema import jsonschema_rs  # as above

    is_valid = jsonschema_rs.Draft202012Validator(
        {"pattern": pattern}, pattern_options=options()
    ).is_valid
    return lambda text: bool(is_valid(text))


def _compiles(pattern: str) -> bool:
    from vmsnap_lint.schema.lean_jsonschema import jsonschema_rs  # as above

    try:
        matcher(pattern)
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
