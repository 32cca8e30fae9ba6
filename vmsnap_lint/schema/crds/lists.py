"""Entries of an array that the CRD calls a set or a map become problems where they repeat.

x-kubernetes-list-type: https://kubernetes.io/docs/reference/using-api/server-side-apply/
#merge-strategy. JSON Schema has no word for arrays whose entries differ in some keys.
"""

from __future__ import annotations

import json

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.schema.validate import SchemaFault, SchemaProblem
from vmsnap_lint.schema.words import dotted, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.schema.bundled import Json, Schema

__all__ = ["marked", "repeated"]


def marked(source: Schema) -> Schema | None:
    """The parts of a schema in which there is a set or a map; None where there is none."""
    fields = {name: marked(part) for name, part in source.get("properties", {}).items()}
    kept: Schema = {"properties": {name: part for name, part in fields.items() if part}}
    for word in ("items", "additionalProperties"):
        if isinstance(source.get(word), dict) and (part := marked(source[word])):
            kept[word] = part
    if source.get("x-kubernetes-list-type") == "set":
        kept["keys"] = ()
    elif source.get("x-kubernetes-list-type") == "map":
        kept["keys"] = tuple(source["x-kubernetes-list-map-keys"])
        fields = source["items"].get("properties", {})
        kept["defaults"] = {key: fields.get(key, {}).get("default") for key in kept["keys"]}
    return kept if len(kept) > 1 or kept["properties"] else None


def repeated(value: Json, part: Schema, path: Path = ()) -> Iterator[SchemaProblem]:
    """The entries that an earlier one of their array forbids; `part` comes from `marked`."""
    if isinstance(value, dict):
        for name, item in value.items():
            below = part["properties"].get(name) or part.get("additionalProperties")
            if below:
                yield from repeated(item, below, (*path, name))
    elif isinstance(value, list):
        if "keys" in part:
            yield from _duplicates(value, part, path)
        for index, item in enumerate(value if "items" in part else ()):
            yield from repeated(item, part["items"], (*path, index))


def _duplicates(value: list[Json], part: Schema, path: Path) -> Iterator[SchemaProblem]:
    indexes: dict[str, int] = {}
    for index, item in enumerate(value):
        identity = _identity(item, part)
        if identity is None:
            continue
        first = indexes.setdefault(json.dumps(identity, sort_keys=True), index)
        if first != index:
            place, earlier = dotted((*path, index)), dotted((*path, first))
            values = ", ".join(f"{key} {_short(identity[key])}" for key in part["keys"])
            message = f"{place} and {earlier} are both {_short(item)}"
            if values:
                message = f"{place} and {earlier} have the same {values}"
            yield SchemaProblem(
                SchemaFault.WRONG_VALUE, (*path, index), False, message, "entries that differ"
            )


def _identity(item: Json, part: Schema) -> Json | None:
    """What no other entry may have; None for what is wrong already or not rendered yet."""
    if not part["keys"]:
        return None if holds_placeholder(item) else [item]
    if not isinstance(item, dict):
        return None
    named = {key: item.get(key, part["defaults"][key]) for key in part["keys"]}
    known = all(value is not None and not holds_placeholder(value) for value in named.values())
    return named if known else None


def _short(value: Json) -> str:
    return quoted_value(value if isinstance(value, str) else json.dumps(value))
