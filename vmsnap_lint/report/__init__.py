"""Writes the result of a run in one of several formats.

Each format is a module with `render(result, look)`; only the one used is imported.
"""

from __future__ import annotations

from importlib import import_module

from vmsnap_lint.config.output_formats import FINDING_FORMATS
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.result import Result

__all__ = ["BY_NAME", "placed", "render"]

BY_NAME = {row.name: row for row in FINDING_FORMATS}


def render(name: str, result: Result, look: Look) -> Iterator[str]:
    """The result in the format `name`, line by line, without line ends."""
    row = BY_NAME[name]
    if row.portable:
        from vmsnap_lint.report.portable import in_repository  # not for people at a terminal

        result = in_repository(result)
    return placed(name, result, look)


def placed(name: str, result: Result, look: Look) -> Iterator[str]:
    """The same, with the files of the result as they are."""
    row = BY_NAME[name]
    if result.statistics is not None and not row.complete:
        from vmsnap_lint.report.statistics import tables  # few runs want them

        return tables(result.statistics, look.color)
    module = import_module(f"vmsnap_lint.report.{row.module}")
    lines: Iterator[str] = module.render(result, look)
    return lines
