"""All JSON that the program writes within the tests is held against the published schemas."""

from __future__ import annotations

import json
import re
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from tests.shared import ROOT
from vmsnap_lint.report import json_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["NAMES", "check", "loaded", "name_of", "resolved", "watch"]

FOLDER = ROOT / "schemas" / "output"
NAMES = ("check", "clusters", "config", "jsonl", "plan", "rule")
# Fields by which an output is known; SARIF and GitLab have schemas of their own.
_MARKS = {
    "type": "jsonl", "findings": "check", "snapshots": "plan", "unused": "clusters",
    "rules": "rule", "settings": "config",
}  # fmt: skip
_OTHERS = {"runs"}
# Half characters, which the validator cannot hold; an escaped backslash before it is none.
_HALF = re.compile(r"(\\\\)|\\ud[89a-f][0-9a-f]{2}")


@cache
def loaded(name: str) -> dict[str, Any]:
    """A published schema."""
    schema: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return schema


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(loaded(name), validate_formats=True)


def name_of(value: Any) -> str | None:
    """The schema of an output, None for formats of others."""
    if isinstance(value, list) or _OTHERS & set(value):
        return None
    return next((name for mark, name in _MARKS.items() if mark in value), "")


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """What a reference within a schema leads to."""
    name: str = schema.get("$ref", "")
    found: dict[str, Any] = whole["$defs"][name.rpartition("/")[2]] if name else schema
    return found


def check(text: str) -> None:
    """Fails with what does not fit, or if no schema is published for such an output."""
    value = json.loads(_HALF.sub(lambda found: found[1] or "?", text))
    name = name_of(value)
    if name is None:
        return
    assert name, f"no schema is published for an output with {list(value)}"
    errors = [f"{error.instance_path}: {error.message}" for error in _errors(name, value)]
    assert errors == [], f"not as in schemas/output/{name}.json"


def _errors(name: str, value: Any) -> Iterator[jsonschema_rs.ValidationError]:
    return _validator(name).iter_errors(value)


def watch() -> None:
    """From now on checks every JSON output of this process; modules that write must come later."""
    for name, watched in (
        ("json_lines", _watched(json_output.json_lines)),
        ("json_line", _watched_line(json_output.json_line)),
    ):
        setattr(json_output, name, watched)


def _watched(write: Callable[[Any], Iterator[str]]) -> Callable[[Any], Iterator[str]]:
    @wraps(write)
    def json_lines(value: Any) -> Iterator[str]:
        lines = list(write(value))
        check("\n".join(lines))
        yield from lines

    return json_lines


def _watched_line(write: Callable[[Any], str]) -> Callable[[Any], str]:
    @wraps(write)
    def json_line(value: Any) -> str:
        line = write(value)
        check(line)
        return line

    return json_line
