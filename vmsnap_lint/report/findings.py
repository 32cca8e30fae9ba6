"""Problems become findings: symbolic places get lines, cards their severity and help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.model import Finding, ObjectId, Related
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.problem import Problem

__all__ = ["concrete", "where"]


def concrete(problems: Iterable[tuple[str, Problem]]) -> tuple[Finding, ...]:
    """The findings, sorted by place, each once."""
    found: dict[tuple[str, Span, str, str], Finding] = {}
    for rule_id, problem in problems:
        finding = _finding(rule_id, problem)
        found.setdefault((finding.file, finding.span, rule_id, finding.message), finding)
    return _with_fingerprints(found[key] for key in sorted(found)) if found else ()


def _finding(rule_id: str, problem: Problem) -> Finding:
    rule = catalog.rule(rule_id)
    file, span = where(problem.at)
    return Finding(
        file=file,
        span=span,
        rule=rule_id,
        severity=problem.severity or rule.severity,
        message=problem.message,
        object=_object(problem.at),
        path=_pointer(problem.at),
        related=tuple(Related(*where(place), place.note) for place in problem.related),
        fingerprint="",
        help=problem.help or rule.fix,
        edits=problem.edits,
    )


def where(place: Place | SourceSpan) -> tuple[str, Span]:
    """The file of a place, and where in it."""
    if isinstance(place, SourceSpan):
        return place.source.file, place.span
    manifest = place.manifest
    return manifest.document.where((*manifest.root, *place.path), key=place.key)


def _object(place: Place | SourceSpan) -> ObjectId | None:
    if isinstance(place, SourceSpan):
        return None
    manifest = place.manifest
    return ObjectId(manifest.api_version, manifest.kind, manifest.namespace, manifest.name or None)


def _pointer(place: Place | SourceSpan) -> str:
    """The path as a JSON Pointer (RFC 6901) into the object."""
    if isinstance(place, SourceSpan):
        return ""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in place.path)


def _with_fingerprints(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each with a hash of rule, object and path; repeats are told apart by their count."""
    from hashlib import blake2b

    seen: dict[str, int] = {}
    result = []
    for finding in findings:
        who = finding.object
        group = who.api_version.rpartition("/")[0] if who else finding.file
        named = (group, who.kind, who.namespace or "", who.name or "") if who else (group,)
        identity = "\0".join((finding.rule, *named, finding.path))
        count = seen[identity] = seen.get(identity, -1) + 1
        text = f"{identity}\0{count}" if count else identity
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        result.append(finding._replace(fingerprint=digest))
    return tuple(result)
