"""The table of options becomes the JSON Schema of a configuration file.

It is what editors complete by, and what our own reader checks a file against; `title` is the word
for a value in messages.
"""

from __future__ import annotations

from typing import Any

from vmsnap_lint.config import suggestions
from vmsnap_lint.config.options import Option, Type
from vmsnap_lint.config.settings import OPTIONS
from vmsnap_lint.core.data_files import rule_ids

__all__ = ["GLOB", "OBJECT", "schema"]

Schema = dict[str, Any]

_GLOB = r"[^\s!\[\]\\](?:[^\[\]\\\r\n]*[^\s\[\]\\])?"
GLOB = rf"^{_GLOB}$"
_NAME = r"[^/\s\[\]\\]+"
OBJECT = rf"^{_NAME}(?:/{_NAME}){{1,2}}$"
_BOUND = r"(?:==|!=|>=|<=|>|<)\s*[0-9]{1,6}(?:\.[0-9]{1,6}){0,3}"
_VERSIONS = rf"^{_BOUND}(?:\s*,\s*{_BOUND})*$"
_RELEASE = r"^v?[0-9]+\.[0-9]+(?:\.[0-9]+)?(?:[-+][0-9A-Za-z.+_-]+)?$"
_AGE = r"^[0-9]{1,6}[hdw]$"  # 0h stands for no limit
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_LEVELS = ["error", "warning", "info"]


def schema() -> Schema:
    """The JSON Schema (2020-12) of a configuration file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "a mapping of settings to values",
        "description": "The configuration of vmsnap-lint",
        "type": "object",
        "properties": {option.key: of(option) for option in OPTIONS},
        "additionalProperties": False,
    }


def of(option: Option) -> Schema:
    """The schema of the values of one option."""
    noun: Schema = {"title": option.type.value, "description": option.help}
    if option.type is Type.CHOICE:
        return {**noun, "title": _one_of(option.choices), "enum": list(option.choices)}
    return {**noun, **_TYPES[option.type]()}


def _text(pattern: str = r"\S", title: str = "", **more: object) -> Schema:
    named = {"title": title} if title else {}
    return {"type": "string", "pattern": pattern, **named, **more}


def _list(items: Schema, **more: object) -> Schema:
    return {"type": "array", "items": items, **more}


def _rule() -> Schema:
    return {"title": "a rule", "enum": list(rule_ids())}


def _rules(**more: object) -> Schema:
    return _list(_rule(), **more)


def _kinds() -> Schema:
    return _list({"title": "a kind", "enum": [suggestions.ALL, *sorted(suggestions.KINDS)]})


def _severities() -> Schema:
    level = {"title": _one_of(_LEVELS), "enum": _LEVELS}
    return {"type": "object", "propertyNames": _rule(), "additionalProperties": level}


def _overrides() -> Schema:
    glob = _text(GLOB, 'a glob of "*", "?" and "**"')
    named = _text(OBJECT, 'an object: "Kind/namespace/name" or "Kind/name", each a glob')
    fields = {
        "paths": _list(glob, title="a list of globs", minItems=1),
        "objects": _list(named, title="a list of objects", minItems=1),
        "ignore": _rules(title=Type.RULES.value, minItems=1),
        "severity": {"title": Type.SEVERITIES.value, **_severities(), "minProperties": 1},
        "reason": _text(title="a text"),
        "until": _text(_DAY, "a day such as 2030-12-31", format="date"),
    }
    entry = {
        "title": "a mapping of paths, objects, ignore, severity, reason and until",
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "allOf": [_any_of("paths", "objects"), _any_of("ignore", "severity")],
    }
    return _list(entry)


def _any_of(*keys: str) -> Schema:
    return {"anyOf": [{"required": [key]} for key in keys]}


def _one_of(words: tuple[str, ...] | list[str]) -> str:
    return f"one of {', '.join(words)}"


_TYPES = {
    Type.SWITCH: lambda: {"type": "boolean"},
    Type.RULES: _rules,
    Type.KINDS: _kinds,
    Type.FILES: lambda: _list(_text(title="a path")),
    Type.GLOBS: lambda: _list(_text(GLOB, 'a glob of "*", "?" and "**"')),
    Type.FILE: _text,
    Type.REVISION: _text,
    Type.RELEASE: lambda: _text(_RELEASE),
    Type.AGE: lambda: _text(_AGE),
    Type.VERSION: lambda: _text(_VERSIONS),
    Type.SEVERITIES: _severities,
    Type.OVERRIDES: _overrides,
}
