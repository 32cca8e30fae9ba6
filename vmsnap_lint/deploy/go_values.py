"""Values of Go templates: whether one is empty, how it is printed, the form of a name."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import Any
from vmsnap_lint.core.values import LONGEST_NAME
from vmsnap_lint.deploy.yaml_value import json_text
from vmsnap_lint.document.scalars import plain

__all__ = ["as_yaml", "is_true", "normalized", "printed"]

_PLAIN = re.compile(r"[A-Za-z](?:[\w./ -]*[\w/])?", re.ASCII)


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


def as_yaml(value: Any) -> str:
    """The value as YAML: objects and arrays in blocks, as toYaml of Argo CD writes them."""
    return "\n".join(_block(value))


def _block(value: Any) -> list[str]:
    """The lines of a value."""
    if isinstance(value, dict) and value:
        return [line for key in sorted(value) for line in _entry(f"{_scalar(key)}:", value[key])]
    if isinstance(value, list) and value:
        return [line for entry in value for line in _item(_block(entry))]
    return [_scalar(value)]


def _entry(key: str, value: Any) -> list[str]:
    lines = _block(value)
    if not value or not isinstance(value, (dict, list)):
        return [f"{key} {lines[0]}"]
    indent = "  " if isinstance(value, dict) else ""
    return [key, *(indent + line for line in lines)]


def _item(lines: list[str]) -> list[str]:
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and isinstance(plain(value), str):
        return value
    return json_text(value)
