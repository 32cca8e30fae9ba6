"""The command `check`: writes the report of a lint to standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import engine
from vmsnap_lint.cli import USAGE, console
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report import BY_NAME, render, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Report

__all__ = ["run"]


def run(command: Command) -> int:
    """Lints and writes the report; returns 1 if a finding is at or above --fail-on, else 0.

    It is 2 where a part of the input could not be read.

    Raises UsageError if the input cannot be used, DefectError if a rule fails.
    """
    settings, paths = command.settings, command.arguments
    stdin = console.read_stdin(paths, settings.allow_empty)
    lint = engine.lint(paths, stdin, _for_engine(settings))
    report = lint.report
    if settings.write_baseline:
        report = _accepted(report, settings.write_baseline)
    listed = report if _wants_all(settings) else summary.verified(report)
    shown = _shown(listed, settings)
    color = console.colored(settings.color)
    console.write(render(settings.format, shown, lint.sources, color))
    if not (settings.quiet or BY_NAME[settings.format].complete):
        console.write_notes(_notes(report, shown, settings.verbose))
    if report.unread:
        console.write_errors(summary.unread(report.unread))
        return USAGE
    return 0 if settings.exit_zero else report.exit_code(settings.fail_on)


def _for_engine(settings: Settings) -> Settings:
    settings = console.prepared(settings)
    if settings.write_baseline:
        return settings._replace(baseline="")  # replaced by the new one
    return settings._replace(list_unverified=_wants_all(settings))


def _wants_all(settings: Settings) -> bool:
    """Whether references that cannot be verified are listed instead of counted."""
    requested = settings.verbose or settings.fail_on is Severity.INFO
    complete = BY_NAME[settings.format].complete
    return requested or complete or not all(map(summary.is_listed, settings.select))


def _accepted(report: Report, path: str) -> Report:
    """Writes a baseline of all findings; returns the report with it."""
    from vmsnap_lint.report import baseline  # few runs write one

    entries = baseline.accepted(report.findings)
    baseline.write(path, entries)
    return baseline.apply(report, entries, frozenset(), ())


def _shown(report: Report, settings: Settings) -> Report:
    """What is listed of a report."""
    lists = (report.findings, report.suppressed, report.stale, report.not_checked)
    if not settings.cap or not any(lists):
        return report
    from vmsnap_lint.report.cap import capped  # a clean run has nothing to list

    return capped(report)


def _notes(report: Report, shown: Report, verbose: bool) -> Iterator[str]:
    unread = frozenset(report.unread)  # which are errors
    read = [skipped for skipped in shown.not_checked if skipped not in unread]
    unlisted = report.severities().total() - shown.severities().total()
    yield from summary.not_checked(read, verbose, shown.total("not_checked") - len(unread))
    yield from summary.unverified(report.unverified + unlisted)
    yield from summary.stale(shown, verbose)
    if verbose:
        yield from summary.suppressed(report.suppressed)
    yield from summary.unjudged(report.unjudged_vms)
    yield from summary.judged_apart(report)
    yield summary.summary(shown)
