"""The command `merge`: makes one report of many, as a run over many repositories ends with."""

from __future__ import annotations

import json
from functools import partial

from vmsnap_lint.cli import USAGE, console, outputs, reporting
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.report import BY_NAME, placed, summary
from vmsnap_lint.report.json_output import json_lines
from vmsnap_lint.report.merging import json_merging, named_reports, sarif_merging
from vmsnap_lint.report.merging.as_result import result_of
from vmsnap_lint.report.merging.named_reports import NamedReport
from vmsnap_lint.report.writers.sarif_results import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["run"]

_NONE = "merge needs reports: write them with `vmsnap-lint --format json` in each repository"


def run(command: Command) -> int:
    """Writes one report of all; the exit code is the one that a lint of all would have.

    Raises UsageError for a file that is no report, and for an output that cannot be used.
    """
    settings = command.settings
    if not command.arguments:
        raise UsageError(_NONE)
    outputs.check(settings, BY_NAME)
    reports = named_reports.read(command.arguments)
    if any(report.is_sarif for report in reports):
        return _of_sarif(reports, settings)
    settings = settings._replace(format=outputs.chosen(settings))
    whole = json_merging.merged(reports)
    return reporting.write(result_of(whole), settings, partial(_rendered, whole))


def _rendered(whole: dict[str, Any], name: str, result: Result, look: Look) -> Iterator[str]:
    """The merged report; json and sarif keep repositories apart."""
    if name == "json":
        return json_lines(whole)
    if name == "sarif":
        return sarif_merging.lines(_as_sarif(whole, look))
    return placed(name, result, look)


def _as_sarif(whole: dict[str, Any], look: Look) -> dict[str, Any]:
    """A log with a run for each repository."""
    return sarif_merging.merged(
        NamedReport(name, "", json.loads("".join(placed("sarif", result_of(value), look))))
        for name, value in json_merging.of_repositories(whole)
    )


def _of_sarif(reports: Sequence[NamedReport], settings: Settings) -> int:
    """Writes logs of SARIF as one."""
    other = next((report for report in reports if not report.is_sarif), None)
    if other is not None:
        raise UsageError(f'"{other.file}" is of format json, others are sarif: merge one format')
    formats = {settings.format, *(output.format for output in settings.output)}
    if wrong := sorted(formats - {"auto", "sarif"}):
        raise UsageError(f"reports of format sarif make no {wrong[0]}: merge those of format json")
    log = sarif_merging.merged(reports)
    console.write(sarif_merging.lines(log))
    outputs.write(settings.output, lambda _: sarif_merging.lines(log))
    if unread := list(sarif_merging.unread(log)):
        console.write_errors(summary.unread(unread))
        return USAGE
    levels = {result["level"] for run in log["runs"] for result in run["results"]}
    reached = any(
        severity >= settings.fail_on for severity, level in LEVELS.items() if level in levels
    )
    return int(reached and not settings.exit_zero)
