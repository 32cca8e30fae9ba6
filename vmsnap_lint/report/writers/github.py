"""Writes a Report as workflow commands, from which GitHub makes annotations of a pull request.

The form of a command and what is escaped in it:
https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands and `command.ts`
of https://github.com/actions/toolkit.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import shortened
from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.repository import is_path
from vmsnap_lint.report.hidden import hidden, in_words
from vmsnap_lint.report.summary import message_of
from vmsnap_lint.report.terminal import COMMAND, folded, visible
from vmsnap_lint.report.writers import concise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Finding, Report
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["render"]

# GitHub shows ten annotations of a type for each step; one notice is for the numbers.
# https://docs.github.com/rest/checks and https://github.com/orgs/community/discussions/26680
_MOST = {Severity.ERROR: 10, Severity.WARNING: 10, Severity.INFO: 9}
_NAMES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_MOST_RELATED = 3
_ROOM = 2_000  # of a line of help; GitHub folds it


def render(result: Result, look: Look) -> Iterator[str]:
    """The first findings of each severity as commands, errors first, the others as plain lines.

    In between stands the number of those others, and of what is not listed.
    """
    report = result.report
    shown: list[Finding] = []
    others: list[Finding] = []
    room = dict(_MOST)
    for finding in sorted(report.findings, key=lambda finding: -finding.severity):
        (shown if room[finding.severity] else others).append(finding)
        room[finding.severity] -= bool(room[finding.severity])
    yield from map(_annotation, shown)
    yield from _numbers(report, others)
    yield from concise.render(result._replace(report=report._replace(findings=tuple(others))), look)


def _annotation(finding: Finding) -> str:
    name = _NAMES[finding.severity]
    properties = ",".join(f"{key}={_property(text)}" for key, text in _properties(finding))
    return f"::{name} {properties}::{_data(_told(finding))}"


def _properties(finding: Finding) -> Iterator[tuple[str, str]]:
    """Its place and title; GitHub takes columns only within one line."""
    if _has_place(finding):
        line, column, end_line, end_column = finding.span
        yield "file", _path(finding.file)
        yield "line", str(line)
        yield "endLine", str(end_line)
        if line == end_line:
            yield "col", str(column)
            yield "endColumn", str(end_column)
    yield "title", finding.rule


def _has_place(finding: Finding) -> bool:
    """Whether it is in a file of the repository, not in standard input."""
    return is_path(finding.file)


def _path(file: str) -> str:
    """The path as it is, unless a log would act on it: then no file is found, which is harmless."""
    file = shortened(file)
    rest = file.replace("\n", "").replace("\r", "")
    return visible(file) if COMMAND.search(file) or not rest.isprintable() else file


def _told(finding: Finding) -> Iterator[str]:
    """The lines of an annotation: message, other places, help, and the page of the rule."""
    place = "" if _has_place(finding) else f"{visible(finding.file)}:{finding.span.line}: "
    yield f"{place if finding.file else ''}{visible(message_of(finding))}"
    for related in finding.related[:_MOST_RELATED]:
        yield f"{visible(related.file)}:{related.span.line}: {visible(related.message)}"
    if more := len(finding.related[_MOST_RELATED:]):
        yield f"and {more} more places"
    for at, line in enumerate(folded(finding.help, _ROOM)):
        yield line if at else f"help: {line}"
    yield rule_address(finding.rule)


def _numbers(report: Report, others: Iterable[Finding]) -> Iterator[str]:
    """How many findings are no annotations, and why; a notice unless nothing can be done about it.

    References that lead out of the input are no news in every pull request.
    """
    counts = dict.fromkeys(_NAMES.values(), 0)
    for finding in others:
        counts[_NAMES[finding.severity]] += 1
    told = [f"{number} more {name}s in the log" for name, number in counts.items() if number]
    numbers = hidden(report)
    if words := in_words(numbers):
        told.append(f"not listed: {words}")
    text = "; ".join(told)
    is_news = any(counts.values()) or any(numbers._replace(unverified=0))
    yield from [f"::notice title=vmsnap-lint::{_data([text])}" if is_news else text] if text else ()


def _data(lines: Iterable[str]) -> str:
    text = "\n".join(lines)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data([text]).replace(":", "%3A").replace(",", "%2C")
