"""Writes rules as text and JSON, for the command `rule`."""

from __future__ import annotations

import re

from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety
from vmsnap_lint.report.json_output import json_lines
from vmsnap_lint.report.terminal import ROOM, folded, link, paint, rule_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.checks.catalog import Rule

__all__ = [
    "SCHEMA_VERSION", "as_json", "card", "fixes", "levels", "listing", "shown", "subjects",
    "suppression",
]  # fmt: skip

SCHEMA_VERSION = 1
_KEYS = (
    "id", "title", "severity", "fixable", "kinds", "since", "why", "fix", "references", "good",
    "bad", "added",
)  # fmt: skip
_NO_KINDS = {
    "any": "objects of any kind",
    "file": "files",
    "run": "all objects of a run together",
    "suppression": "suppressions",
}
_FIXES = {
    Safety.SAFE: "--fix, where that is safe",
    Safety.UNSAFE: "--fix --unsafe-fixes, where it is known what was meant",
    Safety.DISPLAY: "hand; json, sarif and editors show what to write",
}
_INDENT = "  "
_ROOM = ROOM - len(_INDENT)
# The marks are for the tests; the text of a finding is for readers, too.
_ALSO = re.compile(
    r"^ *# also(?:\(\w+\))?: [a-z0-9, -]+\n| *# also(?:\(\w+\))?: [a-z0-9, -]+$", re.MULTILINE
)
_ABOVE = re.compile(r"^( *# )finding(?:\(\w+\))?: ", re.MULTILINE)  # it is about the next line
_FINDING = re.compile(r"# finding(?:\(\w+\))?: ")
_WITH = re.compile(r"\A# with: ")
_BEFORE = re.compile(r"^# before: (.*)$", re.MULTILINE)


def listing(rules: Sequence[Rule], color: bool, links: bool = False) -> Iterator[str]:
    """One line a rule: id, severity, title."""
    column = max((len(rule.id) for rule in rules), default=0)
    for rule in rules:
        level = str(rule.severity)
        label = paint(level.ljust(len("warning")), level, color)
        named = link(rule.id, rule_address(rule.id), links)
        yield f"{named}{' ' * (column - len(rule.id))}  {label}  {rule.title}"


def card(rule: Rule, color: bool, links: bool = False) -> Iterator[str]:
    """The complete card of one rule."""
    label = rule_label(str(rule.severity), rule.id, color, links)
    yield f"{label}: {paint(rule.title, 'bold', color)}"
    since = [f"from KubeVirt {rule.since}"] if rule.since else []
    yield from _section("Applies to", [*subjects(rule), *since], color)
    yield from _section("Severity", [levels(rule)], color)
    yield from _section("Fixed by", [fixes(rule)] if rule.fixable else [], color)
    yield from _section("Why", folded(rule.why, _ROOM), color)
    yield from _section("Fix", folded(rule.fix, _ROOM), color)
    for example in rule.bad:
        yield from _section("Wrong", shown(example).splitlines(), color)
    for example in rule.good:
        yield from _section("Right", shown(example).splitlines(), color)
    yield from _section("Suppress", [suppression(rule)], color)
    yield from _section("Since", [f"vmsnap-lint {rule.added}"] if rule.added else [], color)
    yield from _section("References", [rule_address(rule.id), *rule.references], color)


def as_json(rules: Iterable[Rule]) -> Iterator[str]:
    """The rules as one JSON object, schema version 1; within a version fields are only added."""
    entries = [
        {
            **{key: getattr(rule, key) for key in _KEYS},
            "severity": str(rule.severity),
            "since": rule.since and str(rule.since),
            "good": list(map(shown, rule.good)),
            "bad": list(map(shown, rule.bad)),
            "severities": list(map(str, rule.severities)),
            "url": rule_address(rule.id),
        }
        for rule in rules
    ]
    return json_lines({"schema_version": SCHEMA_VERSION, "rules": entries})


def subjects(rule: Rule) -> list[str]:
    """What the rule looks at: kinds, or what is no kind in words."""
    return [_NO_KINDS.get(kind, kind) for kind in rule.kinds]


def levels(rule: Rule) -> str:
    """The severities of its findings, such as "error; warning or info in some cases"."""
    usual, *others = sorted(rule.severities, key=lambda level: level is not rule.severity)
    if not others:
        return str(usual)
    return f"{usual}; {' or '.join(map(str, others))} in some cases"


def fixes(rule: Rule) -> str:
    """How its findings can be fixed, such as "--fix, in some cases"; "" for by hand only."""
    return _FIXES[rule.fixable] if rule.fixable else ""


def suppression(rule: Rule) -> str:
    """The comment that suppresses a finding of the rule at its line."""
    return f"# vmsnap-lint: ignore[{rule.id}] the reason"


def shown(example: str) -> str:
    """The example for readers: the marks of the tests are gone or plain comments."""
    text = _FINDING.sub("# <- ", _ABOVE.sub(r"\1next line: ", _ALSO.sub("", example)))
    return _BEFORE.sub(r"# file: \1, before the change", _WITH.sub("# run with ", text))


def _section(title: str, lines: Iterable[str], color: bool) -> Iterator[str]:
    body = [f"{_INDENT}{line}".rstrip() for line in lines]
    if body:
        yield ""
        yield paint(title, "bold", color)
        yield from body
