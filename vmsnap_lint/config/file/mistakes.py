"""A value and a schema become the mistakes of the value, all of them, in our words.

Knows as much of JSON Schema as `schema` writes; an importer of the whole of it costs more time than
a lint. A test holds the two together.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.config.suggestions import kind_mistake, meant, rule_mistake
from vmsnap_lint.core.messages import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.file.config_schema import Schema

__all__ = ["Mistake", "Path", "mistakes"]

Path = tuple[str | int, ...]
_TYPES = {"array": list, "boolean": bool, "object": dict, "string": str}


class Mistake(NamedTuple):
    """What is wrong at a path; with `key`, its key is."""

    path: Path
    message: str
    key: bool = False


def mistakes(value: object, schema: Schema, path: Path = ()) -> Iterator[Mistake]:
    """What the schema has against the value, in the order of the value."""
    wrong = _wrong_itself(value, schema)
    if wrong:
        yield Mistake(path, wrong)
    elif isinstance(value, dict):
        yield from _in_mapping(value, schema, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from mistakes(item, schema["items"], (*path, index))


def _wrong_itself(value: object, schema: Schema) -> str:
    noun = schema.get("title", "")
    if "enum" in schema:
        return "" if isinstance(value, str) and value in schema["enum"] else _no_word(value, schema)
    if not isinstance(value, _TYPES[schema["type"]]):
        return _expected(noun, value)
    if isinstance(value, str) and not re.search(schema["pattern"], value):
        return _expected(noun, value)
    if schema.get("format") == "date" and not _is_day(str(value)):
        return _expected(noun, value)
    if isinstance(value, (list, dict)) and not value and _least(schema):
        return f"is empty: {noun} is expected"
    return ""


def _least(schema: Schema) -> int:
    least: int = schema.get("minItems", 0) or schema.get("minProperties", 0)
    return least


def _in_mapping(value: dict[str, Any], schema: Schema, path: Path) -> Iterator[Mistake]:
    known = schema.get("properties", {})
    names, rest = schema.get("propertyNames"), schema["additionalProperties"]
    for key, below in value.items():
        if key in known:
            yield from mistakes(below, known[key], (*path, key))
        elif names and (wrong := _wrong_itself(key, names)):
            yield Mistake((*path, key), wrong, key=True)
        elif rest:
            yield from mistakes(below, rest, (*path, key))
        else:
            hint = meant(key, known) or f"known are {', '.join(sorted(known))}"
            yield Mistake((*path, key), f'no setting "{key}": {hint}', key=True)
    for needed in schema.get("allOf", ()):
        keys = [one["required"][0] for one in needed["anyOf"]]
        if value.keys().isdisjoint(keys):
            yield Mistake(path, f'"{keys[0]}" or "{keys[1]}" is missing')


def _no_word(value: object, schema: Schema) -> str:
    if not isinstance(value, str):
        return _expected(schema["title"], value)
    if schema["title"] == "a rule":
        return rule_mistake(value)
    if schema["title"] == "a kind":
        return kind_mistake(value)
    hint = meant(value, schema["enum"])
    return f"{_expected(schema['title'], value)}{hint and f': {hint}'}"


def _expected(noun: str, value: object) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and "release" in noun:
        return f'{noun} is expected, and {value} is a number: write it in quotes, such as "1.6"'
    return f"{noun} is expected, not {_described(value)}"


def _described(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted([value if len(value) <= 60 else f"{value[:57]}..."])
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a mapping"
    return str(value)[:60]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
