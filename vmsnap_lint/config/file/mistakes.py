"""Validates a value with a schema and formats all mistakes as messages.

It supports only the part of JSON Schema that `schema` uses, because importing a complete validator
takes longer than a lint. A test compares the two.
"""

from __future__ import annotations

import json
import re

from vmsnap_lint.config.suggestions import kind_mistake, rule_mistake
from vmsnap_lint.config.suppressions.parse import is_date
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import nearest_hint, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.file.config_schema import Schema

__all__ = ["Mistake", "Path", "mistakes"]

Path = tuple[str | int, ...]
_LONGEST = 60
_TYPES = {"array": list, "boolean": bool, "object": dict, "string": str}
_BY_TITLE = {"a rule": rule_mistake, "a kind": kind_mistake}


class Mistake(NamedTuple):
    """A mistake at a path, or with `key` in its key."""

    path: Path
    message: str
    key: bool = False


def mistakes(value: object, schema: Schema, path: Path = ()) -> Iterator[Mistake]:
    """The violations of the schema, in the order of the value."""
    if wrong := _violation(value, schema):
        yield Mistake(path, wrong)
    elif isinstance(value, dict):
        yield from _in_object(value, schema, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from mistakes(item, schema["items"], (*path, index))


def _violation(value: object, schema: Schema) -> str:
    """What is wrong with the value itself, or ""."""
    noun = schema.get("title", "")
    if "anyOf" in schema:
        is_one = any(not _violation(value, choice) for choice in schema["anyOf"])
        return "" if is_one else _not_a_choice(value, schema)
    if "enum" in schema:
        is_choice = isinstance(value, str) and value in schema["enum"]
        return "" if is_choice else _not_a_choice(value, schema)
    if (
        not isinstance(value, _TYPES[schema["type"]])
        or (isinstance(value, str) and not re.search(schema["pattern"], value))
        or (schema.get("format") == "date" and not is_date(str(value)))
    ):
        return _expected(noun, value)
    least = schema.get("minItems") or schema.get("minProperties")
    return f"is empty, expected {noun}" if least and not value else ""


def _in_object(value: dict[str, Any], schema: Schema, path: Path) -> Iterator[Mistake]:
    known = schema.get("properties", {})
    names, rest = schema.get("propertyNames"), schema["additionalProperties"]
    for key, below in value.items():
        if key in known:
            yield from mistakes(below, known[key], (*path, key))
        elif names and (wrong := _violation(key, names)):
            yield Mistake((*path, key), wrong, key=True)
        elif rest:
            yield from mistakes(below, rest, (*path, key))
        else:
            hint = nearest_hint(key, known) or f" (known are {', '.join(sorted(known))})"
            yield Mistake((*path, key), f'unknown setting "{key}"{hint}', key=True)
    for key in schema.get("required", ()):
        if key not in value:
            yield Mistake(path, f'"{key}" is missing')
    for needed in schema.get("allOf", ()):
        keys = [choice["required"][0] for choice in needed["anyOf"]]
        if value.keys().isdisjoint(keys):
            yield Mistake(path, f'"{keys[0]}" or "{keys[1]}" is missing')


def _not_a_choice(value: object, schema: Schema) -> str:
    if not isinstance(value, str):
        return _expected(schema["title"], value)
    if schema["title"] in _BY_TITLE:
        return _BY_TITLE[schema["title"]](value)
    return _expected(schema["title"], value) + nearest_hint(value, schema["enum"])


def _expected(noun: str, value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "release" in noun:
        return f"expected {noun}, but this is the number {value}: write it in quotes"
    return f"expected {noun}, not {_described(value)}"


def _described(value: object) -> str:
    if isinstance(value, str):
        return quoted([cut(value, _LONGEST)])
    if isinstance(value, (list, dict)):
        return "an array" if isinstance(value, list) else "an object"
    return json.dumps(value)[:_LONGEST]
