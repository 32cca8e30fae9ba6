"""Writes a Report with one line for each finding, for editors and `grep`."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.summary import and_more, and_same, message_of
from vmsnap_lint.report.terminal import paint, rule_label, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["render"]


def render(result: Result, look: Look) -> Iterator[str]:
    """Each finding as `file:line:column: severity[rule] message`, then the numbers of others."""
    report, color = result.report, look.color
    for finding in report.findings:
        place = f"{visible(finding.file)}:{finding.span.line}:{finding.span.column}:"
        label = rule_label(str(finding.severity), finding.rule, color, look.links)
        more = f" ({and_same(finding)})" if finding.same else ""
        yield f"{paint(place, 'bold', color)} {label} {visible(message_of(finding))}{more}"
    for cut in report.cut_findings():
        label = rule_label(str(cut.severity), cut.rule, color, look.links)
        place = f"{paint(f'{visible(cut.file)}:', 'bold', color)} " if cut.file else ""
        yield f"{place}{label} {visible(and_more(cut))}"
