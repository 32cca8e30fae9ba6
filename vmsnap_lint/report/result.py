"""What a format writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.report.plans import Plans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vmsnap_lint.core.model import Report
    from vmsnap_lint.document import Source
    from vmsnap_lint.report.statistics import Statistics

__all__ = ["Result"]


class Result(NamedTuple):
    """What a format writes: the report with the sources of its findings.

    `plans` computes what each snapshot comes to, for formats that show it. Texts show `statistics`
    instead of the findings.
    """

    report: Report
    sources: Mapping[str, Source]
    plans: Callable[[], Plans] = Plans
    statistics: Statistics | None = None
