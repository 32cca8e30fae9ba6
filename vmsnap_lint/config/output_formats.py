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

    A `portable` one is read elsewhere: its paths are relative to the root of the repository. One
    that is `without_counts` has no place for them, so the notes are printed all the same.
    """

    name: str
    module: str
    complete: bool = False
    portable: bool = False
    without_counts: bool = False


class FileOutput(NamedTuple):
    """A file that gets the result, and its format."""

    format: str
    file: str


FINDING_FORMATS = (
    Format("full", "writers.full"),
    Format("concise", "writers.concise"),
    Format("grouped", "writers.grouped"),
    Format("json", "writers.json_report", complete=True, portable=True),
    Format("sarif", "writers.sarif", complete=True, portable=True),
    Format("gitlab", "writers.gitlab", complete=True, portable=True, without_counts=True),
    Format("jsonl", "writers.jsonl", complete=True, portable=True),
    Format("junit", "writers.junit", complete=True, portable=True),
    Format("github", "writers.github", portable=True),
)
PLAN_FORMATS = (
    Format("tree", "plans.plan_tree"),
    Format("json", "plans.plan_json", complete=True),
    Format("mermaid", "pictures.mermaid"),
    Format("dot", "pictures.dot"),
    Format("svg", "pictures.svg"),
    Format("html", "pictures.html_page", complete=True),
)
