"""A Report becomes findings with their source lines, for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.report.terminal import ROOM, excerpt, folded, paint, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Finding, Report, Span
    from vmsnap_lint.document import Source

__all__ = ["render"]


def render(report: Report, sources: Mapping[str, Source], color: bool) -> Iterator[str]:
    """Each finding with its line, the places that explain it, the help, and an empty line."""
    for finding in report.findings:
        yield from _finding(finding, sources, color)
        yield ""


def _finding(finding: Finding, sources: Mapping[str, Source], color: bool) -> Iterator[str]:
    level = str(finding.severity)
    label = paint(f"{level}[{finding.rule}]", level, color)
    yield f"{label}: {paint(visible(finding.message), 'bold', color)}"
    spans = [finding.span, *(place.span for place in finding.related)]
    gutter = " " * len(str(max(span.line for span in spans)))
    yield _header(gutter, "-->", finding.file, finding.span, color)
    yield from _lines(sources.get(finding.file), finding.span, gutter, paint_as=(level, color))
    for place in finding.related:
        header = _header(gutter, ":::", place.file, place.span, color)
        yield f"{header} {visible(place.message)}".rstrip()
        yield from _lines(sources.get(place.file), place.span, gutter, ("place", color), mark="-")
    yield from _help(finding.help, gutter, color)


def _header(gutter: str, arrow: str, file: str, span: Span, color: bool) -> str:
    place = f"{visible(file)}:{span.line}:{span.column}"
    return f"{gutter} {paint(arrow, 'place', color)} {place}"


def _lines(
    source: Source | None, span: Span, gutter: str, paint_as: tuple[str, bool], mark: str = "^"
) -> Iterator[str]:
    text = source.line(span.line) if source else ""
    if not text:
        return
    # Of a span over several lines, the first is shown and marked to its end.
    stop = span.end_column - 1 if span.end_line == span.line else len(text)
    shown = excerpt(text, span.column - 1, stop)
    style, color = paint_as
    bar = paint("|", "place", color)
    number = paint(str(span.line).rjust(len(gutter)), "place", color)
    yield f"{gutter} {bar}"
    yield f"{number} {bar} {shown.text}".rstrip()
    yield f"{gutter} {bar} {' ' * shown.indent}{paint(mark * shown.marks, style, color)}"


def _help(text: str, gutter: str, color: bool) -> Iterator[str]:
    label = "help: "
    lead = f"{gutter} {paint('=', 'place', color)} {paint(label, 'bold', color)}"
    for line in folded(text, ROOM - len(label)):
        yield f"{lead}{line}".rstrip()
        lead = f"{gutter}   {' ' * len(label)}"
