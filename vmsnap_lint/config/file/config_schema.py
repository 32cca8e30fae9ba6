"""Builds the JSON Schema of a configuration file from the table of options.

Editors use it for completion, and our reader to check a file; `title` is the noun for messages.
"""

from __future__ import annotations

from vmsnap_lint.config.options import Option, Type
from vmsnap_lint.config.policies.verdict_model import SUBJECTS
from vmsnap_lint.config.settings import OPTIONS
from vmsnap_lint.config.suggestions import ALL, KINDS
from vmsnap_lint.core.data_files import POLICY, rule_ids
from vmsnap_lint.core.light_typing import Any

__all__ = ["GLOB", "OBJECT", "schema"]

Schema = dict[str, Any]

_GLOB = r"[^\s!\[\]\\](?:[^\[\]\\\r\n]*[^\s\[\]\\])?"
GLOB = rf"^{_GLOB}$"
_NAME = r"[^/\s\[\]\\]+"
OBJECT = rf"^{_NAME}(?:/{_NAME}){{1,2}}$"
_BOUND = r"(?:==|!=|>=|<=|>|<)\s*[0-9]{1,6}(?:\.[0-9]{1,6}){0,3}"
_VERSIONS = rf"^{_BOUND}(?:\s*,\s*{_BOUND})*$"
_RELEASE = r"^v?[0-9]{1,9}\.[0-9]{1,9}(?:\.[0-9]{1,9})?(?:[-+][0-9A-Za-z.+_-]+)?$"
_AGE = r"^[0-9]{1,6}[hdw]$"  # 0h means no limit
_PATH = r"^(?!\s*$)[^\0]+$"
_CLUSTER = r"^[A-Za-z0-9](?:[A-Za-z0-9._:/@-]{0,251}[A-Za-z0-9])?$"
_WORDS = r"[a-z][a-z0-9]{0,99}(?:-[a-z0-9]{1,99}){0,30}"
_LABEL_GLOB = r"^[A-Za-z0-9._*?-]{0,500}$"
_NAMESPACE_GLOB = r"^[a-z0-9*?-]{1,500}$"
_CLUSTER_GLOB = r"^[A-Za-z0-9._:/@*?-]{1,500}$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def schema() -> Schema:
    """The JSON Schema (2020-12) of a configuration file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "an object of settings",
        "description": "The configuration of vmsnap-lint",
        "type": "object",
        "properties": {option.key: of(option) for option in OPTIONS},
        "additionalProperties": False,
    }


def of(option: Option) -> Schema:
    """The schema of the values of one option."""
    noun: Schema = {"title": option.type.value, "description": option.help}
    if option.type is Type.CHOICE:
        return {**noun, **_choice(option.choices)}
    return {**noun, **_TYPES[option.type]()}


def _text(pattern: str = r"\S", **more: object) -> Schema:
    return {"type": "string", "pattern": pattern, **more}


def _list(items: Schema, **more: object) -> Schema:
    return {"type": "array", "items": items, **more}


def _rule(signs: str = "") -> Schema:
    """A rule; `signs` are those of globs, which the id of a policy may then have."""
    pattern = rf"[a-z0-9{signs}-]{{1,1000}}" if signs else _WORDS
    noun = {"title": "a rule"}
    of_policy = _text(f"^{POLICY}{pattern}$", **noun)
    return {**noun, "anyOf": [{**noun, "enum": list(rule_ids())}, of_policy]}


def _glob() -> Schema:
    return _text(GLOB, title='a glob of "*", "?" and "**"')


def _severities() -> Schema:
    level = _choice(("error", "warning", "info"))
    return {"type": "object", "propertyNames": _rule(), "additionalProperties": level}


def _overrides() -> Schema:
    named = _text(OBJECT, title='a glob such as "Kind/namespace/name" or "Kind/name"')
    fields = {
        "paths": _list(_glob(), title=Type.GLOBS.value, minItems=1),
        "objects": _list(named, title="an array of objects", minItems=1),
        "ignore": _list(_rule(), title=Type.RULES.value, minItems=1),
        "severity": {"title": Type.SEVERITIES.value, **_severities(), "minProperties": 1},
        "reason": _text(title="a string"),
        "until": _text(_DAY, title="a date such as 2030-12-31", format="date"),
    }
    entry = {
        "title": "an object with paths, objects, ignore, severity, reason and until",
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "allOf": [_any_of("paths", "objects"), _any_of("ignore", "severity")],
    }
    return _list(entry)


def _clusters() -> Schema:
    fields = {
        "paths": _list(_text(_PATH, title="a path"), title=Type.FILES.value, minItems=1),
        "facts": _text(_PATH, title=Type.FILE.value),
        "kubevirt": _text(_RELEASE, title=Type.RELEASE.value),
        "complete": _list(_kind(), title=Type.KINDS.value),
    }
    entry = {
        "title": "an object with paths, facts, kubevirt and complete",
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "required": ["paths"],
    }
    name = _text(_CLUSTER, title="a name of letters, digits and -._:/@")
    return {"type": "object", "propertyNames": name, "additionalProperties": entry}


def _policies() -> Schema:
    value = _text(_LABEL_GLOB, title='the value of a label, where "*" and "?" are any')
    label = _text(r"^[^\s*?]+$", title="the key of a label")
    match = {
        "kinds": _list(_choice(tuple(SUBJECTS)), title=Type.KINDS.value, minItems=1),
        "labels": {
            "title": "an object of labels and globs of their values",
            "type": "object",
            "propertyNames": label,
            "additionalProperties": value,
            "minProperties": 1,
        },
        "namespaces": _globs(_NAMESPACE_GLOB, "a namespace"),
        "clusters": _globs(_CLUSTER_GLOB, "the name of a cluster"),
    }
    fields = {
        "id": _text(rf"^{_WORDS}$", title="an id of lower-case words with dashes"),
        "match": {
            "title": "an object with kinds, labels, namespaces and clusters",
            "type": "object",
            "properties": match,
            "additionalProperties": False,
        },
        "require": _text(title="a CEL expression"),
        "message": _text(title="a string"),
        "severity": _choice(("error", "warning", "info")),
    }
    entry = {
        "title": "an object with id, match, require, message and severity",
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "required": ["id", "require"],
    }
    return _list(entry)


def _globs(pattern: str, noun: str) -> Schema:
    item = _text(pattern, title=f'{noun}, where "*" and "?" are any')
    return _list(item, title=Type.GLOBS.value, minItems=1)


def _kind() -> Schema:
    return {"title": "a kind", "enum": [ALL, *sorted(KINDS)]}


def _any_of(*keys: str) -> Schema:
    return {"anyOf": [{"required": [key]} for key in keys]}


def _choice(words: tuple[str, ...]) -> Schema:
    return {"title": f"one of {', '.join(words)}", "enum": list(words)}


_TYPES = {
    Type.SWITCH: lambda: {"type": "boolean"},
    Type.RULES: lambda: _list(_rule("*?")),
    Type.KINDS: lambda: _list(_kind()),
    Type.FILES: lambda: _list(_text(_PATH, title="a path")),
    Type.GLOBS: lambda: _list(_glob()),
    Type.FILE: lambda: _text(_PATH),
    Type.REVISION: _text,
    Type.RELEASE: lambda: _text(_RELEASE),
    Type.AGE: lambda: _text(_AGE),
    Type.VERSION: lambda: _text(_VERSIONS),
    Type.SEVERITIES: _severities,
    Type.OVERRIDES: _overrides,
    Type.CLUSTERS: _clusters,
    Type.POLICIES: _policies,
}
