"""Writes a Report as one JSON object a line, for programs that read line by line.

`type` says what a line is: the entries have the fields of the format json, and the last line is the
`summary`, with the schema version: schemas/output/jsonl.json. A result without it is incomplete.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.report.json_output import json_line
from vmsnap_lint.report.writers.json_fields import (
    SCHEMA_VERSION,
    cut_fields,
    finding_fields,
    judged_fields,
    skipped_fields,
    statistics_fields,
    summary_fields,
    suppressed_fields,
    text_fields,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["render"]


def render(result: Result, _look: Look) -> Iterator[str]:
    """The findings, then what is hidden, unused, not checked and left out, then the summary."""
    return (json_line({"type": name, **fields}) for name, fields in _entries(result))


def _entries(result: Result) -> Iterator[tuple[str, dict[str, Any]]]:
    """The type and the fields of each line."""
    report = result.report
    for finding in report.findings:
        yield "finding", finding_fields(finding, report)
    for each in report.suppressed:
        yield "suppressed", suppressed_fields(each, report)
    for entry in report.stale:
        yield "stale", dict(text_fields(entry))
    for skipped in report.not_checked:
        yield "not_checked", skipped_fields(skipped, report)
    for cut in report.cut:
        yield "cut", cut_fields(cut)
    yield from statistics_fields(result.statistics).items()
    judged = [judged_fields(judged) for judged in report.judged]
    yield (
        "summary",
        {"schema_version": SCHEMA_VERSION, "judged_for": judged, **summary_fields(report)},
    )
