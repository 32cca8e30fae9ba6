"""Writes a Report by file, and within a file by rule, for terminals."""

from __future__ import annotations

from itertools import groupby

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import counted
from vmsnap_lint.report.summary import and_more, and_same, message_of
from vmsnap_lint.report.terminal import paint, rule_label, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Cut, Finding, Severity
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["render"]


def render(result: Result, look: Look) -> Iterator[str]:
    """Each file with its findings, the worst rules first, and an empty line after it.

    The numbers of those that are left out follow in the same form.
    """
    report = result.report
    cuts: dict[str, list[Cut]] = {}
    for cut in report.cut_findings():
        cuts.setdefault(cut.file, []).append(cut)
    for file, findings in groupby(report.findings, key=lambda finding: finding.file):
        listed = list(findings)
        number = counted(len(listed), "finding")
        yield f"{paint(visible(file) or 'the run', 'bold', look.color)} ({number})"
        yield from _by_rule(listed, look)
        yield from _cut(cuts.pop(file, ()), look)
        yield ""
    for file, of_file in cuts.items():
        yield paint(visible(file) or "the run", "bold", look.color)
        yield from _cut(of_file, look)
        yield ""


def _by_rule(findings: list[Finding], look: Look) -> Iterator[str]:
    """The findings of one file."""
    ordered = sorted(findings, key=lambda finding: (-finding.severity, finding.rule))
    column = max(len(_place(finding)) for finding in findings)
    for (level, rule), same in groupby(ordered, key=lambda each: (each.severity, each.rule)):
        yield f"  {_label(level, rule, look)}"
        for finding in same:
            place = paint(_place(finding).ljust(column), "place", look.color)
            more = f" ({and_same(finding)})" if finding.same else ""
            yield f"    {place}  {visible(message_of(finding))}{more}"


def _cut(cuts: Iterable[Cut], look: Look) -> Iterator[str]:
    for cut in cuts:
        if cut.severity is not None:
            yield f"  {_label(cut.severity, cut.rule, look)} {visible(and_more(cut))}"


def _label(level: Severity, rule: str, look: Look) -> str:
    return rule_label(str(level), rule, look.color, look.links)


def _place(finding: Finding) -> str:
    return f"{finding.span.line}:{finding.span.column}"
