"""Writes a Report with one line for each finding, for editors and `grep`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.report.folding import others
from vmsnap_lint.report.summary import and_more, message_of
from vmsnap_lint.report.terminal import paint, visible

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
        label = paint(f"{finding.severity}[{finding.rule}]", str(finding.severity), color)
        more = f" ({others(finding)})" if finding.same else ""
        yield f"{paint(place, 'bold', color)} {label} {visible(message_of(finding))}{more}"
    for cut in (cut for cut in report.cut if cut.name == "findings"):
        label = paint(f"{cut.severity}[{cut.rule}]", str(cut.severity), color)
        place = f"{paint(f'{visible(cut.file)}:', 'bold', color)} " if cut.file else ""
        yield f"{place}{label} {visible(and_more(cut))}"
