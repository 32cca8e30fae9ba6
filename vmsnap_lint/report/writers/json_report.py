"""Writes a Report as JSON, schema version 1.

Within a schema version fields are only added. Lines and columns are 1-based and count characters;
`end_column` is one past the last. `path` is a JSON Pointer into the object (RFC 6901). Very long
texts are cut. `cut` has the numbers of what is not listed: findings of a rule and severity in one
object, in one file (`object` is null), or in the run (`file` is ""); or entries of another list.
The numbers of the summary count them, too.
`judged_for` has the releases of KubeVirt that were assumed; `source` is null for the newest known
one. In a run with declared clusters `clusters` of a finding names those that it holds in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.abridged import abridged, shortened
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report.json_output import json_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import (
        Accepted,
        Cut,
        Finding,
        Judged,
        NotChecked,
        ObjectId,
        Related,
        Report,
        Suppressed,
    )
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["SCHEMA_VERSION", "render"]

SCHEMA_VERSION = 1


def render(result: Result, _look: Look) -> Iterator[str]:
    """The report as one JSON object in ASCII, without control characters of manifests."""
    report = result.report
    value = {
        "schema_version": SCHEMA_VERSION,
        "findings": [_of_run(finding, report) for finding in report.findings],
        "suppressed": [_suppressed(hidden, report) for hidden in report.suppressed],
        "stale": [_texts(entry) for entry in report.stale],
        "not_checked": [_texts(skipped) for skipped in report.not_checked],
        "cut": [_cut(cut) for cut in report.cut],
        "judged_for": [_judged(judged) for judged in report.judged],
        "summary": _summary(report),
    }
    return json_lines(value)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "file": shortened(finding.file),
        **finding.span._asdict(),
        "object": _object(finding.object),
        "path": finding.path,
        "related": [_related(place) for place in finding.related],
        "fingerprint": finding.fingerprint,
        "help": finding.help,
    }


def _of_run(finding: Finding, report: Report) -> dict[str, Any]:
    """The finding, in a run with declared clusters with those that it holds in."""
    fields = _finding(finding)
    return {**fields, **({"clusters": _names(finding.clusters)} if report.clusters else {})}


def _judged(judged: Judged) -> dict[str, Any]:
    source = abridged(judged.source) or None
    return {"kubevirt": judged.release, "source": source, "clusters": _names(judged.clusters)}


def _names(clusters: Iterable[str]) -> list[str]:
    return [abridged(name) for name in clusters]


def _object(named: ObjectId | None) -> dict[str, str | None] | None:
    return _texts(named) if named else None


def _texts(entry: Accepted | NotChecked | ObjectId) -> dict[str, str | None]:
    """Its fields, without the middles and ends of long texts."""
    paths = ("file", "fingerprint")
    return {
        name: text and (shortened if name in paths else abridged)(text)
        for name, text in entry._asdict().items()
    }


def _cut(cut: Cut) -> dict[str, Any]:
    of_list = {"list": cut.name, "count": cut.number}
    if cut.severity is None:
        return of_list
    return {
        **of_list,
        "rule": cut.rule,
        "severity": str(cut.severity),
        "file": shortened(cut.file),
        "object": _object(cut.object),
    }


def _suppressed(hidden: Suppressed, report: Report) -> dict[str, Any]:
    """The finding; `kind` is inSource or external, as in SARIF."""
    reason = abridged(hidden.reason)
    return {**_of_run(hidden.finding, report), "kind": hidden.kind.value, "reason": reason}


def _related(place: Related) -> dict[str, Any]:
    line, column, *_ = place.span
    file = shortened(place.file)
    return {"file": file, "line": line, "column": column, "message": place.message}


def _summary(report: Report) -> dict[str, int]:
    severities = report.severities()
    lists = ("suppressed", "stale", "not_checked")
    return {
        **{f"{level}s": severities[level] for level in sorted(Severity, reverse=True)},
        **{name: report.total(name) for name in lists},
        **{name: getattr(report, name) for name in ("files", "objects", "snapshots")},
        "unjudged_vms": report.unjudged_vms,
    }
