"""The formats of results: one row a format.

A row has the module in `vmsnap_lint.report` that writes the format; only the one used is imported.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FINDING_FORMATS", "PLAN_FORMATS", "Format"]


class Format(NamedTuple):
    """A format; a `complete` one has everything, so no notes are printed next to it."""

    name: str
    module: str
    complete: bool = False


FINDING_FORMATS = (
    Format("full", "full"),
    Format("concise", "concise"),
    Format("json", "json_report", complete=True),
)
PLAN_FORMATS = (
    Format("tree", "plans.plan_tree"),
    Format("json", "plans.plan_json", complete=True),
)
