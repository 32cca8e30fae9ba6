"""Writes rules as text and JSON, for the command `rule`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vmsnap_lint.report.json_output import json_lines
from vmsnap_lint.report.terminal import ROOM, folded, paint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.checks.catalog import Rule

__all__ = ["SCHEMA_VERSION", "as_json", "card", "listing", "shown"]

SCHEMA_VERSION = 1
_KEYS = (
    "id", "title", "severity", "kinds", "since", "why", "fix", "references", "good", "bad",
)  # fmt: skip
_INDENT = "  "
_ROOM = ROOM - len(_INDENT)
# The marks are for the tests; the text of a finding is for readers, too.
_ALSO = re.compile(
    r"^ *# also(?:\(\w+\))?: [a-z0-9, -]+\n| *# also(?:\(\w+\))?: [a-z0-9, -]+$", re.MULTILINE
)
_FINDING = re.compile(r"# finding(?:\(\w+\))?: ")


def listing(rules: Sequence[Rule], color: bool) -> Iterator[str]:
    """One line a rule: id, severity, title."""
    column = max((len(rule.id) for rule in rules), default=0)
    for rule in rules:
        level = str(rule.severity)
        label = paint(level.ljust(len("warning")), level, color)
        yield f"{rule.id.ljust(column)}  {label}  {rule.title}"


def card(rule: Rule, color: bool) -> Iterator[str]:
    """The complete card of one rule."""
    level = str(rule.severity)
    yield f"{paint(f'{level}[{rule.id}]', level, color)}: {paint(rule.title, 'bold', color)}"
    since = [f"from KubeVirt {rule.since}"] if rule.since else []
    yield from _section("Applies to", [*rule.kinds, *since], color)
    yield from _section("Why", folded(rule.why, _ROOM), color)
    yield from _section("Fix", folded(rule.fix, _ROOM), color)
    yield from _section("References", rule.references, color)
    for example in rule.bad:
        yield from _section("Found", shown(example).splitlines(), color)
    for example in rule.good:
        yield from _section("No finding", shown(example).splitlines(), color)


def as_json(rules: Iterable[Rule]) -> Iterator[str]:
    """The rules as one JSON object, schema version 1; within a version fields are only added."""
    entries = [
        {
            **{key: getattr(rule, key) for key in _KEYS},
            "severity": str(rule.severity),
            "since": rule.since and str(rule.since),
            "good": list(map(shown, rule.good)),
            "bad": list(map(shown, rule.bad)),
        }
        for rule in rules
    ]
    return json_lines({"schema_version": SCHEMA_VERSION, "rules": entries})


def shown(example: str) -> str:
    """The example for readers: without marks of other rules, a finding as a plain comment."""
    return _FINDING.sub("# ", _ALSO.sub("", example))


def _section(title: str, lines: Iterable[str], color: bool) -> Iterator[str]:
    body = [f"{_INDENT}{line}".rstrip() for line in lines]
    if body:
        yield ""
        yield paint(title, "bold", color)
        yield from body
