"""Writes a Report as Markdown: a comment on a pull request, or a summary of a job.

A comment on GitHub holds 65,536 characters, a job summary 1 MiB, which is dropped as a whole beyond
(https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands). All that is
left out for that is counted. The first line marks the comment for who replaces it.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import abridged, shortened
from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import counted
from vmsnap_lint.report import summary
from vmsnap_lint.report.hidden import hidden, in_words
from vmsnap_lint.report.terminal import folded
from vmsnap_lint.report.writers.full import places
from vmsnap_lint.report.writers.markdown_text import code, fenced, in_cell, prose, within_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.core.model import Cut, Finding, Report
    from vmsnap_lint.document import Source
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["MARKER", "MOST_BYTES", "render"]

MARKER = "<!-- vmsnap-lint -->"
MOST_BYTES = 65_536
"""As many characters are allowed; no character is less than a byte."""
_RESERVE = 1_000  # for the sentences about what is left out
_SHARE_OF_TABLE = 0.6
_MOST_OF_CHAINS = (
    2_000  # GitLab draws no more (https://gitlab.com/gitlab-org/gitlab/-/issues/368393)
)
_MOST_LISTED = 10
_LONGEST_MESSAGE = 500
_ROOM = 2_000
_HEAD = ("| Severity | Rule | Place | Message |", "| --- | --- | --- | --- |")


class _Fitted(NamedTuple):
    """The blocks for which there is room, and the number of the others."""

    lines: list[str]
    size: int
    left_out: int


def render(result: Result, _look: Look) -> Iterator[str]:
    """The numbers, a table of findings, their details, the broken chains, and what is hidden."""
    report = summary.verified(result.report)
    findings = sorted(report.findings, key=lambda finding: -finding.severity)
    head, tail = list(_head(report)), [*_chains(result), *_not_listed(report)]
    room = MOST_BYTES - _RESERVE - _size(head) - _size(tail)
    table = _fitted(map(_row, findings), int(room * _SHARE_OF_TABLE))
    beyond = _fitted(map(_cut_row, report.cut_findings()), int(room * _SHARE_OF_TABLE) - table.size)
    left = room - table.size - beyond.size
    details = _fitted((_details(each, result.sources) for each in findings), left)
    yield from head
    if table.lines or beyond.lines:
        yield from (*_HEAD, *table.lines, *beyond.lines, "")
    yield from _left_out("not in this table", _number(findings, table.left_out))
    yield from details.lines
    yield from _left_out("without details here", _number(findings, details.left_out))
    yield from tail


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode("utf-8", "backslashreplace")) + 1 for line in lines)


def _fitted(blocks: Iterable[Iterable[str]], room: int) -> _Fitted:
    """The first blocks, as long as there is room; the others are not made but counted."""
    lines: list[str] = []
    size = left_out = 0
    for block in blocks:
        if left_out:
            left_out += 1
            continue
        listed = list(block)
        more = _size(listed)
        if size + more > room:
            left_out = 1
        else:
            lines += listed
            size += more
    return _Fitted(lines, size, left_out)


def _number(findings: Sequence[Finding], left_out: int) -> int:
    """How many findings the last ones stand for."""
    return sum(1 + len(each.same) for each in findings[len(findings) - left_out :])


def _left_out(what: str, number: int) -> Iterator[str]:
    if number:
        yield from (f"{counted(number, 'finding')} {what}, for lack of room.", "")


def _head(report: Report) -> Iterator[str]:
    yield MARKER
    yield f"## vmsnap-lint: {summary.by_severity(report.severities()) or 'no findings'}"
    yield ""
    yield prose(summary.summary(report))
    yield ""
    for line in summary.judged_apart(report):
        yield from (f"- {prose(line)}",)
    if len(report.judged) > 1:
        yield ""


def _row(finding: Finding) -> Iterator[str]:
    place = code(f"{shortened(finding.file, 200)}:{finding.span.line}") if finding.file else ""
    message = prose(shortened(summary.message_of(finding), _LONGEST_MESSAGE))
    more = f" ({prose(summary.and_same(finding))})" if finding.same else ""
    yield _cells(str(finding.severity), _rule(finding.rule), place, message + more)


def _cut_row(cut: Cut) -> Iterator[str]:
    yield _cells(
        str(cut.severity), _rule(cut.rule), code(shortened(cut.file, 200)),
        prose(summary.and_more(cut)),
    )  # fmt: skip


def _cells(*cells: str) -> str:
    return f"| {' | '.join(map(in_cell, cells))} |"


def _rule(name: str) -> str:
    return f"[{name}]({rule_address(name)})"


def _details(finding: Finding, sources: Mapping[str, Source]) -> Iterator[str]:
    """A folded block with the lines of a finding, its help, and the page of its rule."""
    file = shortened(finding.file, 200) or "the run"
    place = within_html(f"{file}:{finding.span.line}")
    yield "<details>"
    yield f"<summary>{finding.severity}: {finding.rule} in {place}</summary>"
    yield ""
    if message := prose(summary.message_of(finding)):
        yield from (f"**{finding.severity}:** {message}", "")
    yield from fenced(places(finding, sources))
    yield ""
    if finding.same:
        yield from (prose(summary.and_same(finding)), "")
    for at, line in enumerate(folded(finding.help, _ROOM)):
        if text := prose(line):
            yield from (text if at else f"**Help:** {text}", "")
    yield f"See {_rule(finding.rule)}."
    yield ""
    yield "</details>"
    yield ""


def _chains(result: Result) -> Iterator[str]:
    """A drawing of the broken chains, if there are findings about any and they fit."""
    if not result.report.findings:
        return
    from vmsnap_lint.report.pictures.chosen import broken
    from vmsnap_lint.report.pictures.graph_of_plans import graph_of
    from vmsnap_lint.report.pictures.mermaid import flowchart

    graph = broken(graph_of(result.plans()))
    if not graph.nodes:
        return
    lines = list(flowchart(graph, _MOST_OF_CHAINS))
    yield from ("<details>", "<summary>Broken chains</summary>", "")
    if not any(":::" in line for line in lines):  # no object is drawn
        yield "They are too large to be drawn here: `vmsnap-lint plan --format mermaid` draws them."
    else:
        yield from fenced(lines, "mermaid")
    yield from ("", "</details>", "")


def _not_listed(report: Report) -> Iterator[str]:
    """What the findings do not show: hidden ones, unused entries, and inputs not checked."""
    if words := in_words(hidden(report)):
        yield from (f"Not listed: {words}.", "")
    if stale := report.total("stale"):
        yield from (f"Unused baseline entries: {stale}.", "")
    if report.unjudged_vms:
        yield from (f"{prose(next(iter(summary.unjudged(report.unjudged_vms))))}.", "")
    total = report.total("not_checked")
    if not total:
        return
    yield from ("<details>", f"<summary>Not checked: {counted(total, 'input')}</summary>", "")
    for skipped in report.not_checked[:_MOST_LISTED]:
        reason = prose(shortened(abridged(skipped.reason), _LONGEST_MESSAGE))
        yield f"- {code(shortened(skipped.file, 200))}: {reason}"
    if more := total - len(report.not_checked[:_MOST_LISTED]):
        yield f"- and {more} more"
    yield from ("", "</details>", "")
