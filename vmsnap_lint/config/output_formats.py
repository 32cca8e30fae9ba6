"""The formats of results: one row a format.

A row has the module in `vmsnap_lint.report` that writes the format; only the one used is imported.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["AUTO", "FINDING_FORMATS", "PLAN_FORMATS", "FileOutput", "Format"]

AUTO = "auto"
"""full on a terminal, github in GitHub Actions, concise elsewhere."""


class Format(NamedTuple):
    """A format; a `complete` one has everything, so no notes are printed next to it.

    A `portable` one is read elsewhere: its paths are relative to the root of the repository.
    """

    name: str
    module: str
    complete: bool = False
    portable: bool = False


class FileOutput(NamedTuple):
    """A file that gets the result, and its format."""

    format: str
    file: str


FINDING_FORMATS = (
    Format("full", "writers.full"),
    Format("concise", "writers.concise"),
    Format("json", "writers.json_report", complete=True, portable=True),
)
PLAN_FORMATS = (
    Format("tree", "plans.plan_tree"),
    Format("json", "plans.plan_json", complete=True),
    Format("mermaid", "pictures.mermaid"),
    Format("dot", "pictures.dot"),
    Format("svg", "pictures.svg"),
    Format("html", "pictures.html_page", complete=True),
)
