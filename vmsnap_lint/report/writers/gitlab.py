"""Writes a Report as a Code Quality report of GitLab, which shows what a merge request changes.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. GitLab keeps one entry
a fingerprint, compares them with those of the target branch, and stops at the first entry that its
schema refuses (lib/gitlab/ci/parsers/codequality/code_climate.rb and
app/validators/json_schemas/codeclimate.json of https://gitlab.com/gitlab-org/gitlab). So a clean
run is `[]`, the fingerprint of a finding stays when lines are added above it, and what is not
listed is no entry of its own, which each merge request that hides something would be blamed for:
the first entry has the numbers (GitLab ignores other fields), and the log of the job always.
"""

from __future__ import annotations

from hashlib import blake2b

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report.hidden import hidden
from vmsnap_lint.report.json_output import json_line, well_formed
from vmsnap_lint.report.summary import message_of
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["render"]

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "minor"}


def render(result: Result, _look: Look) -> Iterator[str]:
    """A JSON array in ASCII with an entry on each line; `[]` where there is no finding."""
    report = result.report
    if not report.findings:
        yield "[]"
        return
    counts: dict[str, int] = {}
    numbers = {"hidden": hidden(report)._asdict()}
    start, last = "[", len(report.findings) - 1
    for index, finding in enumerate(report.findings):
        end = "]" if index == last else ","
        entry = {**_entry(finding, counts), **(numbers if index == 0 else {})}
        yield f"{start}{json_line(entry)}{end}"
        start = ""


def _entry(finding: Finding, counts: dict[str, int]) -> dict[str, Any]:
    line = max(1, finding.span.line)
    return {
        "description": visible(message_of(finding)) or finding.rule,
        "check_name": finding.rule,
        "fingerprint": _fingerprint(finding, counts),
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": _path(finding.file),
            "lines": {"begin": line, "end": max(line, finding.span.end_line)},
        },
    }


def _path(file: str) -> str:
    """The path as it is, but for what is no text: bytes that are not UTF-8, and NUL."""
    return well_formed(file).replace("\0", "\ufffd") or "."


def _fingerprint(finding: Finding, counts: dict[str, int]) -> str:
    """A hash of rule, file, object and path in it, and the number of its repetition.

    Unlike the fingerprint of a baseline it has the file: the clusters of a repository often have
    objects of the same name, and only that of the merge request changes.
    """
    named = finding.object or ()
    identity = "\0".join(
        (finding.rule, finding.file, *(part or "" for part in named), finding.path)
    )
    count = counts[identity] = counts.get(identity, -1) + 1
    text = f"{identity}\0{count}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16).hexdigest()
