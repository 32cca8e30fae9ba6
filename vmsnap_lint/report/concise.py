"""A Report becomes one line a finding, as editors and `grep` like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.report.terminal import paint, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Finding, Report
    from vmsnap_lint.document import Source

__all__ = ["render"]


def render(report: Report, _sources: Mapping[str, Source], color: bool) -> Iterator[str]:
    """Each finding as `file:line:column: severity[rule] message`."""
    for finding in report.findings:
        yield _line(finding, color)


def _line(finding: Finding, color: bool) -> str:
    place = f"{visible(finding.file)}:{finding.span.line}:{finding.span.column}:"
    label = paint(f"{finding.severity}[{finding.rule}]", str(finding.severity), color)
    return f"{paint(place, 'bold', color)} {label} {visible(finding.message)}"
