"""The schema of a CRD becomes the reasons why it is not structural.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
#specifying-a-structural-schema
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.schema.words import dotted, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key

    Path = tuple[Key, ...]

__all__ = ["faults"]

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_JUNCTORS = ("allOf", "anyOf", "oneOf")
_FORBIDDEN = frozenset((
    "$ref", "definitions", "dependencies", "deprecated", "discriminator", "id",
    "patternProperties", "readOnly", "writeOnly", "xml",
))  # fmt: skip
_ONLY_OUTSIDE = frozenset((
    "additionalProperties", "default", "description", "nullable", "type",
    "x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-map-type",
    "x-kubernetes-preserve-unknown-fields",
))  # fmt: skip
_ANY_OF = [{"type": "integer"}, {"type": "string"}]
_SIZES = ("maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties")
_MOST = 2**53
_LISTS_OF: dict[str, tuple[type, str]] = {
    **dict.fromkeys(_JUNCTORS, (dict, "an object")),
    "required": (str, "a string"),
}
_WORDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(_SIZES, int),
    **dict.fromkeys(("maximum", "minimum", "multipleOf"), (int, float)),
    **dict.fromkeys((*_JUNCTORS, "enum", "required", "x-kubernetes-validations"), list),
    **dict.fromkeys(("format", "pattern"), str),
    "not": dict,
    "properties": dict,
}


def faults(schema: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Each fault with its path below the schema."""
    if not isinstance(schema, dict):
        yield path, "the schema must be an object"
        return
    if schema.get("type") != "object":
        yield (*path, "type") if "type" in schema else path, 'the type of the root must be "object"'
    yield from _node(schema, path)


def _node(schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    malformed = list(_malformed(schema, path))
    yield from malformed
    if malformed:
        return
    yield from _type(schema, path)
    yield from _together(schema, path)
    for where, part in _parts(schema):
        if not _says_int_or_string(schema, where[0], part):
            yield from _value_part(part, schema, (*path, *where))
    for where, below in _below(schema):
        if isinstance(below, dict):
            yield from _node(below, (*path, *where))
        else:
            yield (*path, *where), f"{dotted(where)} must be an object"


def _malformed(schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    """Words with a meaningless value, after which nothing else can be checked."""
    for word, value in schema.items():
        expected = _WORDS.get(word)
        if expected and (not isinstance(value, expected) or isinstance(value, bool)):
            yield (*path, word), f"{word} has a value of the wrong type"
        elif word in _SIZES and not 0 <= value < _MOST:
            yield (*path, word), f"{word} must be an integer from 0 to 2^53"
        elif word == "multipleOf" and not 0 < value < _MOST:
            yield (*path, word), "multipleOf must be above 0"
        elif word in _LISTS_OF:
            kind, name = _LISTS_OF[word]
            for index, part in enumerate(value):
                if not isinstance(part, kind):
                    yield (*path, word, index), f"an item of {word} must be {name}"


def _type(schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    named = schema.get("type")
    free = schema.get("x-kubernetes-int-or-string") or schema.get(
        "x-kubernetes-preserve-unknown-fields"
    )
    if named is None or named == "":
        if not free:
            yield path, "the type is missing"
    elif named not in _TYPES:
        yield (*path, "type"), f"{quoted_value(str(named))} is not a type"


def _together(schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    for word in sorted(_FORBIDDEN & schema.keys()):
        yield (*path, word), f"{word} is forbidden"
    if schema.get("uniqueItems"):
        yield (
            (*path, "uniqueItems"),
            "uniqueItems is forbidden: use x-kubernetes-list-type",
        )
    if schema.get("properties") and schema.get("additionalProperties") is not None:
        yield (
            (*path, "additionalProperties"),
            "additionalProperties is forbidden together with properties",
        )
    elif schema.get("additionalProperties") is False:
        yield (*path, "additionalProperties"), "additionalProperties must not be false"
    if schema.get("type") == "array" and not isinstance(schema.get("items"), dict):
        yield path, "items must be an object"
    if "x-kubernetes-list-type" in schema and schema.get("type") != "array":
        yield (*path, "x-kubernetes-list-type"), "x-kubernetes-list-type is for the type array"
    if schema.get("x-kubernetes-list-type") == "map" and not _keys(schema):
        yield path, "x-kubernetes-list-map-keys is missing"


def _keys(schema: dict[str, Any]) -> bool:
    keys = schema.get("x-kubernetes-list-map-keys")
    return isinstance(keys, list) and bool(keys) and all(isinstance(key, str) for key in keys)


def _value_part(
    part: dict[str, Any], outside: dict[str, Any], path: Path
) -> Iterator[tuple[Path, str]]:
    """A part below a junctor only narrows values: what it names has its type outside."""
    malformed = list(_malformed(part, path))
    yield from malformed
    if malformed:
        return
    for word in sorted((_ONLY_OUTSIDE | _FORBIDDEN) & part.keys()):
        yield (*path, word), f"{word} is forbidden inside of allOf, anyOf, oneOf and not"
    known = outside.get("properties", {})
    for name, inner in part.get("properties", {}).items():
        where = (*path, "properties", name)
        if name not in known or not isinstance(known[name], dict):
            yield where, f"{quoted_value(name)} must also be specified outside of the junctor"
        elif isinstance(inner, dict):
            yield from _value_part(inner, known[name], where)
        else:
            yield where, f"{quoted_value(name)} must be an object"
    for where, inner in _parts(part):
        if not _says_int_or_string(outside, where[0], inner):
            yield from _value_part(inner, outside, (*path, *where))
    if isinstance(part.get("items"), dict) and isinstance(outside.get("items"), dict):
        yield from _value_part(part["items"], outside["items"], (*path, "items"))


def _parts(schema: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The schemas directly below the junctors."""
    for word in _JUNCTORS:
        for index, part in enumerate(schema.get(word, ())):
            yield (word, index), part
    if "not" in schema:
        yield ("not",), schema["not"]


def _says_int_or_string(schema: dict[str, Any], word: Key, part: dict[str, Any]) -> bool:
    """The one form of types below a junctor that is allowed."""
    if not schema.get("x-kubernetes-int-or-string"):
        return False
    if word == "anyOf":
        return schema.get("anyOf") == _ANY_OF or part in _ANY_OF
    return word == "allOf" and part == {"anyOf": _ANY_OF}


def _below(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for name, part in schema.get("properties", {}).items():
        yield ("properties", name), part
    if "items" in schema:
        yield ("items",), schema["items"]
    if not isinstance(schema.get("additionalProperties", True), bool):
        yield ("additionalProperties",), schema["additionalProperties"]
