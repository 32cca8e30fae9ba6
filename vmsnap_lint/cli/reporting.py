"""Writes a result: in the format of standard output, to the files of --output, and the notes."""

from __future__ import annotations

from vmsnap_lint.cli import USAGE, console, outputs
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report import BY_NAME, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Report
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

    Show = Callable[[Iterable[str]], None]
    Render = Callable[[str, Result, Look], Iterator[str]]

__all__ = ["wants_all", "wants_fixes", "write"]


def write(result: Result, settings: Settings, render: Render, show: Show = console.write) -> int:
    """Writes the result by what renders a format; returns the exit code that it gives.

    `show` writes to standard output, or to where else its reader looks. Raises UsageError if an
    output cannot be written.
    """
    report = result.report
    counted = _counted(result, settings.format, settings)
    shown = _shown(counted, settings.format, settings)
    show(render(settings.format, shown, outputs.look(settings)))
    outputs.write(settings.output, lambda name: _to_file(name, result, settings, render))
    if _has_notes(settings):
        console.write_notes(_notes(counted.report, shown.report, settings))
    if report.unread:
        console.write_errors(summary.unread(report.unread))
        return USAGE
    return 0 if settings.exit_zero else report.exit_code(settings.fail_on)


def wants_all(name: str, settings: Settings) -> bool:
    """Whether a format lists references that cannot be verified instead of counting them."""
    requested = settings.verbose or settings.fail_on is Severity.INFO
    complete = BY_NAME[name].complete
    return requested or complete or not all(map(summary.is_listed, settings.select))


def wants_fixes(settings: Settings) -> bool:
    """Whether anything tells what would mend a finding, or how many can be fixed."""
    names = (settings.format, *(output.format for output in settings.output))
    return _has_notes(settings) or any(BY_NAME[name].fixes for name in names)


def _has_notes(settings: Settings) -> bool:
    row = BY_NAME[settings.format]
    return not settings.quiet and (row.without_counts or not row.complete)


def _to_file(name: str, result: Result, settings: Settings, render: Render) -> Iterator[str]:
    """The result; a text, whose notes are elsewhere, ends with the number of what is hidden."""
    look = outputs.PLAIN._replace(verbose=settings.verbose)
    shown = _shown(_counted(result, name, settings), name, settings)
    yield from render(name, shown, look)
    if not (BY_NAME[name].complete or BY_NAME[name].portable):
        yield from _hidden(shown.report, settings)


def _shown(result: Result, name: str, settings: Settings) -> Result:
    """What a format lists, of a result without what it only counts."""
    report = result.report
    if settings.min_severity > Severity.INFO:
        report = summary.at_least(report, settings.min_severity)
    if settings.statistics and BY_NAME[name].statistics:
        from vmsnap_lint.report.statistics import statistics_of  # few runs want them

        result = result._replace(statistics=statistics_of(report, result.plans()))
    elif BY_NAME[name].folded and len(report.findings) > 1 and not settings.verbose:
        from vmsnap_lint.report.folding import folded  # a clean run has nothing to fold

        report = folded(report)
    lists = (report.findings, report.suppressed, report.stale, report.not_checked)
    if settings.cap and any(lists):
        from vmsnap_lint.report.cap import capped  # a clean run has nothing to list

        report = capped(report)
    return result._replace(report=report)


def _hidden(shown: Report, settings: Settings) -> Iterator[str]:
    baseline = "" if settings.write_baseline else settings.baseline
    return summary.unlisted(shown, baseline, settings.min_severity)


def _counted(result: Result, name: str, settings: Settings) -> Result:
    """The result without what a format only counts."""
    if wants_all(name, settings):
        return result
    return result._replace(report=summary.verified(result.report))


def _notes(counted: Report, shown: Report, settings: Settings) -> Iterator[str]:
    unread = frozenset(counted.unread)  # which are errors
    read = [skipped for skipped in shown.not_checked if skipped not in unread]
    verbose, written = settings.verbose, settings.write_baseline
    yield from summary.not_checked(read, verbose, shown.total("not_checked") - len(unread))
    yield from summary.stale(shown, verbose)
    yield from summary.unjudged(counted.unjudged_vms)
    yield from summary.unmatched(counted.unmatched_policies)
    yield from summary.judged_apart(counted)
    yield from _hidden(shown, settings)
    yield from summary.fixable(counted, settings.min_severity, unsafe=settings.unsafe_fixes)
    yield summary.summary(counted, written)
