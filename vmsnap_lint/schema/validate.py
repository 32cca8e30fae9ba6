"""Whether an object fits the schema of its kind, by one check, and how it may not.

The API server drops nulls before validation, so they count as absent: https://kubernetes.io/docs/
tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.schema.bundled import schema_for
from vmsnap_lint.schema.certain import surely_fits

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Path, Safety
    from vmsnap_lint.core.values import Release
    from vmsnap_lint.schema.bundled import Json, Schema

__all__ = [
    "MOST_PROBLEMS",
    "SchemaFault",
    "SchemaProblem",
    "compiled",
    "is_valid",
    "referenced",
    "unfit",
    "without_nulls",
]


MOST_PROBLEMS = 1_000
"""Of one object: aliases of YAML make any number of some kilobytes."""

_FEW = 30  # objects of a kind, for which it would take longer to compile the schema


class SchemaFault(IntEnum):
    """The ways in which an object breaks its schema, in the order of reporting them at one path."""

    TOO_NEW_FIELD = 1
    """The target release does not have the field yet."""
    WRONG_TYPE = 2
    """The value has another type than its field."""
    UNKNOWN_FIELD = 3
    """No release has the field."""
    MISSING_FIELD = 4
    """A field that is required is missing."""
    WRONG_VALUE = 5
    """The value has the right type and is not allowed."""


class SchemaProblem(NamedTuple):
    """A fault in the shape of an object.

    `path` always exists in the object; `key` asks to point at the key rather than at its value.
    `suggestion` is the text to write instead, where one can be guessed. `safety` is that of writing
    it; where there is none, of quoting the value, or removing the key.
    """

    fault: SchemaFault
    path: Path
    key: bool
    message: str
    expected: str
    suggestion: str | None = None
    safety: Safety | None = None


def is_valid(
    value: Schema, kind: Kind, release: Release | None = None, status: bool = False
) -> bool:
    """Whether `value` fits the schema of `kind`; without a schema everything does."""
    return unfit(value, kind, release, status) is None


def unfit(
    value: Schema, kind: Kind, release: Release | None = None, status: bool = False
) -> Schema | None:
    """None for a value that fits the schema of `kind`, else the value without nulls."""
    fits = _judge(kind, release, status)
    if fits is None or fits(value):
        return None
    bare: Schema = without_nulls(value, schema_for(kind, release, status) or {})
    return None if fits(bare) else bare


def compiled(schema: Schema, **options: Any) -> Callable[[Json], bool]:
    """A fast yes or no for `schema`, which must hold no reference to anything outside itself.

    The options are those of the engine.
    """
    from vmsnap_lint.schema.lean_jsonschema import jsonschema_rs  # where nothing is ours: unused

    check = jsonschema_rs.Draft202012Validator(schema, retriever=_no_retrieval, **options).is_valid

    def fits(value: Json) -> bool:
        try:
            return bool(check(value))
        except ValueError:  # not JSON: no key or value that a decoded manifest can have
            return False

    return fits


@cache
def _judge(kind: Kind, release: Release | None, status: bool) -> Callable[[Json], bool] | None:
    """Whether an object fits; the validator is loaded for what is not certain, or for many."""
    schema = schema_for(kind, release, status)
    if schema is None:
        return None
    parts = schema["$defs"]
    validator = cache(lambda: compiled(schema))
    few = iter(range(_FEW))

    def fits(value: Json) -> bool:
        if next(few, None) is not None and surely_fits(value, schema, parts):
            return True
        return validator()(value)

    return fits


def _no_retrieval(uri: str) -> None:
    message = f"{uri} lies outside the schema"
    raise ValueError(message)


def without_nulls(value: Json, schema: Schema) -> Json:
    """A copy of `value` without the null fields that `schema` knows; nulls in arrays stay.

    Levels that the schema does not describe are left empty: a copy is never deeper than it.
    """
    return _without_nulls(value, schema, schema.get("$defs", {}))


def referenced(schema: Json, parts: dict[str, Schema]) -> list[Schema]:
    """The nodes that together describe a value: the schema, and those it refers to."""
    nodes = []
    while isinstance(schema, dict):
        nodes.append(schema)
        schema = parts.get(schema.get("$ref", "").rpartition("/")[2])
    return nodes


def _field(nodes: list[Schema], name: str) -> Json:
    """The schema of a field of the object that the nodes describe, True where none knows it."""
    for node in reversed(nodes):  # the part that is referred to has most fields
        if name in node.get("properties", ()):
            return node["properties"][name]
    others = (node["additionalProperties"] for node in nodes if "additionalProperties" in node)
    return next(others, True)


def _without_nulls(value: Json, schema: Json, parts: dict[str, Schema]) -> Json:
    nodes = referenced(schema, parts)
    if isinstance(value, dict):
        if not any("properties" in node or "additionalProperties" in node for node in nodes):
            return {}
        inner = {name: _field(nodes, name) for name in value}
        return {
            name: _without_nulls(item, inner[name], parts)
            for name, item in value.items()
            if item is not None or _may_be_null(inner[name])
        }
    if isinstance(value, list):
        items = next((node["items"] for node in nodes if "items" in node), None)
        return [] if items is None else [_without_nulls(item, items, parts) for item in value]
    return value


def _may_be_null(schema: Json) -> bool:
    """Whether a null is validated: the field is rejected altogether, or may be null."""
    if not isinstance(schema, dict):
        return schema is False
    named = schema.get("type", ())
    return "not" in schema or (isinstance(named, list) and "null" in named)
