"""What was named and what is around it become what is looked at, and what is shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import is_candidate
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.input.files import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Finding, Report
    from vmsnap_lint.input.sources import Sources

__all__ = ["looked_at", "seen", "with_unseen"]

_STDIN = "-"


def looked_at(paths: tuple[str, ...], root: str) -> tuple[str, ...]:
    """The paths to read: those that were named, or with a root that, whatever was named."""
    if not root:
        return paths
    if not os.path.isdir(root):
        raise UsageError(f'--root: no such directory: "{shown(root)}"')
    top = os.path.realpath(root)
    odd = []
    for path in paths:
        place = os.path.realpath(path)
        if path == _STDIN or (os.path.isfile(path) and not is_candidate(path)):
            odd.append(path)
        elif not _is_below(place, top) and not _is_below(top, place):
            raise UsageError(f'"{shown(path)}" is not below the root "{shown(root)}": name another')
    return (root, *odd)


def with_unseen(found: Sources, paths: Iterable[str]) -> Sources:
    """The sources, with a note of each named file that is there and that they do not hold."""
    missed = (
        NotChecked(shown(os.path.normpath(path)), "ignored, excluded or not tracked by git")
        for path in paths
        if os.path.isfile(path) and os.path.abspath(path) not in found.locations
    )
    return found._replace(not_checked=tuple(sorted({*found.not_checked, *missed})))


def seen(report: Report, paths: tuple[str, ...], settings: Settings) -> Report:
    """The report without what lies in the context, or with a root in no file that was named."""
    if not settings.root and not settings.context:
        return report
    view = _View(paths if settings.root else (), settings.context)
    return report._replace(
        findings=tuple(one for one in report.findings if view.shows(one)),
        suppressed=tuple(one for one in report.suppressed if view.shows(one.finding)),
    )


class _View:
    """Which findings are shown; each file is looked up once."""

    def __init__(self, named: Iterable[str], context: Iterable[str]) -> None:
        self._named = [os.path.realpath(path) for path in named if path != _STDIN]
        self._context = [os.path.realpath(path) for path in context]
        self._known: dict[str, str] = {}

    def shows(self, finding: Finding) -> bool:
        if not finding.file or finding.file.startswith("<"):  # no file, or standard input
            return True
        if self._is_in(finding.file, self._context):
            return False
        places = (finding.file, *(place.file for place in finding.related))
        return not self._named or any(self._is_in(file, self._named) for file in places)

    def _is_in(self, file: str, roots: Iterable[str]) -> bool:
        place = self._known.get(file)
        if place is None:
            place = self._known[file] = os.path.realpath(file)
        return any(_is_below(place, root) for root in roots)


def _is_below(place: str, root: str) -> bool:
    return place == root or place.startswith(os.path.join(root, ""))
