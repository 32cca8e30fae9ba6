"""The verb `check`: a lint becomes a report on standard output, and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import engine
from vmsnap_lint.cli import console
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report import render, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.cli.command_options import CheckArguments, Voice
    from vmsnap_lint.core.model import Report

__all__ = ["check"]


def check(options: CheckArguments) -> int:
    """Lints and reports; 1 when a finding is at or above the threshold, else 0."""
    stdin = console.read_stdin(options.paths, options.settings.allow_empty)
    settings = options.settings._replace(tool_path=console.search_path(), today=console.today())
    if options.write_baseline:
        settings = settings._replace(baseline="")  # the new one takes its place
    elif not _wants_all(options):
        settings = settings._replace(list_unverified=False)
    run = engine.lint(options.paths, stdin, settings)
    if options.write_baseline:
        run = run._replace(report=_accepted(run.report, options.write_baseline))
    color = console.colored(options.voice.color)
    shown = run.report if _wants_all(options) else summary.verified(run.report)
    console.write(render(options.format, shown, run.sources, color))
    if options.format != "json":  # which holds all of it
        console.note(_notes(run.report, shown, options.voice))
    return 0 if options.exit_zero else run.report.exit_code(options.fail_on)


def _wants_all(options: CheckArguments) -> bool:
    """Whether what could not be verified is listed, too, and not only counted."""
    asked = options.voice.verbose or options.fail_on is Severity.INFO
    selected = options.settings.select
    return asked or options.format == "json" or not all(map(summary.is_listed, selected))


def _accepted(report: Report, path: str) -> Report:
    """The report as it is with a baseline of all its findings, which is written."""
    from vmsnap_lint.report import baseline  # few runs write one

    entries = baseline.accepted(report.findings)
    baseline.write(path, entries)
    return baseline.apply(report, entries, frozenset(), ())


def _notes(report: Report, shown: Report, voice: Voice) -> Iterator[str]:
    if voice.quiet:
        return
    yield from summary.not_checked(report.not_checked, voice.verbose)
    yield from summary.unverified(report.unverified + len(report.findings) - len(shown.findings))
    yield from summary.stale(report.stale, voice.verbose)
    if voice.verbose:
        yield from summary.suppressed(report.suppressed)
    yield summary.summary(shown)
