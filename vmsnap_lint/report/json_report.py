"""A Report becomes JSON, schema version 1.

Within a schema version fields are only added. Lines and columns are 1-based and count characters;
`end_column` is one past the last. `path` is a JSON Pointer into the object (RFC 6901).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Finding, Related, Report, Suppressed
    from vmsnap_lint.document import Source

__all__ = ["SCHEMA_VERSION", "render"]

SCHEMA_VERSION = 1


def render(report: Report, _sources: Mapping[str, Source], _color: bool) -> Iterator[str]:
    """The report as one JSON object, in ASCII: no byte of a manifest reaches a terminal raw."""
    yield json.dumps(_report(report), indent=2)


def _report(report: Report) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "findings": [_finding(finding) for finding in report.findings],
        "suppressed": [_suppressed(hidden) for hidden in report.suppressed],
        "stale": [entry._asdict() for entry in report.stale],
        "not_checked": [skipped._asdict() for skipped in report.not_checked],
        "summary": _summary(report),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "file": finding.file,
        **finding.span._asdict(),
        "object": finding.object._asdict() if finding.object else None,
        "path": finding.path,
        "related": [_related(place) for place in finding.related],
        "fingerprint": finding.fingerprint,
        "help": finding.help,
    }


def _suppressed(hidden: Suppressed) -> dict[str, Any]:
    """The finding, and who hides it: `kind` is inSource or external, as in SARIF."""
    return {**_finding(hidden.finding), "kind": hidden.kind.value, "reason": hidden.reason}


def _related(place: Related) -> dict[str, Any]:
    return {
        "file": place.file,
        "line": place.span.line,
        "column": place.span.column,
        "message": place.message,
    }


def _summary(report: Report) -> dict[str, int]:
    severities = [finding.severity for finding in report.findings]
    return {
        "errors": severities.count(Severity.ERROR),
        "warnings": severities.count(Severity.WARNING),
        "infos": severities.count(Severity.INFO),
        "suppressed": len(report.suppressed),
        "stale": len(report.stale),
        "not_checked": len(report.not_checked),
        "files": report.files,
        "objects": report.objects,
        "snapshots": report.snapshots,
    }
