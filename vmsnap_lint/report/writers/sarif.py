"""Writes a Report as SARIF 2.1.0, for GitHub code scanning and viewers of SARIF.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. What GitHub reads of it, and its
limits: https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/
sarif-support-for-code-scanning.

Suppressed findings are counted, and listed with --verbose only: GitHub ignores `suppressions` and
would open an alert for each (https://github.com/github/codeql-action/issues/1230). There is no
`automationDetails`, as GitHub's upload would then ignore its input `category`
(https://github.com/github/codeql-action/blob/main/src/upload-lib.ts), which tells several runs
apart. The root of the repository has no URI, so that no path of the machine is in the report.
"""

from __future__ import annotations

from vmsnap_lint import __version__
from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.addresses import DOCUMENTATION
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.report.hidden import hidden
from vmsnap_lint.report.json_output import json_line
from vmsnap_lint.report.terminal import visible
from vmsnap_lint.report.writers.sarif_places import ROOT, artifact, literal
from vmsnap_lint.report.writers.sarif_results import ListedFinding, hashes, result
from vmsnap_lint.report.writers.sarif_rules import descriptor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.model import NotChecked, Report
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["MOST_RESULTS", "SCHEMA", "render"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 25_000
"""GitHub refuses a run with more."""
_VERSION = "2.1.0"


def render(result: Result, look: Look) -> Iterator[str]:
    """The report as one JSON object in ASCII, a result on each line."""
    report = result.report
    every = _listed(report, look.verbose)
    listed = _worst(every)
    rules = sorted({each.finding.rule for each in listed})
    run = {
        "tool": _tool(rules),
        "invocations": [_invocation(report)],
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "properties": _properties(report, len(every) - len(listed)),
    }
    yield f'{{"$schema":{json_line(SCHEMA)},"version":{json_line(_VERSION)},"runs":[{{'
    for name, value in run.items():
        yield f"{json_line(name)}:{json_line(value)},"
    yield from _results(listed, rules, result)
    yield "}]}"


def _listed(report: Report, verbose: bool) -> list[ListedFinding]:
    findings = [ListedFinding(finding) for finding in report.findings]
    suppressed = report.suppressed if verbose else ()
    return findings + [ListedFinding(each.finding, each) for each in suppressed]


def _worst(every: list[ListedFinding]) -> list[ListedFinding]:
    """As many as GitHub takes, in order; what is left out is not worse than what is listed."""
    if len(every) <= MOST_RESULTS:
        return every
    by_weight = sorted(
        range(len(every)),
        key=lambda index: (bool(every[index].hidden), -every[index].finding.severity),
    )
    return [every[index] for index in sorted(by_weight[:MOST_RESULTS])]


def _results(listed: Sequence[ListedFinding], rules: Sequence[str], of: Result) -> Iterator[str]:
    """The member `results`, which GitHub needs even where there is none."""
    indexes = {rule: index for index, rule in enumerate(rules)}
    hashed = hashes((each.finding for each in listed), of.sources)
    judges = any(each.hidden for each in listed)
    yield '"results":['
    last = len(listed) - 1
    for number, each in enumerate(listed):
        line = json_line(result(each, indexes, hashed, judges))
        yield line if number == last else f"{line},"
    yield "]"


def _tool(rules: Sequence[str]) -> dict[str, Any]:
    driver = {
        "name": "vmsnap-lint",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": DOCUMENTATION,
        "rules": [descriptor(rule) for rule in rules],
    }
    return {"driver": driver}


def _invocation(report: Report) -> dict[str, Any]:
    """What was not checked; the run is a success unless an input could not be read."""
    unread = frozenset(report.unread)
    entries = dict.fromkeys((*report.unread, *report.not_checked))
    return {
        "executionSuccessful": not unread,
        "toolExecutionNotifications": [_notification(each, each in unread) for each in entries],
    }


def _notification(skipped: NotChecked, is_unread: bool) -> dict[str, Any]:
    return {
        "level": "error" if is_unread else "note",
        "message": {"text": f"not checked: {literal(abridged(skipped.reason))}."},
        "locations": [{"physicalLocation": {"artifactLocation": artifact(skipped.file)}}],
    }


def _properties(report: Report, beyond: int) -> dict[str, Any]:
    """The numbers: of what was read, and of what is not listed, by why."""
    return {
        "files": report.files,
        "objects": report.objects,
        "snapshots": report.snapshots,
        "hidden": {**hidden(report)._asdict(), "beyond_limit": beyond},
        "stale": report.total("stale"),
        "not_checked": report.total("not_checked"),
        "unjudged_vms": report.unjudged_vms,
        "judged_for": [
            {
                "kubevirt": judged.release,
                "source": visible(abridged(judged.source)) or None,
                "clusters": [visible(abridged(name)) for name in judged.clusters],
            }
            for judged in report.judged
        ],
    }
