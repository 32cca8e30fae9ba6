"""Counts what a report does not list: every format tells it."""

from __future__ import annotations

from types import MappingProxyType

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import SuppressionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.core.model import Report, Suppressed

__all__ = ["BY_BASELINE", "Hidden", "counted_by", "hidden", "in_words"]

BY_BASELINE = "accepted by the baseline"
"""The reason of what a baseline hides."""
_NO_NOTES: Mapping[str, str] = MappingProxyType({})
_WORDS = {
    "in_source": "suppressed in the manifests",
    "by_configuration": "suppressed by configuration",
    "by_baseline": BY_BASELINE,
    "by_threshold": "below --min-severity",
    "beyond_cap": "over the cap",
    "unverified": "not verified",
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
    numbers = zip(counted_by(report.suppressed), report.more_suppressed, strict=True)
    in_source, by_configuration, by_baseline = map(sum, numbers)
    beyond = sum(cut.number for cut in report.cut_findings())
    return Hidden(
        in_source,
        by_configuration,
        by_baseline,
        report.below_threshold,
        beyond,
        report.unverified,
    )


def in_words(numbers: Hidden, notes: Mapping[str, str] = _NO_NOTES) -> str:
    """The numbers that are not 0, each with its reason: "3 over the cap, 1 ..."; "" if none is.

    `notes` are put behind the reasons, by the names of the numbers.
    """
    told = ((number, why) for why, number in numbers._asdict().items() if number)
    return ", ".join(f"{number} {_WORDS[why]}{notes.get(why, '')}" for number, why in told)


def counted_by(suppressed: Iterable[Suppressed]) -> tuple[int, int, int]:
    """The numbers of findings that are hidden in the source, by configuration, by a baseline."""
    counts = [0, 0, 0]
    for each in suppressed:
        if each.kind is SuppressionKind.IN_SOURCE:
            why = 0
        else:
            why = 2 if each.reason == BY_BASELINE else 1
        counts[why] += 1 + each.finding.more
    return counts[0], counts[1], counts[2]
