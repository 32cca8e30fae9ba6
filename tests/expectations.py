"""Reads what an example expects of itself: `# finding: text` on the offending line.

`# finding(warning): text` also pins the severity. A comment that has a line to itself speaks of
the next line. A first line `# with: --kubevirt 1.3 --complete all` gives the flags of the run.
Lines such as `# file: base/vm.yaml` make several files of an example, up to the next one each;
`# before: base/vm.yaml` makes a file of the only commit of a git repository, which is gone since.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from tests import repositories
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.cli.parser import parse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Finding

__all__ = ["Expected", "commit", "expected", "findings_of", "misfits", "settings_of", "write"]

_COMMENT = re.compile(r"#\s*finding(?:\((?P<severity>\w+)\))?:\s*(?P<text>.*?)\s*$")
_FILE = re.compile(r"# (file|before): (\S+)$")
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
    return command.settings._replace(today="2026-01-31")


def findings_of(example: str, settings: Settings, directory: Path) -> tuple[Finding, ...]:
    """What the example gives, at its own lines; files of it are written into `directory`."""
    lines = example.splitlines(keepends=True)
    heads = [(at, found) for at, line in enumerate(lines) if (found := _FILE.match(line))]
    if not heads:
        return engine.lint(("-",), example.encode(), settings).report.findings
    ends = [*(at for at, _ in heads[1:]), len(lines)]
    texts: dict[str, dict[str, str]] = {"before": {}, "file": {}}
    for (head, found), end in zip(heads, ends, strict=True):
        texts[found[1]][found[2]] = "".join(lines[head + 1 : end])
    if texts["before"]:
        commit(directory, texts["before"])
    write(directory, texts["file"])
    starts = {found[2]: head + 1 for head, found in heads if found[1] == "file"}
    findings = engine.lint((".",), None, settings).report.findings
    return tuple(
        one._replace(span=one.span._replace(line=one.span.line + starts[one.file]))
        for one in findings
    )


def commit(directory: Path, texts: Mapping[str, str]) -> None:
    """Makes a git repository with these files in its only commit, and none outside of it."""
    repositories.commit(directory, texts, "before")
    for name in texts:
        (directory / name).unlink()


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
            where = f"line {finding.span.line} {finding.severity}"
            wrong.append(f"not announced: {where}: {finding.message}")
        else:
            rest.remove(fits)
    return wrong + [f"not found: {one}" for one in rest]


def _fits(finding: Finding, one: Expected) -> bool:
    severity = one.severity in (None, str(finding.severity))
    return finding.span.line == one.line and one.text in finding.message and severity
