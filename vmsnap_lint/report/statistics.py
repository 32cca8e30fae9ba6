"""Counts the findings of a run by rule and by cluster, and its objects by verdict."""

from __future__ import annotations

from collections import Counter

from vmsnap_lint.checks import catalog
from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.plans.verdict_words import words
from vmsnap_lint.report.summary import by_severity
from vmsnap_lint.report.terminal import paint, visible, width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Report
    from vmsnap_lint.report.plans import Plans

__all__ = ["RuleCount", "Statistics", "as_fields", "statistics_of", "tables"]

_NO_CLUSTER = "in no cluster"


class RuleCount(NamedTuple):
    """How many findings of that severity a rule has."""

    rule: str
    severity: Severity
    number: int


class Statistics(NamedTuple):
    """The numbers of findings by rule, the most first within a severity, and by cluster.

    A finding that holds in several clusters counts in each; "" is for those in none, and there are
    no clusters where none is declared. `verdicts` are the numbers of objects by kind and verdict.
    """

    rules: tuple[RuleCount, ...]
    clusters: tuple[tuple[str, Counter[Severity]], ...] = ()
    verdicts: tuple[tuple[Kind, Counter[Verdict]], ...] = ()


def statistics_of(report: Report, plans: Plans) -> Statistics:
    """The numbers of a report from which nothing is cut, and of its plans."""
    rules: Counter[tuple[str, Severity]] = Counter()
    clusters = {name: Counter[Severity]() for name in (*report.clusters, "")}
    for finding in report.findings:
        rules[finding.rule, finding.severity] += 1 + finding.more
        for name in finding.clusters or ("",):
            clusters[name][finding.severity] += 1 + finding.more
    ordered = sorted(rules.items(), key=lambda item: (-item[0][1], -item[1], item[0][0]))
    return Statistics(
        tuple(RuleCount(*which, number) for which, number in ordered),
        tuple(item for item in clusters.items() if item[0] or item[1]) if report.clusters else (),
        tuple(_verdicts(plans)),
    )


def _verdicts(plans: Plans) -> Iterator[tuple[Kind, Counter[Verdict]]]:
    for kind, listed in plans.by_kind().items():
        if listed:
            yield kind, Counter(plan.verdict for plan in listed)


def as_fields(statistics: Statistics) -> dict[str, Any]:
    """The numbers as values of JSON."""
    return {
        "rules": list(map(_of_rule, statistics.rules)),
        "clusters": [
            {"cluster": abridged(name) or None, **_levels(counts)}
            for name, counts in statistics.clusters
        ],
        "verdicts": [
            {"kind": kind.kind, **{verdict.value: counts[verdict] for verdict in Verdict}}
            for kind, counts in statistics.verdicts
        ],
    }


def _of_rule(each: RuleCount) -> dict[str, Any]:
    return {"rule": each.rule, "severity": str(each.severity), "count": each.number}


def _levels(counts: Counter[Severity]) -> dict[str, int]:
    return {f"{level}s": counts[level] for level in sorted(Severity, reverse=True)}


def tables(statistics: Statistics, color: bool) -> Iterator[str]:
    """The numbers as tables with headings, and an empty line after each."""
    if statistics.rules:
        yield from _table("findings by rule", _of_rules(statistics.rules, color), color)
    by_cluster = (
        (visible(abridged(name)) or _NO_CLUSTER, by_severity(counts) or "no findings")
        for name, counts in statistics.clusters
    )
    yield from _table("findings by cluster", by_cluster, color)
    by_kind = ((of.kind, _by_verdict(of, counts, color)) for of, counts in statistics.verdicts)
    yield from _table("objects by verdict", by_kind, color)


def _table(title: str, rows: Iterable[tuple[str, str]], color: bool) -> Iterator[str]:
    listed = list(rows)
    if listed:
        column = max(width(name) for name, _ in listed)
        yield paint(title, "bold", color)
        yield from (f"  {name}{' ' * (column - width(name))}  {text}" for name, text in listed)
        yield ""


def _of_rules(rules: tuple[RuleCount, ...], color: bool) -> Iterator[tuple[str, str]]:
    column = max(len(each.rule) for each in rules)
    digits = max(len(str(each.number)) for each in rules)
    for each in rules:
        level = paint(str(each.severity).ljust(7), str(each.severity), color)
        title = catalog.rule(each.rule).title
        yield str(each.number).rjust(digits), f"{level}  {each.rule.ljust(column)}  {title}"


def _by_verdict(kind: Kind, counts: Counter[Verdict], color: bool) -> str:
    return ", ".join(
        paint(f"{counts[verdict]} {verdict.value}", words(kind, verdict).style, color)
        for verdict in Verdict
        if counts[verdict]
    )
