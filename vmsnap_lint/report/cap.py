"""A report becomes one of a bounded size, with counts of what is left out (`cut`)."""

from __future__ import annotations

from vmsnap_lint.checks.excess import MOST_RELATED
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Cut, Finding
from vmsnap_lint.report.hidden import counted_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.model import HasFile, ObjectId, Report, Severity, Suppressed

__all__ = ["MOST_IN_LIST", "MOST_IN_OBJECT", "capped"]

MOST_IN_OBJECT = 100
"""Of a rule in one object, or in one file for findings about files."""
MOST_IN_LIST = 1_000
"""Of a rule in the findings, and in the lists beside them."""


class _Group(NamedTuple):
    """The rule and severity of findings that are cut, and the object, the file, or the run."""

    rule: str
    severity: Severity
    file: str = ""
    object: ObjectId | None = None
    manifest: HasFile | None = None  # distinguishes objects of the same name


def capped(report: Report) -> Report:
    """The report with the first findings of each rule, related places and entries of its lists."""
    shown, cut = _first(report.findings)
    first, others = report.suppressed[:MOST_IN_LIST], []
    hidden = tuple(item._replace(finding=_small(item.finding)) for item in first)
    for name in ("suppressed", "stale", "not_checked"):
        rest = report.total(name) - len(getattr(report, name)[:MOST_IN_LIST])
        others += [Cut(name, rest)] if rest else []
    return report._replace(
        findings=tuple(map(_small, shown)),
        suppressed=hidden,
        stale=report.stale[:MOST_IN_LIST],
        not_checked=report.not_checked[:MOST_IN_LIST],
        cut=(*cut, *others),
        more_suppressed=_beyond(report.suppressed, hidden),
    )


def _beyond(every: Iterable[Suppressed], shown: Iterable[Suppressed]) -> tuple[int, int, int]:
    """The numbers of suppressed findings that are not shown, by why they are."""
    numbers = zip(counted_by(every), counted_by(shown), strict=True)
    in_source, by_configuration, by_baseline = (all_ - some for all_, some in numbers)
    return in_source, by_configuration, by_baseline


def _first(findings: Iterable[Finding]) -> tuple[list[Finding], list[Cut]]:
    """The first findings of each rule in each object and in the run, and the counts of others."""
    listed: dict[str, int] = {}
    of_object: dict[tuple[str, str, HasFile | None], int] = {}
    beyond: dict[_Group, int] = {}
    shown = []
    for finding in findings:
        rule = finding.rule
        manifest = finding.subjects[0].manifest if finding.subjects else None
        place = rule, finding.file, manifest
        number, of_this = listed.get(rule, 0), of_object.get(place, 0)
        is_shown = number < MOST_IN_LIST and of_this < MOST_IN_OBJECT
        if is_shown:
            listed[rule], of_object[place] = number + 1, of_this + 1
            shown.append(finding)
        if not is_shown or finding.more:
            group = _Group(rule, finding.severity)
            if number < MOST_IN_LIST:
                group = group._replace(file=finding.file, object=finding.object, manifest=manifest)
            hidden = finding.more + (0 if is_shown else 1 + len(finding.same))
            beyond[group] = beyond.get(group, 0) + hidden
    cuts = ((Cut("findings", count, *group[:4])) for group, count in beyond.items())
    return shown, list(cuts)


def _small(finding: Finding) -> Finding:
    """The finding for itself alone, with its first related places."""
    if not finding.more and len(finding.related) <= MOST_RELATED:
        return finding
    return finding._replace(more=0, related=finding.related[:MOST_RELATED])
