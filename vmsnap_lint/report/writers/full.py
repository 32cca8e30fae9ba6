"""Writes a Report with the source lines of each finding, for terminals."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Related
from vmsnap_lint.report.summary import and_more, and_same, message_of
from vmsnap_lint.report.terminal import ROOM, excerpt, folded, paint, rule_label, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Cut, Finding, Span
    from vmsnap_lint.document import Source
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["places", "render"]

_NARROWEST = 60  # columns for a help text
_KNOWN = "as above"


def render(result: Result, look: Look) -> Iterator[str]:
    """Each finding with its line, its related places, the help, and an empty line.

    A help that is above already for the same rule is not repeated, unless the user wants it all.
    The numbers of those that are left out follow in the same form.
    """
    report, color = result.report, look.color
    told: set[tuple[str, str]] = set()
    for finding in report.findings:
        what = finding.rule, finding.help
        is_known = bool(finding.help) and what in told and not look.verbose
        yield from _finding(
            finding._replace(help=_KNOWN) if is_known else finding, result.sources, look
        )
        yield ""
        told.add(what)
    for cut in report.cut_findings():
        yield f"{_label(cut, look)}: {paint(visible(and_more(cut)), 'bold', color)}"
        yield from [f" {paint('-->', 'place', color)} {visible(cut.file)}"] if cut.file else ()
        yield ""


def _label(of: Finding | Cut, look: Look) -> str:
    return rule_label(str(of.severity), of.rule, look.color, look.links)


def _finding(finding: Finding, sources: Mapping[str, Source], look: Look) -> Iterator[str]:
    color = look.color
    yield f"{_label(finding, look)}: {paint(visible(message_of(finding)), 'bold', color)}"
    yield from places(finding, sources, color)
    gutter = " " * _gutter(finding)
    if finding.same:
        yield f"{gutter} {paint('=', 'place', color)} {and_same(finding)}"
    yield from _help(finding.help, gutter, look)


def places(finding: Finding, sources: Mapping[str, Source], color: bool = False) -> Iterator[str]:
    """The place of a finding and the related ones, each with its source line."""
    gutter = " " * _gutter(finding)
    level = str(finding.severity)
    for number, place in enumerate([Related(finding.file, finding.span, ""), *finding.related]):
        arrow, mark, style = (":::", "-", "place") if number else ("-->", "^", level)
        at = f"{visible(place.file)}:{place.span.line}:{place.span.column}"
        header = f"{gutter} {paint(arrow, 'place', color)} {at} {visible(place.message)}"
        yield header.rstrip()
        source = sources.get(place.file)
        text = source.line(place.span.line) if source else ""
        if text:
            yield from _lines(text, place.span, gutter, (mark, style), color)


def _gutter(finding: Finding) -> int:
    """The width of the highest line number of its places."""
    lines = (finding.span.line, *(place.span.line for place in finding.related))
    return len(str(max(lines)))


def _lines(
    text: str, span: Span, gutter: str, marked: tuple[str, str], color: bool
) -> Iterator[str]:
    """The first line of the span, with its marks."""
    stop = span.end_column - 1 if span.end_line == span.line else len(text)
    shown = excerpt(text, span.column - 1, stop)
    mark, style = marked
    bar = paint("|", "place", color)
    number = paint(str(span.line).rjust(len(gutter)), "place", color)
    yield f"{gutter} {bar}"
    yield f"{number} {bar} {shown.text}".rstrip()
    yield f"{gutter} {bar} {' ' * shown.indent}{paint(mark * shown.marks, style, color)}"


def _help(text: str, gutter: str, look: Look) -> Iterator[str]:
    label, color = "help: ", look.color
    below = f"{gutter}   {' ' * len(label)}"
    room = ROOM - len(label)
    if look.columns:
        room = max(_NARROWEST, min(ROOM, look.columns)) - len(below)
    lead = f"{gutter} {paint('=', 'place', color)} {paint(label, 'bold', color)}"
    for line in folded(text, room):
        yield f"{lead}{line}".rstrip()
        lead = below
