"""Findings become results of SARIF."""

from __future__ import annotations

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.model import Severity
from vmsnap_lint.report.json_output import well_formed
from vmsnap_lint.report.summary import message_of
from vmsnap_lint.report.terminal import visible
from vmsnap_lint.report.writers.line_hashes import line_hashes
from vmsnap_lint.report.writers.sarif_places import (
    artifact,
    literal,
    location,
    region,
    with_objects,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.core.model import Edit, Finding, Fix, Suppressed
    from vmsnap_lint.document import Source

__all__ = ["LEVELS", "ListedFinding", "hashes", "result"]

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_MOST_LOCATIONS = 100  # GitHub shows no more: "1,000 locations per result, 100 kept"
_MOST_LINKS = 10
_Place = tuple[str, int]


class ListedFinding(NamedTuple):
    """A finding, and what hides it."""

    finding: Finding
    hidden: Suppressed | None = None


def result(
    listed: ListedFinding, rules: Mapping[str, int], hashed: Mapping[_Place, str], judges: bool
) -> dict[str, Any]:
    """The result; `judges` says that some are suppressed, so that each has to say whether it is."""
    finding = listed.finding
    value = {
        "ruleId": finding.rule,
        "ruleIndex": rules[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [with_objects(finding)],
        "partialFingerprints": _fingerprints(finding, hashed),
    }
    if finding.related:
        value["relatedLocations"] = _related(finding)
    if finding.more:
        value["occurrenceCount"] = 1 + finding.more
    if finding.fixes:
        value["fixes"] = _unlike(map(_fix, finding.fixes))
    if judges:
        value["suppressions"] = [_suppression(listed.hidden)] if listed.hidden else []
    if properties := _properties(finding):
        value["properties"] = properties
    return value


def hashes(
    findings: Iterable[Finding], sources: Mapping[str, Source]
) -> dict[tuple[str, int], str]:
    """GitHub's hash of each line that a finding begins in, by file and line.

    A file whose text is not at hand has none: GitHub's upload then computes it.
    """
    lines: dict[str, set[int]] = {}
    for finding in findings:
        lines.setdefault(finding.file, set()).add(_line(finding))
    found = {}
    for file, numbers in lines.items():
        source = sources.get(file)
        if source is not None and source.data and not source.is_excerpt:
            computed = line_hashes(source.data, numbers)
            found.update({(file, line): value for line, value in computed.items()})
    return found


def _message(finding: Finding) -> str:
    """One sentence for the title of an alert, then links to the related places."""
    sentence = f"{literal(message_of(finding))}."
    notes = (
        f"[{literal(place.message or place.file)}]({number})"
        for number, place in enumerate(finding.related[:_MOST_LINKS], 1)
    )
    links = ", ".join(notes)
    return f"{sentence} See {links}." if links else sentence


def _related(finding: Finding) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            **location(place.file, place.span),
            **({"message": {"text": literal(place.message)}} if place.message else {}),
        }
        for number, place in enumerate(finding.related[:_MOST_LOCATIONS], 1)
    ]


def _fingerprints(finding: Finding, hashed: Mapping[_Place, str]) -> dict[str, str]:
    """GitHub's own for a line, and ours, which survives that an object moves to another file."""
    line = hashed.get((finding.file, _line(finding)))
    own = {"vmsnapLint/v1": finding.fingerprint}
    return {"primaryLocationLineHash": line, **own} if line else own


def _line(finding: Finding) -> int:
    return max(1, finding.span.line)


def _unlike(fixes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fixes, of equal ones the first: SARIF wants a set."""
    different: list[dict[str, Any]] = []
    for fix in fixes:
        if fix not in different:
            different.append(fix)
    return different


def _fix(fix: Fix) -> dict[str, Any]:
    """The title, and the edits file by file; SARIF has no field for how safe it is."""
    by_file: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_file.setdefault(edit.file, []).append(edit)
    changes = [
        {"artifactLocation": artifact(file), "replacements": list(map(_replacement, edits))}
        for file, edits in by_file.items()
    ]
    return {
        "description": {"text": literal(abridged(fix.title))},
        "artifactChanges": changes,
        "properties": {"safety": fix.safety.value},
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    """The text as it is to be written: the one field in which nothing is escaped."""
    text = well_formed(edit.text)
    return {"deletedRegion": region(edit.span), "insertedContent": {"text": text}}


def _suppression(hidden: Suppressed) -> dict[str, Any]:
    kind = {"kind": hidden.kind.value, "status": "accepted"}
    reason = visible(abridged(hidden.reason))
    return {**kind, "justification": reason} if reason else kind


def _properties(finding: Finding) -> dict[str, Any]:
    """What SARIF has no field for."""
    left_out = len(finding.related) - _MOST_LOCATIONS
    return {
        **({"clusters": list(map(visible, finding.clusters))} if finding.clusters else {}),
        **({"relatedLocationsLeftOut": left_out} if left_out > 0 else {}),
    }
