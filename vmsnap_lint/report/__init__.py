"""Writes a Report in one of several formats.

Each format is a module with `render(report, sources, color)`; only the one used is imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from vmsnap_lint.config.output_formats import FINDING_FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Report
    from vmsnap_lint.document import Source

__all__ = ["BY_NAME", "render"]

BY_NAME = {row.name: row for row in FINDING_FORMATS}


def render(
    name: str, report: Report, sources: Mapping[str, Source], color: bool = False
) -> Iterator[str]:
    """The report in the format `name`, line by line, without line ends."""
    module = import_module(f"vmsnap_lint.report.{BY_NAME[name].module}")
    lines: Iterator[str] = module.render(report, sources, color)
    return lines
