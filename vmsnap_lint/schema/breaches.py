"""A value and a bundled schema become each word of the schema that the value breaks, and where.

These are the words that our own schemas use (tests/schema/test_breaches.py); to load a library that
knows all of them takes longer than most runs.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.schema.bundled import Json, Schema

    Parts = dict[str, Schema]
    Broken = Callable[[Json, Json], bool]

__all__ = ["WORDS", "Breach", "breaches"]


class Breach(NamedTuple):
    """`value` at `path` breaks a word of `schema`, which has that limit."""

    word: str
    path: Path
    value: Json
    limit: Json
    schema: Schema


def breaches(value: Json, schema: Schema) -> Iterator[Breach]:
    """The words that a value breaks, in the order of the schema."""
    return _breaches(value, schema, (), schema.get("$defs", {}))


def _breaches(value: Json, node: Schema, path: Path, parts: Parts) -> Iterator[Breach]:
    for word, limit in node.items():
        is_broken = _SINGLE.get(word)
        if is_broken is not None:
            if is_broken(value, limit):
                yield Breach(word, path, value, limit, node)
        elif word in _NESTED:
            yield from _NESTED[word](value, node, path, parts)


def _fits(value: Json, node: Schema, parts: Parts) -> bool:
    return next(_breaches(value, node, (), parts), None) is None


def _of_part(value: Json, node: Schema, path: Path, parts: Parts) -> Iterator[Breach]:
    return _breaches(value, parts[node["$ref"].removeprefix("#/$defs/")], path, parts)


def _of_properties(value: Json, node: Schema, path: Path, parts: Parts) -> Iterator[Breach]:
    for name, below in node["properties"].items() if isinstance(value, dict) else ():
        if name in value:
            yield from _breaches(value[name], below, (*path, name), parts)


def _of_others(value: Json, node: Schema, path: Path, parts: Parts) -> Iterator[Breach]:
    limit, known = node["additionalProperties"], node.get("properties", ())
    others = [name for name in value if name not in known] if isinstance(value, dict) else []
    if isinstance(limit, dict):
        for name in others:
            yield from _breaches(value[name], limit, (*path, name), parts)
    elif others and not limit:
        yield Breach("additionalProperties", path, value, limit, node)


def _of_items(value: Json, node: Schema, path: Path, parts: Parts) -> Iterator[Breach]:
    for index, item in enumerate(value if isinstance(value, list) else ()):
        yield from _breaches(item, node["items"], (*path, index), parts)


def _of_required(value: Json, node: Schema, path: Path, _: Parts) -> Iterator[Breach]:
    for name in node["required"] if isinstance(value, dict) else ():
        if name not in value:
            yield Breach("required", path, value, node["required"], node)


def _of_not(value: Json, node: Schema, path: Path, parts: Parts) -> Iterator[Breach]:
    if _fits(value, node["not"], parts):
        yield Breach("not", path, value, node["not"], node)


def _of_if(value: Json, node: Schema, path: Path, parts: Parts) -> Iterator[Breach]:
    return (
        _breaches(value, node["then"], path, parts) if _fits(value, node["if"], parts) else iter(())
    )


def _has_other_type(value: Json, limit: Json) -> bool:
    types = _TYPES[type(value)]
    if isinstance(value, float) and value.is_integer():
        types = ("integer", *types)
    return limit not in types if isinstance(limit, str) else set(types).isdisjoint(limit)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_TYPES: dict[type, tuple[str, ...]] = {
    bool: ("boolean",),
    dict: ("object",),
    float: ("number",),
    int: ("integer", "number"),
    list: ("array",),
    str: ("string",),
    type(None): ("null",),
}
_SINGLE: dict[str, Broken] = {
    "const": lambda value, limit: value != limit,
    "enum": lambda value, limit: value not in limit,
    "maxItems": lambda value, limit: isinstance(value, list) and len(value) > limit,
    "maxProperties": lambda value, limit: isinstance(value, dict) and len(value) > limit,
    "maximum": lambda value, limit: _is_number(value) and value > limit,
    "minItems": lambda value, limit: isinstance(value, list) and len(value) < limit,
    "minLength": lambda value, limit: isinstance(value, str) and len(value) < limit,
    "minProperties": lambda value, limit: isinstance(value, dict) and len(value) < limit,
    "minimum": lambda value, limit: _is_number(value) and value < limit,
    "pattern": lambda value, limit: isinstance(value, str) and not re.search(limit, value),
    "type": _has_other_type,
}
_NESTED: dict[str, Callable[[Json, Schema, Path, Parts], Iterator[Breach]]] = {
    "$ref": _of_part,
    "additionalProperties": _of_others,
    "if": _of_if,
    "items": _of_items,
    "not": _of_not,
    "properties": _of_properties,
    "required": _of_required,
}
WORDS = frozenset((*_SINGLE, *_NESTED, "then"))
"""What a schema may use here, beside notes."""
