"""Values of Go templates: whether one is empty, how it is printed, the form of a name."""

from __future__ import annotations

import re
from typing import Any

from vmsnap_lint.core.values import LONGEST_NAME

__all__ = ["is_true", "normalized", "printed"]


def is_true(value: Any) -> bool:
    """Whether a value is not empty, as `if` and `default` ask it."""
    return value is not None and value is not False and value not in (0, "", [], {})


def printed(value: Any) -> str:
    """The value as Go's %v writes it."""
    if isinstance(value, str):
        return value
    if value is None:
        return "<no value>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[{}]".format(" ".join(map(printed, value)))
    if isinstance(value, dict):
        entries = (f"{key}:{printed(entry)}" for key, entry in sorted(value.items()))
        return "map[{}]".format(" ".join(entries))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


def normalized(name: str) -> str:
    """The name in the form of an object's name: SanitizeName of template_functions.go."""
    return re.sub(r"[^-a-z0-9.]", "-", name.lower())[:LONGEST_NAME].strip("-.")
