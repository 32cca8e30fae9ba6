"""Writes the reference of formats: the table of all, and what is written by hand about each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from handbook.markdown import code, page, table
from handbook.paths import DOCS
from vmsnap_lint.config.output_formats import FINDING_FORMATS, PLAN_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.output_formats import Format

__all__ = ["NOTES", "formats_page"]

NOTES = DOCS / "handbook" / "formats"
"""One file NAME.md a format of findings, plan-NAME.md a format of plans."""
_NOTE = (
    "<!-- written by docs/generate.py from vmsnap_lint/config/output_formats.py"
    " and docs/handbook/formats/ -->"
)
_INTRODUCTION = """\
`--format FORMAT` sets what standard output shows. Without it, `auto` is `full` on a terminal,
`github` in GitHub Actions (`GITHUB_ACTIONS=true`) and `concise` elsewhere. `--output
FORMAT=FILE`, once a file, writes the same result to files as well: whole, or not at all.

- No format changes the [exit code](exit-codes.md).
- Every format tells how many findings are not listed, because of suppressions, a baseline or
  `--min-severity`.
- Formats for other programs have paths relative to the root of the repository, whatever the
  arguments were."""


def formats_page() -> str:
    """The reference of all formats."""
    return page([
        _NOTE,
        "# Formats",
        _INTRODUCTION,
        "## Findings",
        _table(FINDING_FORMATS, ""),
        *_notes(FINDING_FORMATS, ""),
        "## Plans",
        _table(PLAN_FORMATS, "plan-"),
        *_notes(PLAN_FORMATS, "plan-"),
    ])  # fmt: skip


def _table(formats: tuple[Format, ...], prefix: str) -> str:
    rows = [
        (f"[{code(row.name)}](#{prefix}{row.name})", _told(row), _paths(row)) for row in formats
    ]
    return table(("format", "what it writes", "paths relative to"), rows)


def _told(row: Format) -> str:
    """The first line about its module."""
    told = import_module(f"vmsnap_lint.report.{row.module}").__doc__ or ""
    first = told.partition("\n")[0].rstrip(".")
    return first.replace("Writes a Report", "a report").replace("Writes plans", "plans")


def _paths(row: Format) -> str:
    return "the repository" if row.portable else "the working directory"


def _notes(formats: tuple[Format, ...], prefix: str) -> Iterator[str]:
    for row in formats:
        file = NOTES / f"{prefix}{row.name}.md"
        yield f"### {prefix.replace('-', ': ')}{row.name}"
        if file.is_file():
            yield file.read_text(encoding="utf-8").strip()
