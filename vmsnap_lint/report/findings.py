"""Converts problems to findings, with lines, and severity and help of the cards."""

from __future__ import annotations

from functools import cache

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.abridged import abridged, shortened
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Finding, ObjectId, Related, Safety, Subject
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.report.finding_places import located, where

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Fix, Report, Span, Suppressed
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.report.finding_places import Located
    from vmsnap_lint.report.landings import Landings

    Key = tuple[str, Span, str, str]

__all__ = ["concrete", "in_order", "key", "leveled", "where"]


def concrete(
    problems: Iterable[tuple[str, Problem]],
    units: Sequence[Unit] = (),
    *,
    fixes: bool = False,
    rendered_later: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """The findings, sorted by place; equal ones are one finding with all their objects.

    The objects in `units` land in declared clusters. What is an error in one cluster and a warning
    in another one is told of each. Their fixes cost time, and are worked out with `fixes` only.
    Kustomize or helm builds the files `rendered_later`.
    """
    problems = tuple(problems)
    known = _resolved(problems, rendered_later) if fixes else {}
    landings = _landings(problems, units) if units else None
    findings: dict[tuple[Key, int], Finding] = {}
    lines = located(problems)
    places: dict[Place | SourceSpan, Related] = {}
    for number, (rule_id, problem) in enumerate(problems):
        finding = _finding(rule_id, problem, lines, places)
        if number in known:
            finding = finding._replace(fixes=known[number])
        at = key(finding), -finding.severity if landings and landings.by_object else 0
        if problem.cluster and landings is not None:
            finding = finding._replace(applied_to=landings.of(problem.at))
        same = findings.setdefault(at, finding)
        if same is not finding:
            findings[at] = _both(same, finding)
    if not findings:
        return ()
    return _with_fingerprints(_for_all_clusters(findings[at]) for at in sorted(findings))


def _resolved(
    problems: Sequence[tuple[str, Problem]], rendered_later: frozenset[str]
) -> dict[int, tuple[Fix, ...]]:
    if not any(problem.fixes for _, problem in problems):
        return {}
    from vmsnap_lint.report.fixing.resolving import resolved  # many runs find nothing to fix

    return resolved(problems, rendered_later)


def _landings(problems: Iterable[tuple[str, Problem]], units: Sequence[Unit]) -> Landings:
    from vmsnap_lint.report.landings import landings  # most runs declare no cluster

    return landings(problems, units)


def _both(finding: Finding, other: Finding) -> Finding:
    """One finding for two equal ones, of two objects or in two clusters.

    What would mend only one of them is no fix of it.
    """
    return finding._replace(
        subjects=finding.subjects + other.subjects,
        fixes=tuple(fix for fix in finding.fixes if fix in other.fixes),
        more=max(finding.more, other.more),
        clusters=_names(finding.clusters, other.clusters),
        applied_to=_names(finding.applied_to, other.applied_to),
    )


def _for_all_clusters(finding: Finding) -> Finding:
    """What mends an object in some clusters may be wrong in the others: it is not safe."""
    if not (finding.fixes and finding.is_partial):
        return finding
    fixes = (
        fix._replace(safety=Safety.UNSAFE if fix.safety is Safety.SAFE else fix.safety)
        for fix in finding.fixes
    )
    return finding._replace(fixes=tuple(fixes))


def _names(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return some if set(others) <= set(some) else tuple(sorted({*some, *others}))


def key(finding: Finding) -> Key:
    """The sort key and identity of a finding."""
    return finding.file, finding.span, finding.rule, finding.message


def in_order(suppressed: Iterable[Suppressed]) -> tuple[Suppressed, ...]:
    """The suppressed findings, sorted."""
    return tuple(sorted(suppressed, key=lambda hidden: key(hidden.finding)))


def leveled(report: Report, settings: Settings) -> Report:
    """The report with the severities of the settings."""
    if not settings.levels and not settings.overrides:
        return report
    from vmsnap_lint.config.levels import Levels  # few runs set any

    given = Levels(settings)

    def level(finding: Finding) -> Finding:
        severity = given.severity(finding.rule, finding.file, finding.object)
        return finding if severity is None else finding._replace(severity=severity)

    hidden = (hidden._replace(finding=level(hidden.finding)) for hidden in report.suppressed)
    return report._replace(findings=tuple(map(level, report.findings)), suppressed=tuple(hidden))


def _finding(
    rule_id: str, problem: Problem, lines: Located, places: dict[Place | SourceSpan, Related]
) -> Finding:
    """The finding; `places` has the related ones that are known, which many findings share."""
    rule = catalog.rule(rule_id)
    for place in problem.related:
        if place not in places:
            places[place] = Related(*lines[place][0], abridged(place.note))
    (file, span), setting = lines[problem.at]
    related = tuple(map(places.__getitem__, problem.related))
    subjects, pointer = _subjects(problem.at)
    return Finding(
        file=file,
        span=span,
        rule=rule_id,
        severity=problem.severity or rule.severity,
        message=abridged(problem.message),
        subjects=subjects,
        path=pointer,
        related=(*((Related(*setting, "set here"),) if setting else ()), *related),
        fingerprint="",
        help=problem.help or rule.fix,
        more=problem.more,
        clusters=(problem.cluster,) if problem.cluster else (),
    )


def _subjects(place: Place | SourceSpan) -> tuple[tuple[Subject, ...], str]:
    """The object of a place, and the path in it as a JSON Pointer (RFC 6901)."""
    if isinstance(place, SourceSpan):
        return (), ""
    item = place.manifest
    name = ObjectId(item.api_version, item.kind, item.namespace, item.name or None)
    steps = (abridged(str(step)).replace("~", "~0").replace("/", "~1") for step in place.path)
    return (Subject(name, item),), shortened("".join(f"/{step}" for step in steps))


def _with_fingerprints(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each with a hash of rule, object and path, and the number of its repetition.

    One without an object has its file instead, from the root of the repository.
    """
    try:  # it is that of hashlib, which loads OpenSSL for others
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b

    from vmsnap_lint.report.portable import from_root

    renamed = cache(from_root())
    counts: dict[str, int] = {}
    result = []
    for finding in findings:
        item = finding.object
        group = item.api_version.rpartition("/")[0] if item else renamed(finding.file)
        named = (group, item.kind, item.namespace or "", item.name or "") if item else (group,)
        more = (str(finding.more),) if finding.more else ()
        identity = "\0".join((finding.rule, *named, finding.path, *more))
        count = counts[identity] = counts.get(identity, -1) + 1
        text = f"{identity}\0{count}" if count else identity
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        result.append(finding._replace(fingerprint=digest))
    return tuple(result)
