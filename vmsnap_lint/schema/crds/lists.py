"""Entries of a list that the CRD calls a set or a map become problems where they repeat.

x-kubernetes-list-type: https://kubernetes.io/docs/reference/using-api/server-side-apply/
#merge-strategy. JSON Schema has no word for lists whose entries differ in some keys.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.schema.validate import SchemaFault, SchemaProblem
from vmsnap_lint.schema.words import dotted, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.schema.bundled import Json, Schema
    from vmsnap_lint.schema.validate import Key

__all__ = ["marked", "repeated"]


def marked(source: Schema) -> Schema | None:
    """The parts of a schema in which there is a set or a map; None where there is none."""
    fields = {name: marked(part) for name, part in source.get("properties", {}).items()}
    kept: Schema = {"properties": {name: part for name, part in fields.items() if part}}
    for word in ("items", "additionalProperties"):
        part = marked(source[word]) if isinstance(source.get(word), dict) else None
        if part:
            kept[word] = part
    if source.get("x-kubernetes-list-type") == "set":
        kept["keys"] = ()
    elif source.get("x-kubernetes-list-type") == "map":
        kept["keys"] = tuple(source["x-kubernetes-list-map-keys"])
        fields = source["items"].get("properties", {})
        kept["defaults"] = {
            key: fields[key]["default"] for key in kept["keys"] if "default" in fields.get(key, {})
        }
    return kept if len(kept) > 1 or kept["properties"] else None


def repeated(value: Json, part: Schema, path: tuple[Key, ...] = ()) -> Iterator[SchemaProblem]:
    """The entries that an earlier one of their list forbids; `part` comes from `marked`."""
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


def _duplicates(value: list[Json], part: Schema, path: tuple[Key, ...]) -> Iterator[SchemaProblem]:
    seen: dict[str, int] = {}
    for index, item in enumerate(value):
        identity = _identity(item, part)
        if identity is None:
            continue
        first = seen.setdefault(json.dumps(identity, sort_keys=True), index)
        if first != index:
            where = (*path, index)
            told = ", ".join(f"{key} {_short(identity[key])}" for key in part["keys"])
            what = f"has the {told}" if told else f"is {_short(item)}"
            message = f"{dotted(where)} {what}, as has {dotted((*path, first))}"
            if not told:
                message = f"{dotted(where)} {what}, and so is {dotted((*path, first))}"
            yield SchemaProblem(
                SchemaFault.WRONG_VALUE, where, False, message, "entries that differ"
            )


def _identity(item: Json, part: Schema) -> Json | None:
    """What no other entry may have; None for what is wrong already or not rendered yet."""
    if not part["keys"]:
        return None if _pending(item) else [item]
    if not isinstance(item, dict):
        return None
    named = {key: item.get(key, part["defaults"].get(key)) for key in part["keys"]}
    known = all(value is not None and not _pending(value) for value in named.values())
    return named if known else None


def _pending(value: Json) -> bool:
    return isinstance(value, str) and holds_placeholder(value)


def _short(value: Json) -> str:
    return quoted_value(value if isinstance(value, str) else json.dumps(value))
