"""Writes a Report as JSON, schema version 1.

Within a schema version fields are only added. Lines and columns are 1-based and count characters;
`end_column` is one past the last. `path` is a JSON Pointer into the object (RFC 6901).
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Finding, Related, Report, Suppressed
    from vmsnap_lint.document import Source

__all__ = ["SCHEMA_VERSION", "render"]

SCHEMA_VERSION = 1


def render(report: Report, _sources: Mapping[str, Source], _color: bool) -> Iterator[str]:
    """The report as one JSON object in ASCII, without control characters of manifests."""
    value = {
        "schema_version": SCHEMA_VERSION,
        "findings": [_finding(finding) for finding in report.findings],
        "suppressed": [_suppressed(hidden) for hidden in report.suppressed],
        "stale": [entry._asdict() for entry in report.stale],
        "not_checked": [skipped._asdict() for skipped in report.not_checked],
        "summary": _summary(report),
    }
    yield json.dumps(value, indent=2)


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
    """The finding; `kind` is inSource or external, as in SARIF."""
    return {**_finding(hidden.finding), "kind": hidden.kind.value, "reason": hidden.reason}


def _related(place: Related) -> dict[str, Any]:
    line, column, *_ = place.span
    return {"file": place.file, "line": line, "column": column, "message": place.message}


def _summary(report: Report) -> dict[str, int]:
    severities = Counter(finding.severity for finding in report.findings)
    lists = ("suppressed", "stale", "not_checked")
    return {
        **{f"{level}s": severities[level] for level in sorted(Severity, reverse=True)},
        **{name: len(getattr(report, name)) for name in lists},
        **{name: getattr(report, name) for name in ("files", "objects", "snapshots")},
    }
