"""Writes the result of a run in one of several formats.

Each format is a module with `render(result, look)`; only the one used is imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.config.output_formats import FINDING_FORMATS
from vmsnap_lint.report.plans import Plans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from vmsnap_lint.core.model import Report
    from vmsnap_lint.document import Source
    from vmsnap_lint.report.look import Look

__all__ = ["BY_NAME", "Result", "render"]

BY_NAME = {row.name: row for row in FINDING_FORMATS}


class Result(NamedTuple):
    """What a format writes: the report with the sources of its findings.

    `plans` computes what each snapshot comes to, for formats that show it.
    """

    report: Report
    sources: Mapping[str, Source]
    plans: Callable[[], Plans] = Plans


def render(name: str, result: Result, look: Look) -> Iterator[str]:
    """The result in the format `name`, line by line, without line ends."""
    row = BY_NAME[name]
    if row.portable:
        from vmsnap_lint.report.portable import in_repository  # not for people at a terminal

        result = in_repository(result)
    module = import_module(f"vmsnap_lint.report.{row.module}")
    lines: Iterator[str] = module.render(result, look)
    return lines
