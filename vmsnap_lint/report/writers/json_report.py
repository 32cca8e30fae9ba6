"""Writes a Report as JSON, schema version 1 (schemas/output/check.json).

Within a schema version fields are only added. Lines and columns are 1-based and count characters;
`end_column` is one past the last. `path` is a JSON Pointer into the object (RFC 6901). Very long
texts are cut. `cut` has the numbers of what is not listed: findings of a rule and severity in one
object, in one file (`object` is null), or in the run (`file` is ""); or entries of another list.
The numbers of the summary count them, too; `hidden` of it has what is not listed, by why.
`judged_for` has the releases of KubeVirt that were assumed; `source` is null for the newest known
one. In a run with declared clusters `clusters` of a finding names those that it holds in.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.json_output import json_lines
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

__all__ = ["SCHEMA_VERSION", "render"]


def render(result: Result, _look: Look) -> Iterator[str]:
    """The report as one JSON object in ASCII, without control characters of manifests."""
    report = result.report
    value = {
        "schema_version": SCHEMA_VERSION,
        "findings": [finding_fields(finding, report) for finding in report.findings],
        "suppressed": [suppressed_fields(each, report) for each in report.suppressed],
        "stale": [text_fields(entry) for entry in report.stale],
        "not_checked": [skipped_fields(skipped, report) for skipped in report.not_checked],
        "cut": [cut_fields(cut) for cut in report.cut],
        "judged_for": [judged_fields(judged) for judged in report.judged],
        "summary": summary_fields(report),
        **statistics_fields(result.statistics),
    }
    return json_lines(value)
