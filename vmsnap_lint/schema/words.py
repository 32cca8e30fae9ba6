"""Paths, values and types become the words that messages use for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.schema.validate import Key

__all__ = ["dotted", "found", "listed", "quoted_value", "remedy", "types"]

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "text",
}
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_TRUTH = {
    "true": "true", "yes": "true", "on": "true", "y": "true",
    "false": "false", "no": "false", "off": "false", "n": "false",
}  # fmt: skip
_LONGEST = 40


def dotted(path: Sequence[Key]) -> str:
    """A path as kubectl writes it: `spec.volumes[0].name`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        elif _PLAIN.fullmatch(key):
            text += f".{key}"
        else:
            text += f"[{quoted_value(key)}]"
    return text.removeprefix(".") or "the object"


def found(value: object) -> str:
    """What stands there, named with its type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {_shortened(repr(value))}"
    if isinstance(value, str):
        return quoted_value(value)
    return "a list" if isinstance(value, list) else "a mapping"


def quoted_value(text: str) -> str:
    """The text in double quotes, cut when it is long, on one line."""
    return '"' + _shortened(text).encode("unicode_escape").decode("ascii") + '"'


def listed(words: Sequence[str], last: str = "or") -> str:
    """The words as a choice, at most five of them."""
    shown = [*words[:5], "others"] if len(words) > 5 else list(words)
    if len(shown) < 2:
        return "".join(shown) or "nothing"
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def types(names: str | list[str]) -> str:
    """The types that a schema allows, in words."""
    return listed([_TYPES[name] for name in ([names] if isinstance(names, str) else names)])


def remedy(value: object, wanted: str | list[str], special: bool) -> tuple[str, str | None]:
    """What to do about a value of the wrong type, and the text to write instead.

    `special` says that more than any text is wanted, so that quotes alone would not help.
    """
    if wanted == "string" and isinstance(value, bool):
        return "; YAML 1.1 reads plain yes, no, on and off as booleans too, so quote it", None
    if wanted == "string" and isinstance(value, int | float) and not special:
        return "; quote it", None
    if wanted == "boolean" and isinstance(value, str) and value.lower() in _TRUTH:
        return "; write it without quotes", _TRUTH[value.lower()]
    if wanted == "integer" and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
        return "; write it without quotes", value
    return "", None


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
