"""Counts what a report does not list: every format tells it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.model import SuppressionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.model import Report, Suppressed

__all__ = ["BY_BASELINE", "Hidden", "counted_by", "hidden", "in_words"]

BY_BASELINE = "accepted by the baseline"
"""The reason of what a baseline hides."""


_WORDS = {
    "in_source": "suppressed in the manifests",
    "by_configuration": "suppressed by configuration",
    "by_baseline": BY_BASELINE,
    "by_threshold": "below --min-severity",
    "beyond_cap": "over the cap",
    "unverified": "about references that lead out of the input",
}


class Hidden(NamedTuple):
    """Numbers of findings that are not listed, by why.

    `in_source` are hidden by comments and annotations, `by_configuration` by overrides,
    `by_threshold` by --min-severity, `beyond_cap` as one too many, and `unverified` as references
    that lead out of the input.
    """

    in_source: int = 0
    by_configuration: int = 0
    by_baseline: int = 0
    by_threshold: int = 0
    beyond_cap: int = 0
    unverified: int = 0


def hidden(report: Report) -> Hidden:
    """The numbers of findings that this report does not list."""
    counts = counted_by(report.suppressed)
    counts.update(dict(report.more_suppressed))
    beyond = sum(cut.number for cut in report.cut if cut.name == "findings")
    return Hidden(
        **counts,
        by_threshold=report.below_threshold,
        beyond_cap=beyond,
        unverified=report.unverified,
    )


def counted_by(suppressed: Iterable[Suppressed]) -> Counter[str]:
    """The numbers of suppressed findings by why, in the names of `Hidden`."""
    counts: Counter[str] = Counter()
    for each in suppressed:
        if each.kind is SuppressionKind.IN_SOURCE:
            name = "in_source"
        else:
            name = "by_baseline" if each.reason == BY_BASELINE else "by_configuration"
        counts[name] += 1 + each.finding.more
    return counts


def in_words(numbers: Hidden) -> str:
    """The numbers that are not 0, each with its reason: "3 over the cap, 1 ..."; "" if none is."""
    told = ((number, _WORDS[why]) for why, number in numbers._asdict().items() if number)
    return ", ".join(f"{number} {words}" for number, words in told)
