"""Reads what an example expects of itself: `# finding: text` on the offending line.

`# also: rule-id, rule-id` announces what other rules report there, for every rule runs. A severity
in parentheses, as in `# finding(warning): text`, pins it, too. A comment on a line of its own is
about the next line. A first line `# with: --kubevirt 1.3 --complete all` gives its flags.
Lines such as `# file: base/vm.yaml` make several files of an example, up to the next one each;
`# before: base/vm.yaml` makes a file of the only commit of a git repository, which is gone since.
"""

from __future__ import annotations

import re
import shlex
from functools import cache
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
    from vmsnap_lint.engine import Run

__all__ = ["Expected", "expected", "findings_of", "misfits", "run_of", "settings_of"]

_COMMENT = re.compile(
    r"#\s*(?P<mark>finding|also)(?:\((?P<severity>\w+)\))?:\s*(?P<text>.*?)"
    r"(?=\s*$|\s+#\s*(?:finding|also)\b)"
)
_ALONE = re.compile(r"\s*#\s*(?:finding|also)\b")
_FILE = re.compile(r"# (file|before): (\S+)$")
_WITH = re.compile(r"\A# with: (.*)")


class Expected(NamedTuple):
    """What an example announces: on a line, a message in part or another rule, maybe a severity."""

    line: int
    text: str
    severity: str | None
    rule: str | None = None

    def fits(self, finding: Finding, rule_id: str) -> bool:
        """Whether the finding is the announced one in an example of that rule."""
        if finding.span.line != self.line or self.severity not in (None, str(finding.severity)):
            return False
        return finding.rule == (self.rule or rule_id) and self.text in finding.message


def settings_of(example: str) -> Settings:
    """The settings that the flags in an example's first line ask for."""
    match = _WITH.match(example)
    command = parse(["check", *shlex.split(match[1] if match else ""), "-"])
    assert command is not None
    return command.settings._replace(today="2026-01-31")


@cache
def run_of(example: str, settings: Settings) -> Run:
    """The run over an example as a stream; the same one for every test that asks."""
    return engine.lint(("-",), example.encode(), settings)


def findings_of(example: str, settings: Settings, directory: Path) -> tuple[Finding, ...]:
    """What the example gives, at its own lines; files of it are written into `directory`."""
    lines = example.splitlines(keepends=True)
    heads = [(at, found) for at, line in enumerate(lines) if (found := _FILE.match(line))]
    if not heads:
        return run_of(example, settings).report.findings
    ends = [*(at for at, _ in heads[1:]), len(lines)]
    texts: dict[str, dict[str, str]] = {"before": {}, "file": {}}
    for (head, found), end in zip(heads, ends, strict=True):
        texts[found[1]][found[2]] = "".join(lines[head + 1 : end])
    if texts["before"]:
        _commit(directory, texts["before"])
    write(directory, texts["file"])
    starts = {found[2]: head + 1 for head, found in heads if found[1] == "file"}
    findings = engine.lint((".",), None, settings).report.findings
    return tuple(
        one._replace(span=one.span._replace(line=one.span.line + starts[one.file]))
        for one in findings
    )


def _commit(directory: Path, texts: Mapping[str, str]) -> None:
    """Makes a git repository with these files in its only commit, and none outside of it."""
    repositories.commit(directory, texts, "before")
    for name in texts:
        (directory / name).unlink()


def expected(example: str) -> list[Expected]:
    """The findings that the comments announce."""
    announced = []
    lines = example.splitlines()
    for index, line in enumerate(lines):
        target = index
        while _ALONE.match(lines[target]):
            target += 1
        for match in _COMMENT.finditer(line):
            announced += _announced(target + 1, match["mark"], match["text"], match["severity"])
    return announced


def _announced(line: int, mark: str, text: str, severity: str | None) -> list[Expected]:
    if mark == "finding":
        return [Expected(line, text, severity)]
    return [Expected(line, "", severity, rule_id) for rule_id in text.split(", ")]


def misfits(findings: tuple[Finding, ...], announced: list[Expected], rule_id: str) -> list[str]:
    """What was found and not announced in an example of the rule, and the other way round.

    A finding of the rule has its own mark; one `# also:` stands for all that a rule finds there.
    """
    rest, others = _halves(announced)
    met: set[Expected] = set()
    wrong = []
    for finding in findings:
        match = next((one for one in (*rest, *others) if one.fits(finding, rule_id)), None)
        if match is None:
            where = f"line {finding.span.line} {finding.severity}[{finding.rule}]"
            wrong.append(f"not announced: {where}: {finding.message}")
        elif match.rule:
            met.add(match)
        else:
            rest.remove(match)
    return wrong + [f"not found: {one}" for one in (*rest, *(set(others) - met))]


def _halves(announced: list[Expected]) -> tuple[list[Expected], list[Expected]]:
    own = [one for one in announced if one.rule is None]
    return own, [one for one in announced if one.rule is not None]
