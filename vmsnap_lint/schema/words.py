"""Paths, values and types, as messages show them."""

from __future__ import annotations

import re

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.core.model import Key

__all__ = ["dotted", "listed", "quoted_value", "remedy", "shown", "types"]

_PLAIN = r"[A-Za-z0-9_-]+"  # compiled by its first use
_TRUTH = {
    "true": "true", "yes": "true", "on": "true", "y": "true",
    "false": "false", "no": "false", "off": "false", "n": "false",
}  # fmt: skip
_LONGEST = 40  # of a value beside the words about it


def dotted(path: Sequence[Key]) -> str:
    """A path as kubectl writes it: `spec.volumes[0].name`."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if re.fullmatch(_PLAIN, key) else f"[{quoted_value(key)}]"
    return text.removeprefix(".") or "the object"


def shown(value: object) -> str:
    """A value with its type; of an object or an array only the type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {cut(repr(value), _LONGEST)}"
    if isinstance(value, str):
        return quoted_value(value)
    return "an array" if isinstance(value, list) else "an object"


def quoted_value(text: str) -> str:
    """The text in double quotes, cut when it is long, on one line."""
    return '"' + cut(text, _LONGEST).encode("unicode_escape").decode("ascii") + '"'


def listed(words: Sequence[str], last: str = "or") -> str:
    """The words as a choice, at most five of them."""
    *first, final = [*words[:5], "others"] if len(words) > 5 else words or ["nothing"]
    return f"{', '.join(first)} {last} {final}" if first else final


def types(names: str | list[str]) -> str:
    """The types that a schema allows, in words."""
    return listed([_type(name) for name in ([names] if isinstance(names, str) else names)])


def _type(name: str) -> str:
    if name == "null":
        return name
    return f"an {name}" if name in {"array", "integer", "object"} else f"a {name}"


def remedy(value: object, types: str | list[str], special: bool) -> tuple[str, str | None]:
    """What to do about a value that has none of the `types`, and the text to write instead.

    `special` says that not every string is allowed, so that quotes are not enough.
    """
    if types == "string" and isinstance(value, bool):
        return "; quote it (unquoted yes, no, on and off are booleans, too)", None
    if types == "string" and isinstance(value, int | float) and not special:
        return "; quote it", None
    if types == "boolean" and isinstance(value, str) and value.lower() in _TRUTH:
        return "; write it without quotes", _TRUTH[value.lower()]
    if types == "integer" and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
        return "; write it without quotes", value
    return "", None
