"""The field of a schema at a path, and its fields, values and words."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.report.writers.markdown_text import code, prose
from vmsnap_lint.schema.bundled import schema_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema.bundled import Schema

__all__ = ["SchemaField", "field_at", "field_below", "told"]

_LONGEST = 600  # characters of a description
_DEEPEST = 8  # references to other parts in one step


class SchemaField(NamedTuple):
    """A field: its name, its part of the schema, and whether its object must have it.

    `parts` are what references in the schema lead to.
    """

    name: str
    schema: Schema
    parts: dict[str, Any]
    is_required: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """The types that its values may have."""
        named = self.schema.get("type", ())
        return (named,) if isinstance(named, str) else tuple(named)

    @property
    def values(self) -> list[str]:
        """The values that it may have, as they are written; [] where there are too many."""
        enum = self.schema.get("enum")
        if isinstance(enum, list):
            return [value for value in enum if isinstance(value, str)]
        return ["true", "false"] if self.types[:1] == ("boolean",) else []

    def fields(self) -> Iterator[SchemaField]:
        """The fields of an object."""
        required = self.schema.get("required", ())
        for name, schema in self.schema.get("properties", {}).items():
            known = _followed(schema, self.parts)
            if known is not None and known.get("not") != {}:
                yield SchemaField(name, known, self.parts, name in required)

    def step(self, step: str | int) -> SchemaField | None:
        """The field (or item) below, None where the schema says nothing of it."""
        if isinstance(step, int):
            schema: Any = self.schema.get("items")
        else:
            properties, others = self.schema.get("properties", {}), "additionalProperties"
            schema = properties.get(step, self.schema.get(others))
        known = _followed(schema, self.parts)
        if known is None:
            return None
        return SchemaField(str(step), known, self.parts, step in self.schema.get("required", ()))


def field_at(cluster: Cluster, manifest: Manifest, path: Path) -> SchemaField | None:
    """The field of an object, as its CRD has it or else the bundled schema."""
    return field_below(cluster, manifest.group_kind, manifest.version, path)


def field_below(
    cluster: Cluster | None, kind: Kind, version: str, path: Path
) -> SchemaField | None:
    """The field of a kind in a version of it."""
    own = cluster.crds.of_version(kind, version) if cluster is not None else None
    if own is not None and path[:1] != ("metadata",):
        return _below(SchemaField("", own.source, {}), path)
    schema = schema_for(kind, cluster.release if cluster is not None else None, status=True)
    return None if schema is None else _below(SchemaField("", schema, schema["$defs"]), path)


def told(field: SchemaField) -> str:
    """The field in words, as Markdown."""
    schema = field.schema
    types = " or ".join(name for name in field.types if name != "null")
    notes = [types or "any value", "required" if field.is_required else ""]
    lines = [f"{code(field.name)}: {', '.join(filter(None, notes))}"]
    if schema.get("description"):
        lines.append(prose(str(schema["description"])[:_LONGEST]))
    if schema.get("x-expected"):
        lines.append(f"Expected: {prose(schema['x-expected'])}")
    if schema.get("enum"):
        lines.append("One of " + ", ".join(code(str(value)) for value in schema["enum"]))
    if "default" in schema:
        lines.append(f"Default: {code(str(schema['default']))}")
    if schema.get("x-since"):
        lines.append(f"Since KubeVirt {schema['x-since']}")
    return "\n\n".join(lines)


def _below(field: SchemaField, path: Path) -> SchemaField | None:
    known: SchemaField | None = field
    for step in path:
        known = known.step(step) if known is not None else None
    return known


def _followed(schema: Any, parts: dict[str, Any]) -> Schema | None:
    """The schema that a reference leads to, with what stands beside it."""
    for _ in range(_DEEPEST):
        if not isinstance(schema, dict):
            return None
        if "$ref" not in schema:
            return schema
        beside = {word: value for word, value in schema.items() if word != "$ref"}
        part = parts.get(str(schema["$ref"]).rpartition("/")[2])
        schema = _both(part, beside) if isinstance(part, dict) else None
    return None


def _both(part: Schema, beside: Schema) -> Schema:
    """A part with what stands beside the reference to it, field by field."""
    fields, more = part.get("properties", {}), beside.get("properties", {})
    joined = {name: _joined(fields.get(name), schema) for name, schema in more.items()}
    known = {**part, **beside}
    return {**known, "properties": {**fields, **joined}} if more else known


def _joined(schema: Any, more: Any) -> Any:
    return {**schema, **more} if isinstance(schema, dict) and isinstance(more, dict) else more
