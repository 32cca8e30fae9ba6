"""The schema of a CRD becomes the reasons why it is not structural.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
#specifying-a-structural-schema
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.schema.words import dotted, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Key, Path

    # Its path, and what is wrong there. What follows a fault may rely on the absence of it.
    Fault = tuple[Path, str]

__all__ = ["first_fault", "is_int_or_string"]

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
_FREE = ("int-or-string", "preserve-unknown-fields")
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


def first_fault(schema: object, path: Path) -> Fault | None:
    """The first reason why the schema at `path` is not structural, and where it is."""
    if not isinstance(schema, dict):
        return path, "the schema must be an object"
    if schema.get("type") != "object":
        place = (*path, "type") if "type" in schema else path
        return place, 'the type of the root must be "object"'
    return next(_node(schema, path), None)


def is_int_or_string(part: object) -> bool:
    """Whether it only lists the types of an int-or-string, which its own type has already."""
    return part in _ANY_OF or part == {"anyOf": _ANY_OF}


def _node(schema: dict[str, Any], path: Path) -> Iterator[Fault]:
    yield from _malformed(schema, path)
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


def _malformed(schema: dict[str, Any], path: Path) -> Iterator[Fault]:
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


def _type(schema: dict[str, Any], path: Path) -> Iterator[Fault]:
    named = schema.get("type")
    if named in (None, ""):
        if not any(schema.get(f"x-kubernetes-{word}") for word in _FREE):
            yield path, "the type is missing"
    elif named not in _TYPES:
        yield (*path, "type"), f"{quoted_value(str(named))} is not a type"


def _together(schema: dict[str, Any], path: Path) -> Iterator[Fault]:
    yield from _forbidden(schema, _FORBIDDEN, path, "is forbidden")
    if schema.get("uniqueItems"):
        yield (*path, "uniqueItems"), "uniqueItems is forbidden: use x-kubernetes-list-type"
    others = schema.get("additionalProperties")
    if schema.get("properties") and others is not None:
        yield (*path, "additionalProperties"), "additionalProperties is forbidden with properties"
    elif others is False:
        yield (*path, "additionalProperties"), "additionalProperties must not be false"
    is_array = schema.get("type") == "array"
    if is_array and not isinstance(schema.get("items"), dict):
        yield path, "items must be an object"
    if "x-kubernetes-list-type" in schema and not is_array:
        yield (*path, "x-kubernetes-list-type"), "x-kubernetes-list-type is for the type array"
    if schema.get("x-kubernetes-list-type") == "map":
        keys = schema.get("x-kubernetes-list-map-keys")
        if not (isinstance(keys, list) and keys and all(isinstance(key, str) for key in keys)):
            yield path, "x-kubernetes-list-map-keys is missing"


def _forbidden(
    schema: dict[str, Any], words: Iterable[str], path: Path, why: str
) -> Iterator[Fault]:
    return (((*path, word), f"{word} {why}") for word in sorted(schema.keys() & words))


def _value_part(part: dict[str, Any], outside: dict[str, Any], path: Path) -> Iterator[Fault]:
    """A part below a junctor only narrows values: what it names has its type outside."""
    yield from _malformed(part, path)
    why = "is forbidden inside of allOf, anyOf, oneOf and not"
    yield from _forbidden(part, _ONLY_OUTSIDE | _FORBIDDEN, path, why)
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
