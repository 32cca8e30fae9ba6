"""Results with paths from the root of the repository, for those who read them elsewhere."""

from __future__ import annotations

import os
from functools import cache
from operator import attrgetter

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.repository import is_below, is_path, working_tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from vmsnap_lint.core.model import Finding, Fix, Report
    from vmsnap_lint.report.result import Result

    Renamed = Callable[[str], str]

    _Entry = TypeVar("_Entry")

__all__ = ["from_root", "in_repository"]

_PLACE = attrgetter("file", "span", "rule", "message")


def in_repository(result: Result) -> Result:
    """The result with paths from the root of the repository of the working directory."""
    renamed = cache(from_root())
    sources = {renamed(file): source for file, source in result.sources.items()}
    return result._replace(report=_report(result.report, renamed), sources=sources)


def from_root() -> Renamed:
    """What makes a path relative to the root of the repository, else to the working directory.

    It is the repository of the working directory, or that of the file where this is in none. Links
    are resolved. A path that leads out of it stays as it is, and so does `<stdin>`.
    Directories are separated by slashes.
    """
    here = os.path.realpath(os.getcwd())
    around = working_tree(here)

    @cache
    def top(directory: str) -> str:
        return (around or working_tree(directory) or [here])[0]

    def renamed(file: str) -> str:
        if not is_path(file):
            return file
        try:
            places = os.path.realpath(file), os.path.abspath(file)
        except ValueError:  # a name with a NUL, which no file has
            return file
        root = top(os.path.dirname(places[0]))
        below = next((place for place in places if is_below(place, root)), "")
        return (os.path.relpath(below, root) if below else file).replace(os.sep, "/")

    return renamed


def _report(report: Report, renamed: Renamed) -> Report:
    """The report with other names of files, in the order of these."""
    findings = tuple(_finding(finding, renamed) for finding in report.findings)
    suppressed = tuple(
        hidden._replace(finding=_finding(hidden.finding, renamed)) for hidden in report.suppressed
    )
    not_checked = tuple(each._replace(file=renamed(each.file)) for each in report.not_checked)
    unread = tuple(each._replace(file=renamed(each.file)) for each in report.unread)
    return report._replace(
        findings=_in_order(report.findings, findings, _PLACE),
        suppressed=_in_order(report.suppressed, suppressed, lambda each: _PLACE(each.finding)),
        stale=tuple(entry._replace(file=renamed(entry.file)) for entry in report.stale),
        not_checked=_in_order(report.not_checked, not_checked, tuple),
        unread=_in_order(report.unread, unread, tuple),
        cut=tuple(cut._replace(file=renamed(cut.file)) for cut in report.cut),
    )


def _in_order(
    before: tuple[_Entry, ...], after: tuple[_Entry, ...], key: Callable[[_Entry], Any]
) -> tuple[_Entry, ...]:
    """The entries, sorted where they got other names."""
    return after if after == before else tuple(sorted(after, key=key))


def _finding(finding: Finding, renamed: Renamed) -> Finding:
    return finding._replace(
        file=renamed(finding.file),
        related=tuple(place._replace(file=renamed(place.file)) for place in finding.related),
        same=tuple(place._replace(file=renamed(place.file)) for place in finding.same),
        fixes=tuple(_fix(fix, renamed) for fix in finding.fixes),
    )


def _fix(fix: Fix, renamed: Renamed) -> Fix:
    return fix._replace(edits=tuple(e._replace(file=renamed(e.file)) for e in fix.edits))
