"""The formats of results: one row a format.

A row has the module in `vmsnap_lint.report` that writes the format; only the one used is imported.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["AUTO", "FINDING_FORMATS", "PLAN_FORMATS", "Format"]

AUTO = "auto"
"""full on a terminal, github in GitHub Actions, concise elsewhere."""


class Format(NamedTuple):
    """A format; a `complete` one has everything, so no notes are printed next to it.

    A `portable` one is read elsewhere: its paths are relative to the root of the repository. One
    that is `without_counts` has no place for them, so the notes are printed all the same. A
    `folded` one is for people, and lists equal findings as one. One with `statistics` shows them.
    One with `fixes` shows what would mend a finding. One with `extra` has a `check()` of whether
    what it needs is installed.
    """

    name: str
    module: str
    complete: bool = False
    portable: bool = False
    without_counts: bool = False
    folded: bool = False
    statistics: bool = False
    fixes: bool = False
    extra: bool = False


FINDING_FORMATS = (
    Format("full", "writers.full", folded=True, statistics=True),
    Format("concise", "writers.concise", folded=True, statistics=True),
    Format("grouped", "writers.grouped", folded=True, statistics=True),
    Format(
        "json", "writers.json_report", complete=True, portable=True, statistics=True, fixes=True
    ),
    Format("sarif", "writers.sarif", complete=True, portable=True, fixes=True),
    Format("gitlab", "writers.gitlab", complete=True, portable=True, without_counts=True),
    Format("jsonl", "writers.jsonl", complete=True, portable=True, statistics=True, fixes=True),
    Format("junit", "writers.junit", complete=True, portable=True),
    Format("github", "writers.github", portable=True),
    Format("markdown", "writers.markdown_report", complete=True, portable=True, folded=True),
)
PLAN_FORMATS = (
    Format("tree", "plans.plan_tree"),
    Format("json", "plans.plan_json", complete=True),
    Format("mermaid", "pictures.mermaid", complete=True),
    Format("dot", "pictures.dot", complete=True),
    Format("svg", "pictures.svg", complete=True, extra=True),
    Format("html", "pictures.html_page", complete=True),
)
