"""What a format writes."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vmsnap_lint.core.model import Report
    from vmsnap_lint.document import Source
    from vmsnap_lint.report.plans import Plans
    from vmsnap_lint.report.statistics import Statistics

__all__ = ["Result", "no_plans"]


def no_plans() -> Plans:
    """The plans of a run without any."""
    from vmsnap_lint.report.plans import Plans  # few formats of a lint show them

    return Plans()


class Result(NamedTuple):
    """What a format writes: the report with the sources of its findings.

    `plans` computes what each snapshot comes to, for formats that show it. Texts show `statistics`
    instead of the findings.
    """

    report: Report
    sources: Mapping[str, Source]
    plans: Callable[[], Plans] = no_plans
    statistics: Statistics | None = None
