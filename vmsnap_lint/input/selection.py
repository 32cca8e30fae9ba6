"""Which paths are read, and which findings are shown, with `--root` and `--context`."""

from __future__ import annotations

import os

from vmsnap_lint.core import buffers
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import is_candidate
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.core.repository import is_below, is_path
from vmsnap_lint.input.files import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.core.model import Finding, Report
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.objects.history import History

__all__ = ["left_alone", "looked_at", "reported", "with_context", "with_unread"]

_STDIN = "-"


def looked_at(paths: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """The paths to read: those that were named, or the root and named files that it passes over.

    Raises UsageError where the root does not exist or a path is outside of it.
    """
    root = settings.root
    if settings.world:
        return settings.world
    if not root:
        return paths
    if not os.path.isdir(root):
        raise UsageError(f'--root: no such directory "{shown(root)}"')
    top = os.path.realpath(root)
    others = []
    for path in paths:
        place = os.path.realpath(path)
        if path == _STDIN or (buffers.is_file(path) and not is_candidate(path)):
            others.append(path)
        elif not is_below(place, top) and not is_below(top, place):
            raise UsageError(f'"{shown(path)}" is not below --root "{shown(root)}"')
    return (root, *others)


def with_unread(sources: Sources, paths: Iterable[str]) -> Sources:
    """The sources with a note for each named file that exists and is not among them."""
    missed = (
        NotChecked(shown(os.path.normpath(path)), "ignored, excluded or not tracked by git")
        for path in paths
        if buffers.is_file(path) and os.path.abspath(path) not in sources.locations
    )
    return sources._replace(not_checked=tuple(sorted({*sources.not_checked, *missed})))


def reported(report: Report, paths: tuple[str, ...], settings: Settings) -> Report:
    """The report without findings in the context and, with a root, in files that were not named."""
    if settings.stdin_filename:
        return _of_file(report, settings.stdin_filename)
    if not settings.root and not settings.context:
        return report
    view = _View(paths if settings.root else (), settings.context)
    return report._replace(
        findings=tuple(filter(view.shows, report.findings)),
        suppressed=tuple(hidden for hidden in report.suppressed if view.shows(hidden.finding)),
    )


def _of_file(report: Report, path: str) -> Report:
    """The report of one file."""
    place = real_path(path)

    def is_there(finding: Finding) -> bool:
        return is_path(finding.file) and real_path(finding.file) == place

    return report._replace(
        findings=tuple(filter(is_there, report.findings)),
        suppressed=tuple(hidden for hidden in report.suppressed if is_there(hidden.finding)),
    )


def left_alone(paths: tuple[str, ...], settings: Settings) -> Callable[[str], str]:
    """Tells of a file why it is not changed, "" where it may be."""
    view = _View(paths if settings.root else (), settings.context)
    excluded = settings.search().excluded()

    def why(file: str) -> str:
        if not is_path(file):
            return ""
        if view.is_context(file):
            return "it is only context"
        if not view.is_named(file):
            return "it was not named"
        return "it is excluded" if excluded(os.path.abspath(file)) else ""

    return why


def with_context(history: History, context: tuple[str, ...]) -> History:
    """The history with the changed files that are only context."""
    view = _View((), context)
    files = {change.old.file for change in history.changes} if context else ()
    return history._replace(context=frozenset(filter(view.is_context, files)))


class _View:
    """Which findings are shown."""

    def __init__(self, named: Iterable[str], context: Iterable[str]) -> None:
        self._named = [real_path(path) for path in named if path != _STDIN]
        self._context = [real_path(path) for path in context]

    def shows(self, finding: Finding) -> bool:
        if not is_path(finding.file):
            return True
        if self.is_context(finding.file):
            return False
        places = (finding.file, *(place.file for place in finding.related))
        return not self._named or any(self._is_in(file, self._named) for file in places)

    def is_named(self, file: str) -> bool:
        return not self._named or self._is_in(file, self._named)

    def is_context(self, file: str) -> bool:
        return self._is_in(file, self._context)

    def _is_in(self, file: str, roots: Iterable[str]) -> bool:
        return any(is_below(real_path(file), root) for root in roots)
