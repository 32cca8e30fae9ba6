"""An object loses the nulls that the API server drops before validation.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
#defaulting-and-nullable: a null in a field that is not nullable is pruned, so it counts as absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.schema.bundled import Json, Schema

__all__ = ["member", "referenced", "without_nulls"]


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


def member(schema: Json, name: str, parts: dict[str, Schema]) -> Json:
    """The schema of the field `name` of an object, False where the schema does not know it."""
    nodes = referenced(schema, parts)
    for node in reversed(nodes):  # the part that is referred to has most fields
        if name in node.get("properties", ()):
            return node["properties"][name]
    others = [node["additionalProperties"] for node in nodes if "additionalProperties" in node]
    return others[0] if others else True


def _without_nulls(value: Json, schema: Json, parts: dict[str, Schema]) -> Json:
    nodes = referenced(schema, parts)
    if isinstance(value, dict):
        if not any("properties" in node or "additionalProperties" in node for node in nodes):
            return {}
        kept = {}
        for name, item in value.items():
            inner = member(schema, name, parts)
            if item is not None or _may_be_null(inner):
                kept[name] = _without_nulls(item, inner, parts)
        return kept
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
