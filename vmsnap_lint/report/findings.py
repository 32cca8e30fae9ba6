"""Problems become findings: symbolic places get lines, cards their severity and help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.model import Finding, ObjectId, Related, Subject
from vmsnap_lint.objects.manifest import SourceSpan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.problem import Problem

    Key = tuple[str, Span, str, str]

__all__ = ["concrete", "key", "where"]


def concrete(problems: Iterable[tuple[str, Problem]]) -> tuple[Finding, ...]:
    """The findings, sorted by place, each once: equal ones are one finding of all their objects."""
    found: dict[Key, Finding] = {}
    for rule_id, problem in problems:
        finding = _finding(rule_id, problem)
        same = found.setdefault(key(finding), finding)
        if same is not finding:
            found[key(finding)] = same._replace(subjects=same.subjects + finding.subjects)
    return _with_fingerprints(found[one] for one in sorted(found)) if found else ()


def key(finding: Finding) -> Key:
    """What findings are sorted by, and what tells them apart."""
    return finding.file, finding.span, finding.rule, finding.message


def _finding(rule_id: str, problem: Problem) -> Finding:
    rule = catalog.rule(rule_id)
    file, span = where(problem.at)
    return Finding(
        file=file,
        span=span,
        rule=rule_id,
        severity=problem.severity or rule.severity,
        message=problem.message,
        subjects=tuple(_subjects(problem.at)),
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


def _subjects(place: Place | SourceSpan) -> Iterator[Subject]:
    if not isinstance(place, SourceSpan):
        of = place.manifest
        yield Subject(ObjectId(of.api_version, of.kind, of.namespace, of.name or None), of)


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
