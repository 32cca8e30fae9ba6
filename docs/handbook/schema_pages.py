"""Writes the reference of JSON output from the published schemas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from handbook.markdown import code, page, plain, table
from handbook.paths import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["json_page"]

_NOTE = "<!-- written by docs/generate.py from schemas/output: edit the schemas -->"
_INTRODUCTION = """\
`--format json` of a command is one object with `schema_version`; the lines of `jsonl` are such
objects, and the last one has it. Within a version fields are only added, and none changes its
meaning: readers ignore what they do not know. `a.b` is the field `b` of the object `a`, `a[]` an
entry of an array, `a.*` the value of any key."""


def json_page() -> str:
    """The fields of each schema."""
    schemas = sorted(SCHEMAS.glob("*.json")) if SCHEMAS.is_dir() else []
    blocks = [block for file in schemas for block in _schema(file.name)]
    return page([_NOTE, "# JSON", _INTRODUCTION, *blocks])


def _schema(name: str) -> Iterator[str]:
    schema = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    yield f"## {name.partition('.')[0]}"
    yield plain(schema.get("description", ""))
    yield f"Schema: [{name}](../../schemas/output/{name})"
    yield table(("field", "type", "what it is"), _fields(schema, schema, "", ()))


def _fields(
    schema: dict[str, Any], whole: dict[str, Any], path: str, seen: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    """A row for each field, and for those of its objects, except for a definition in itself."""
    names = schema.get("$ref", "")
    if names in seen:
        return
    for key, written in _resolved(schema, whole).get("properties", {}).items():
        field = _resolved(written, whole)
        at = f"{path}.{key}" if path else key
        yield (
            code(at),
            f"{_type(field, whole)}{' or null' if _may_be_null(written) else ''}",
            plain(written.get("description") or field.get("description", "")),
        )
        within = (*seen, names) if names else seen
        yield from _fields(written, whole, at, within)
        for item in _elements(field):
            suffix = "[]" if "items" in field else ".*"
            yield from _fields(item, whole, f"{at}{suffix}", within)


def _may_be_null(schema: dict[str, Any]) -> bool:
    choices = (*schema.get("anyOf", ()), *schema.get("oneOf", ()))
    return any(choice.get("type") == "null" for choice in choices)


def _elements(field: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas of the items of an array, or of the values of an object."""
    for key in ("items", "additionalProperties"):
        if isinstance(field.get(key), dict):
            yield field[key]


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference of the same file leads to, or the one that is not null."""
    for choice in ("anyOf", "oneOf"):
        others = [one for one in schema.get(choice, ()) if one.get("type") != "null"]
        if len(others) == 1:
            return _resolved(others[0], whole)
    reference = schema.get("$ref", "")
    if not reference.startswith("#/"):
        return schema
    for step in reference[2:].split("/"):
        whole = whole[step]
    return {**whole, **schema}


def _type(field: dict[str, Any], whole: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(code(json.dumps(value)) for value in field["enum"])
    if "const" in field:
        return code(json.dumps(field["const"]))
    names = field.get("type", "any")
    names = " or ".join(names) if isinstance(names, list) else names
    if "items" in field and isinstance(field["items"], dict):
        return f"{names} of {_type(_resolved(field['items'], whole), whole)}"
    return str(names)
