"""Whether a value fits a schema for certain, without the validator.

To load the validator and to compile a handful of schemas takes longer than to walk through them
with some dozens of small objects. The validator decides what is not certain here, so that only the
time of a run depends on this.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.schema.bundled import Json, Schema

    Parts = dict[str, Schema]

__all__ = ["surely_fits"]

_NOTES = frozenset({"$comment", "$defs", "$schema", "if", "title"})  # of `if`, see `then`
_EXACT = 1 << 53  # beyond it, integers are not the same for every reader of JSON
_SIZED = (dict, list, str)  # each has words of its own for its size
_TYPES: dict[type, tuple[str, ...]] = {
    bool: ("boolean",),
    dict: ("object",),
    int: ("integer", "number"),
    list: ("array",),
    str: ("string",),
    type(None): ("null",),
}  # without floats, which can be integers


def surely_fits(value: Json, node: Json, parts: Parts) -> bool:
    """Whether `value` fits `node`, a part of a schema with these `$defs`, by words known here."""
    if isinstance(node, bool):
        return node
    for word, limit in node.items():
        fits = _FITS.get(word)
        if fits is None:
            if word not in _NOTES and word[:2] != "x-":
                return False
        elif not fits(value, limit, node, parts):
            return False
    return True


def _has_type(value: Json, limit: Json, *_: object) -> bool:
    if type(value) is int and abs(value) >= _EXACT:
        return False
    types = _TYPES.get(type(value), ())
    return limit in types if isinstance(limit, str) else not set(types).isdisjoint(limit)


def _each_property(value: Json, limit: Json, _: Schema, parts: Parts) -> bool:
    if not isinstance(value, dict):
        return True
    return all(surely_fits(value[name], limit[name], parts) for name in value if name in limit)


def _each_other(value: Json, limit: Json, node: Schema, parts: Parts) -> bool:
    if not isinstance(value, dict):
        return True
    known = node.get("properties", ())
    return all(surely_fits(value[name], limit, parts) for name in value if name not in known)


def _each_item(value: Json, limit: Json, _: Schema, parts: Parts) -> bool:
    return not isinstance(value, list) or all(surely_fits(item, limit, parts) for item in value)


def _has_required(value: Json, limit: Json, *_: object) -> bool:
    return not isinstance(value, dict) or all(name in value for name in limit)


def _is_referred(value: Json, limit: Json, _: Schema, parts: Parts) -> bool:
    part = limit.removeprefix("#/$defs/")
    return part in parts and surely_fits(value, parts[part], parts)


def _is_listed(value: Json, limit: Json, *_: object) -> bool:
    return isinstance(value, str) and value in limit


def _has_form(value: Json, limit: Json, *_: object) -> bool:
    return not isinstance(value, str) or bool(value.isascii() and re.search(limit, value))


def _is_at_least(value: Json, limit: Json, *_: object) -> bool:
    return not isinstance(value, int | float) or value >= limit


def _is_at_most(value: Json, limit: Json, *_: object) -> bool:
    return not isinstance(value, int | float) or value <= limit


def _has_at_least(value: Json, limit: Json, *_: object) -> bool:
    return not isinstance(value, _SIZED) or len(value) >= limit


def _has_at_most(value: Json, limit: Json, *_: object) -> bool:
    return not isinstance(value, _SIZED) or len(value) <= limit


def _follows(value: Json, limit: Json, _: Schema, parts: Parts) -> bool:
    return surely_fits(value, limit, parts)  # where it need not follow, the validator says so


_FITS: dict[str, Callable[[Json, Json, Schema, Parts], bool]] = {
    "$ref": _is_referred,
    "additionalProperties": _each_other,
    "enum": _is_listed,
    "items": _each_item,
    "maxItems": _has_at_most,
    "maxProperties": _has_at_most,
    "maximum": _is_at_most,
    "minItems": _has_at_least,
    "minLength": _has_at_least,
    "minProperties": _has_at_least,
    "minimum": _is_at_least,
    "pattern": _has_form,
    "properties": _each_property,
    "required": _has_required,
    "then": _follows,
    "type": _has_type,
}
