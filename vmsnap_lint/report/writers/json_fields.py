"""The fields that the formats json and jsonl share: entries of a report as values of JSON."""

from __future__ import annotations

from vmsnap_lint.core.abridged import abridged, shortened
from vmsnap_lint.core.addresses import rule_address
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report.hidden import hidden

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.model import (
        Accepted,
        Cut,
        Edit,
        Finding,
        Fix,
        Judged,
        NotChecked,
        ObjectId,
        Related,
        Report,
        Suppressed,
    )
    from vmsnap_lint.report.statistics import Statistics

__all__ = [
    "SCHEMA_VERSION", "cut_fields", "finding_fields", "judged_fields", "skipped_fields",
    "statistics_fields", "summary_fields", "suppressed_fields", "text_fields",
]  # fmt: skip

SCHEMA_VERSION = 1


def finding_fields(finding: Finding, report: Report) -> dict[str, Any]:
    """The finding, in a run with declared clusters with those that it holds in."""
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
        "url": rule_address(finding.rule),
        **({"fixes": list(map(_fix, finding.fixes))} if finding.fixes else {}),
        **({"clusters": _names(finding.clusters)} if report.clusters else {}),
    }


def suppressed_fields(each: Suppressed, report: Report) -> dict[str, Any]:
    """The finding; `kind` is inSource or external, as in SARIF."""
    reason = abridged(each.reason)
    return {**finding_fields(each.finding, report), "kind": each.kind.value, "reason": reason}


def text_fields(entry: Accepted | NotChecked | ObjectId) -> dict[str, str | None]:
    """Its fields, without the middles and ends of long texts."""
    paths = ("file", "fingerprint")
    return {
        name: text and (shortened if name in paths else abridged)(text)
        for name, text in entry._asdict().items()
    }


def skipped_fields(skipped: NotChecked, report: Report) -> dict[str, Any]:
    """What was not checked; that it could not be read is told only where it is so."""
    fields = text_fields(skipped)
    return {**fields, "unread": True} if skipped in report.unread else fields


def cut_fields(cut: Cut) -> dict[str, Any]:
    """The number of entries that a list leaves out, for findings with what they are about."""
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


def judged_fields(judged: Judged) -> dict[str, Any]:
    """The assumed release; `source` is null for the newest known one."""
    source = abridged(judged.source) or None
    return {"kubevirt": judged.release, "source": source, "clusters": _names(judged.clusters)}


def summary_fields(report: Report) -> dict[str, Any]:
    """The numbers of a report; `hidden` has those of findings that are not listed, by why."""
    severities = report.severities()
    lists = ("suppressed", "stale", "not_checked")
    return {
        **{f"{level}s": severities[level] for level in sorted(Severity, reverse=True)},
        **{name: report.total(name) for name in lists},
        **{name: getattr(report, name) for name in ("files", "objects", "snapshots")},
        "unjudged_vms": report.unjudged_vms,
        "hidden": hidden(report)._asdict(),
    }


def statistics_fields(statistics: Statistics | None) -> dict[str, Any]:
    """The numbers of --statistics as one field, {} without that flag."""
    if statistics is None:
        return {}
    from vmsnap_lint.report.statistics import as_fields  # few runs want them

    return {"statistics": as_fields(statistics)}


def _names(clusters: Iterable[str]) -> list[str]:
    return [abridged(name) for name in clusters]


def _object(named: ObjectId | None) -> dict[str, str | None] | None:
    return text_fields(named) if named else None


def _related(place: Related) -> dict[str, Any]:
    line, column, *_ = place.span
    file = shortened(place.file)
    return {"file": file, "line": line, "column": column, "message": place.message}


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [_edit(edit) for edit in fix.edits]
    return {"title": abridged(fix.title), "safety": fix.safety.value, "edits": edits}


def _edit(edit: Edit) -> dict[str, Any]:
    return {"file": shortened(edit.file), **edit.span._asdict(), "text": edit.text}
