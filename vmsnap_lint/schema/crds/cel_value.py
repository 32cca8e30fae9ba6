"""A value and its schema become what a CEL rule of that schema sees as `self`.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
#validation-rules: fields with their defaults, under escaped names, without what is not specified.
Objects are wrapped in {"m": ...}, so that {"t": ...}, {"d": ...} and {"b": ...} are
times, durations and bytes.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.schema.bundled import Json, Schema

__all__ = ["encoded", "escaped"]

_RESERVED = frozenset((
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in",
    "let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
))  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_PART = re.compile(r"__|[./-]")
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_TYPED = {"byte": "b", "date": "t", "date-time": "t", "datetime": "t", "duration": "d"}
_TEXT: Schema = {"type": "string"}
_METADATA: Schema = {"type": "object", "properties": {"name": _TEXT, "generateName": _TEXT}}
_RESOURCE: Schema = {"apiVersion": _TEXT, "kind": _TEXT, "metadata": _METADATA}


def encoded(value: Json, source: Schema, *, root: bool = False) -> Json:
    """The value as `cel_worker` reads it; `root` says that it is a Kubernetes object."""
    if isinstance(value, dict):
        return {"m": dict(_fields(value, source, root))}
    if isinstance(value, list):
        items = source.get("items", {})
        return [encoded(item, items) for item in value]
    if isinstance(value, str) and source.get("format") in _TYPED and source.get("type") == "string":
        return {_TYPED[source["format"]]: value}
    if isinstance(value, int) and not isinstance(value, bool) and source.get("type") == "number":
        return float(value)
    return value


def escaped(name: str) -> str | None:
    """The name under which CEL reaches a field; None where it cannot."""
    if name in _RESERVED:
        return f"__{name}__"
    if not _NAME.fullmatch(name):
        return None
    return _PART.sub(lambda match: _ESCAPES[match[0]], name)


def _fields(value: dict[str, Json], source: Schema, root: bool) -> list[tuple[str, Json]]:
    others = source.get("additionalProperties")
    if isinstance(others, dict):
        return [(name, encoded(item, others)) for name, item in value.items() if item is not None]
    known = source.get("properties", {})
    if root or source.get("x-kubernetes-embedded-resource"):
        known = known | _RESOURCE
    fields = []
    for name, part in known.items():
        item = value.get(name)
        if item is None and not (name in value and part.get("nullable")):
            item = part.get("default")
            if item is None:
                continue
        key = escaped(name)
        if key is not None:
            fields.append((key, encoded(item, part)))
    return fields
