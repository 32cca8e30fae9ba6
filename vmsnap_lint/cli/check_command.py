"""The command `check`: writes the report of a lint to standard output."""

from __future__ import annotations

from vmsnap_lint import engine
from vmsnap_lint.cli import console, outputs, reporting
from vmsnap_lint.core import stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report import BY_NAME, render
from vmsnap_lint.report.result import Result

if TYPE_CHECKING:
    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.cli.reporting import Show
    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Report

__all__ = ["run"]


def run(command: Command) -> int:
    """Lints and writes the report; returns 1 if a finding is at or above --fail-on, else 0.

    It is 2 where a part of the input could not be read.

    Raises UsageError if the input or an output cannot be used, DefectError if a rule fails.
    """
    if command.settings.stdin_filename:
        from vmsnap_lint.cli import stdin_file  # for editors

        return stdin_file.run(command, _run)
    settings = command.settings
    return _run(command, console.read_stdin(command.arguments, settings.allow_empty))


def _run(command: Command, stdin: bytes | None) -> int:
    settings, paths = command.settings, command.arguments
    settings = settings._replace(format=outputs.chosen(settings))
    outputs.check(settings, BY_NAME)
    console.watched(settings)
    for_engine = _for_engine(settings)
    if settings.fix or settings.fix_only or settings.diff:
        from vmsnap_lint.cli import fix_rounds  # most runs change nothing

        return fix_rounds.run(paths, stdin, settings, for_engine, _written)
    return _written(engine.lint(paths, stdin, for_engine), settings)


def _written(lint: engine.Run, settings: Settings, show: Show = console.write) -> int:
    """Writes the report of a lint; returns the exit code that it gives."""
    stages.enter("writing the result")
    report = lint.report
    if settings.write_baseline:
        report = _accepted(report, settings.write_baseline)
    return reporting.write(Result(report, lint.sources, lint.plans), settings, render, show)


def _for_engine(settings: Settings) -> Settings:
    changes = settings.fix or settings.fix_only or settings.diff
    with_fixes = changes or reporting.wants_fixes(settings)
    settings = console.prepared(settings)._replace(with_fixes=with_fixes)
    if settings.write_baseline:
        return settings._replace(baseline="")  # replaced by the new one
    names = (settings.format, *(output.format for output in settings.output))
    wanted = any(reporting.wants_all(name, settings) for name in names)
    return settings._replace(list_unverified=wanted)


def _accepted(report: Report, path: str) -> Report:
    """Writes a baseline of all findings; returns the report with it."""
    from vmsnap_lint.report import baseline  # few runs write one

    entries = baseline.accepted(report.findings)
    baseline.write(path, entries)
    return baseline.apply(report, entries, frozenset(), ())
