"""The structural schema of a CRD becomes the JSON Schema that our explainer reads.

What the API server prunes, strict decoding rejects: so an object is closed unless the CRD keeps
unknown fields. Below allOf, anyOf, oneOf and not nothing is closed, for there only values
are narrowed.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import SNAPSHOT
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.schema.bundled import schema_for
from vmsnap_lint.schema.crds.formats import EXAMPLES, FORMATS
from vmsnap_lint.schema.crds.patterns import rewritten
from vmsnap_lint.schema.crds.structural import is_int_or_string

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
_HEAD: Schema = {**_TYPE_META, "metadata": {"$ref": "#/$defs/metadata"}}
_OPEN = "x-kubernetes-preserve-unknown-fields"
_MOST_PATTERNS = 500  # of a version: to try one may take some milliseconds


class Translated(NamedTuple):
    """A schema, and the patterns in it that cannot be read as Go reads them."""

    schema: Schema
    undecided: tuple[str, ...]


def translated(source: Schema, kind: str, drops_status: bool, keeps_all: bool) -> Translated:
    """The JSON Schema of whole objects of a kind.

    A status that is a subresource is dropped before anything is validated. `keeps_all` is the
    former preserveUnknownFields of a whole CRD.
    """
    translation = _Translation(keeps_all)
    schema = translation.node(source)
    properties = schema.setdefault("properties", {})
    if drops_status and "status" in properties:
        properties["status"] = True
    metadata = source.get("properties", {}).get("metadata", {}).get("properties")
    properties |= _HEAD
    if metadata:  # what the CRD adds about names
        limits = translation.values({"properties": metadata})
        properties["metadata"] = {**_HEAD["metadata"], "allOf": [limits]}
    parts = (schema_for(SNAPSHOT) or {})["$defs"]
    schema["$defs"] = {name: parts[name] for name in ("metadata", "string-map")}
    schema["title"] = kind
    return Translated(schema, tuple(translation.undecided))


class _Translation:
    """One pass over a schema; patterns that cannot be kept are noted in `undecided`."""

    def __init__(self, keeps_all: bool) -> None:
        self.undecided: dict[str, None] = {}
        self._keeps_all = keeps_all
        self._patterns: set[str] = set()

    def node(self, source: Schema) -> Schema:
        """A level at which fields are specified."""
        schema = self.values(source, structural=True)
        if source.get("x-kubernetes-int-or-string"):
            schema["type"] = ["integer", "string"]
        elif source.get("type"):
            schema["type"] = source["type"]
        if source.get("nullable") and "type" in schema:
            named = schema["type"]
            schema["type"] = [named, "null"] if isinstance(named, str) else [*named, "null"]
        if "items" in source:
            schema["items"] = self.node(source["items"])
        if source.get("type") == "object" or "properties" in source or _OPEN in source:
            self._close(schema, source)
        return schema

    def _close(self, schema: Schema, source: Schema) -> None:
        fields = source.get("properties", {})
        schema["properties"] = {name: self.node(part) for name, part in fields.items()}
        others = source.get("additionalProperties")
        is_open = self._keeps_all or others is True or bool(source.get(_OPEN))
        schema["additionalProperties"] = self.node(others) if isinstance(others, dict) else is_open
        required = [name for name in source.get("required", ()) if not _has_default(fields, name)]
        if source.get("x-kubernetes-embedded-resource"):
            schema["properties"] |= _HEAD
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
            parts = [part for part in source.get(word, ()) if not is_int_or_string(part)]
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
        self._patterns.add(pattern)
        ours = rewritten(pattern) if len(self._patterns) <= _MOST_PATTERNS else None
        if ours is None:
            self.undecided[pattern] = None
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
