"""The verb `check`: a lint becomes a report on standard output, and an exit code. Floor 9."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import engine
from vmsnap_lint.cli import console
from vmsnap_lint.report import render, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.cli.options import Check, Voice
    from vmsnap_lint.model import Report

__all__ = ["check"]


def check(options: Check) -> int:
    """Lints and reports; 1 when a finding is at or above the threshold, else 0."""
    stdin = console.read_stdin(options.paths, options.settings.allow_empty)
    run = engine.lint(options.paths, stdin, options.settings)
    color = console.colored(options.voice.color)
    console.write(render(options.format, run.report, run.sources, color))
    if options.format != "json":  # which holds all of it
        console.note(_notes(run.report, options.voice))
    return 0 if options.exit_zero else run.report.exit_code(options.fail_on)


def _notes(report: Report, voice: Voice) -> Iterator[str]:
    if voice.quiet:
        return
    yield from summary.not_checked(report.not_checked, voice.verbose)
    yield summary.summary(report)
