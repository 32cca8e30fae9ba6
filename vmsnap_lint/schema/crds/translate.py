"""The structural schema of a CRD becomes the JSON Schema that our explainer reads.

What the API server prunes, strict decoding rejects: so an object is closed unless the CRD keeps
unknown fields. Below allOf, anyOf, oneOf and not nothing is closed, for there only values
are narrowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import SNAPSHOT
from vmsnap_lint.schema.bundled import schema_for
from vmsnap_lint.schema.crds.formats import EXAMPLES, FORMATS
from vmsnap_lint.schema.crds.patterns import rewritten

if TYPE_CHECKING:
    from vmsnap_lint.schema.bundled import Schema

__all__ = ["Translated", "translated"]

# How controller-gen writes the form of a resource.Quantity.
_QUANTITY = (
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))"
    r"(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$"
)
_SAME = ("enum", "maxItems", "maxLength", "maxProperties", "minItems", "minLength",
         "minProperties", "multipleOf")  # fmt: skip
_TYPE_META: Schema = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}
_OPEN = "x-kubernetes-preserve-unknown-fields"


class Translated(NamedTuple):
    """A schema, and the patterns in it that cannot be read as Go reads them."""

    schema: Schema
    undecided: tuple[str, ...]


def translated(source: Schema, kind: str, drops_status: bool, keeps_all: bool) -> Translated:
    """The JSON Schema of whole objects of a kind.

    A status that is a subresource is dropped before anything is validated. `keeps_all` is the
    former preserveUnknownFields of a whole CRD.
    """
    undecided: dict[str, None] = {}
    schema = _Translation(undecided).node(source, keeps_all)
    properties = schema.setdefault("properties", {})
    if drops_status and "status" in properties:
        properties["status"] = True
    properties |= _TYPE_META | {"metadata": _metadata(source, undecided)}
    parts = (schema_for(SNAPSHOT) or {})["$defs"]
    schema["$defs"] = {name: parts[name] for name in ("metadata", "string-map")}
    schema["title"] = kind
    return Translated(schema, tuple(undecided))


def _metadata(source: Schema, undecided: dict[str, None]) -> Schema:
    """The schema of Kubernetes' metadata, and what the CRD adds about names."""
    metadata: Schema = {"$ref": "#/$defs/metadata"}
    own = source.get("properties", {}).get("metadata", {}).get("properties")
    if own:
        metadata["allOf"] = [_Translation(undecided).values({"properties": own})]
    return metadata


class _Translation:
    """One pass over a schema; patterns that cannot be kept are noted in `undecided`."""

    def __init__(self, undecided: dict[str, None]) -> None:
        self._undecided = undecided

    def node(self, source: Schema, keeps_all: bool = False) -> Schema:
        """A level at which fields are specified."""
        schema = self.values(source, structural=True)
        if source.get("x-kubernetes-int-or-string"):
            schema["type"] = ["integer", "string"]
        elif source.get("type"):
            schema["type"] = source["type"]
        if source.get("nullable") and "type" in schema:
            named = schema["type"]
            schema["type"] = [*([named] if isinstance(named, str) else named), "null"]
        if "items" in source:
            schema["items"] = self.node(source["items"], keeps_all)
        if source.get("type") == "object" or "properties" in source or _OPEN in source:
            self._close(schema, source, keeps_all)
        return schema

    def _close(self, schema: Schema, source: Schema, keeps_all: bool) -> None:
        fields = source.get("properties", {})
        schema["properties"] = {name: self.node(part, keeps_all) for name, part in fields.items()}
        others = source.get("additionalProperties")
        if isinstance(others, dict):
            schema["additionalProperties"] = self.node(others, keeps_all)
        else:
            schema["additionalProperties"] = keeps_all or others is True or bool(source.get(_OPEN))
        required = [name for name in source.get("required", ()) if not _has_default(fields, name)]
        if source.get("x-kubernetes-embedded-resource"):
            schema["properties"] |= _TYPE_META | {"metadata": {"$ref": "#/$defs/metadata"}}
            required += [name for name in _TYPE_META if name not in required]
        if required:
            schema["required"] = required

    def values(self, source: Schema, *, structural: bool = False) -> Schema:
        """The limits on the values of a level; with `structural` without the levels below it."""
        schema: Schema = {word: source[word] for word in _SAME if word in source}
        schema |= _bounds(source)
        self._pattern(schema, source)
        if source.get("format") in FORMATS and source.get("type", "string") == "string":
            schema["format"] = source["format"]
            schema.setdefault("x-expected", EXAMPLES[source["format"]])
        for word in ("allOf", "anyOf", "oneOf"):
            parts = [part for part in source.get(word, ()) if not _only_types(part)]
            if parts and (word == "allOf" or len(parts) == len(source[word])):
                schema[word] = [self.values(part) for part in parts]
        if "not" in source:
            schema["not"] = self.values(source["not"])
        if not structural:
            self._below(schema, source)
        return schema

    def _below(self, schema: Schema, source: Schema) -> None:
        for word in ("items", "additionalProperties"):
            if isinstance(source.get(word), dict):
                schema[word] = self.values(source[word])
        if "properties" in source:
            fields = source["properties"]
            schema["properties"] = {name: self.values(part) for name, part in fields.items()}
        if source.get("required"):
            schema["required"] = list(source["required"])

    def _pattern(self, schema: Schema, source: Schema) -> None:
        pattern = source.get("pattern")
        if not pattern:
            return
        ours = rewritten(pattern)
        if ours is None:
            self._undecided[pattern] = None
            return
        schema["pattern"] = ours
        if pattern == _QUANTITY:
            schema["x-expected"] = 'a quantity such as "10Gi"'
        else:
            schema["x-expected"] = f"a string that matches {pattern}"
            schema["x-foreign"] = True


def _bounds(source: Schema) -> Schema:
    """The bounds: OpenAPI v3.0 has flags for exclusive ones, JSON Schema has words."""
    bounds: Schema = {}
    for word, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if word in source:
            bounds[exclusive if source.get(exclusive) is True else word] = source[word]
    return bounds


def _has_default(fields: Schema, name: str) -> bool:
    """A default is set before the API server looks for what is required."""
    return isinstance(fields.get(name), dict) and "default" in fields[name]


def _only_types(part: object) -> bool:
    """Whether it only lists the types of an int-or-string, which its own type has already."""
    return isinstance(part, dict) and (
        part in ({"type": "integer"}, {"type": "string"})
        or part == {"anyOf": [{"type": "integer"}, {"type": "string"}]}
    )
