"""The formats of results: one row a format.

A row names the module of the room `report` that writes the format; it is imported by its name, and
when it is asked for.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["FINDING_FORMATS", "PLAN_FORMATS", "Format"]


class Format(NamedTuple):
    """A format; one that is `complete` holds all of a run, so that nothing is said beside it."""

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
