"""Reads what an example expects of itself: `# finding: text` on the offending line.

`# finding(warning): text` also pins the severity. A comment that has a line to itself speaks of
the next line. A first line `# with: --kubevirt 1.3 --complete all` gives the flags of the run.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.cli.parser import parse

if TYPE_CHECKING:
    from vmsnap_lint.config import Settings
    from vmsnap_lint.model import Finding

__all__ = ["Expected", "expected", "misfits", "settings_of"]

_COMMENT = re.compile(r"#\s*finding(?:\((?P<severity>\w+)\))?:\s*(?P<text>.*?)\s*$")
_WITH = re.compile(r"\A# with: (.*)")


class Expected(NamedTuple):
    """A finding that an example announces: its line, a part of its message, maybe its severity."""

    line: int
    text: str
    severity: str | None


def settings_of(example: str) -> Settings:
    """The settings that the flags in an example's first line ask for."""
    match = _WITH.match(example)
    command = parse(["check", *shlex.split(match[1] if match else ""), "-"])
    assert command is not None
    return command.settings  # type: ignore[union-attr]


def expected(example: str) -> list[Expected]:
    """The findings that the comments announce."""
    found = []
    for number, line in enumerate(example.splitlines(), 1):
        match = _COMMENT.search(line)
        if match:
            alone = line.lstrip().startswith("#")
            found.append(Expected(number + alone, match["text"], match["severity"]))
    return found


def misfits(findings: tuple[Finding, ...], announced: list[Expected]) -> list[str]:
    """What was found and not announced, and the other way round."""
    rest = list(announced)
    wrong = []
    for finding in findings:
        fits = next((one for one in rest if _fits(finding, one)), None)
        if fits is None:
            wrong.append(f"not announced: line {finding.span.line} {finding.severity}: {finding.message}")
        else:
            rest.remove(fits)
    return wrong + [f"not found: {one}" for one in rest]


def _fits(finding: Finding, one: Expected) -> bool:
    severity = one.severity in (None, str(finding.severity))
    return finding.span.line == one.line and one.text in finding.message and severity
