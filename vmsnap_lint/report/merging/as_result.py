"""A merged report becomes a result again, so that every format can write it."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
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
    Safety,
    Severity,
    Span,
    Subject,
    Suppressed,
    SuppressionKind,
)
from vmsnap_lint.report.hidden import counted_by
from vmsnap_lint.report.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["result_of"]

Json = dict[str, Any]


class _Named:
    """Stands for the manifest of an object, of which a report tells only the file."""

    def __init__(self, file: str) -> None:
        self.file = file


def result_of(value: Json) -> Result:
    """The result with all findings, whose files begin with the names of their repositories.

    A report of one repository, whose entries name none, keeps its files.
    """
    findings = tuple(map(_finding, value["findings"]))
    suppressed = tuple(map(_suppressed, value["suppressed"]))
    summary, notes = value["summary"], value["not_checked"]
    hidden = summary["hidden"]
    listed = counted_by(suppressed)
    whys = (hidden["in_source"], hidden["by_configuration"], hidden["by_baseline"])
    report = Report(
        findings=findings,
        not_checked=tuple(map(_note, notes)),
        files=summary["files"],
        objects=summary["objects"],
        snapshots=summary["snapshots"],
        suppressed=suppressed,
        stale=tuple(map(_stale, value["stale"])),
        unverified=hidden["unverified"],
        unread=tuple(_note(each) for each in notes if each.get("unread")),
        cut=tuple(map(_cut, value["cut"])),
        clusters=tuple(sorted({name for each in findings for name in each.clusters})),
        judged=_judged(value["judged_for"]),
        unjudged_vms=summary["unjudged_vms"],
        below_threshold=hidden["by_threshold"],
        more_suppressed=(whys[0] - listed[0], whys[1] - listed[1], whys[2] - listed[2]),
    )
    return Result(report, {})


def _file(entry: Json) -> Callable[[str], str]:
    """What puts the repository of an entry before a file."""
    repository = entry.get("repository", "")
    return lambda file: "/".join(part for part in (repository, file) if part)


def _finding(entry: Json) -> Finding:
    placed = _file(entry)
    file, named = placed(entry["file"]), entry["object"]
    clusters = tuple(map(_file(entry), entry.get("clusters", ())))
    return Finding(
        file=file,
        span=_span(entry),
        rule=entry["rule"],
        severity=Severity.named(entry["severity"]),
        message=entry["message"],
        subjects=(Subject(ObjectId(**_fields(named, ObjectId)), _Named(file)),) if named else (),
        path=entry["path"],
        related=tuple(
            Related(placed(each["file"]), _start(each), each["message"])
            for each in entry["related"]
        ),
        fingerprint=entry["fingerprint"],
        help=entry["help"],
        fixes=tuple(_fix(each, placed) for each in entry.get("fixes", ())),
        clusters=clusters,
        applied_to=clusters,
    )


def _fix(entry: Json, placed: Callable[[str], str]) -> Fix:
    edits = (Edit(placed(each["file"]), _span(each), each["text"]) for each in entry["edits"])
    return Fix(entry["title"], Safety(entry["safety"]), tuple(edits))


def _span(entry: Json) -> Span:
    return Span(**_fields(entry, Span))


def _start(entry: Json) -> Span:
    """The span of a place of which a report tells only the beginning."""
    line, column = entry["line"], entry["column"]
    return Span(line, column, line, column + 1)


def _fields(entry: Json, of: Any) -> Json:
    """What a type knows: a later version may have written more."""
    return {name: entry[name] for name in of._fields}


def _suppressed(entry: Json) -> Suppressed:
    return Suppressed(_finding(entry), SuppressionKind(entry["kind"]), entry["reason"])


def _note(entry: Json) -> NotChecked:
    return NotChecked(_file(entry)(entry["file"]), entry["reason"])


def _stale(entry: Json) -> Accepted:
    return Accepted(**{**_fields(entry, Accepted), "file": _file(entry)(entry["file"])})


def _cut(entry: Json) -> Cut:
    if "rule" not in entry:
        return Cut(entry["list"], entry["count"])
    named = entry["object"]
    return Cut(
        name=entry["list"],
        number=entry["count"],
        rule=entry["rule"],
        severity=Severity.named(entry["severity"]),
        file=_file(entry)(entry["file"]) if entry["file"] else "",
        object=ObjectId(**_fields(named, ObjectId)) if named else None,
    )


def _judged(entries: list[Json]) -> tuple[Judged, ...]:
    """The assumed releases, each once: repositories may have thousands of clusters."""
    every = (
        Judged(each["kubevirt"], each["source"] or "", tuple(map(_file(each), each["clusters"])))
        for each in entries
    )
    return tuple(dict.fromkeys(every))
