"""What a run looks at becomes an answer: whether it saw everything that a scope may name."""

from __future__ import annotations

import os

from vmsnap_lint.config.file.find import configured
from vmsnap_lint.config.search import Excluded
from vmsnap_lint.core.file_names import CONFIGURATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.repository import STDIN, upwards, working_tree
from vmsnap_lint.core.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.input.sources import Sources

__all__ = ["Seen", "seen"]

_CONFIGURATIONS = frozenset((*CONFIGURATIONS, "pyproject.toml"))


class Seen(NamedTuple):
    """What a run saw, by absolute paths: `roots` are those that were named.

    `files` were looked at; `pages` were passed over, as no one asked for them; the next two are
    excluded, `is_excluded` tells that of any. `is_part` says that only some clusters are judged.
    """

    roots: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    excluded_files: frozenset[str] = frozenset()
    excluded_directories: frozenset[str] = frozenset()
    is_excluded: Excluded = Excluded(())
    is_part: bool = False

    def whole(self, scopes: Sequence[Scope]) -> list[bool]:
        """For each scope whether the run saw all files and objects that it may name."""
        from vmsnap_lint.core.scope import Scopes  # few runs have entries to judge

        known = Scopes(scopes)
        skipped = 0
        for file in (*self.pages, *self.excluded_files):
            skipped |= known.with_file(file)
        above = {path for found in self.excluded_directories for path in upwards(found)}
        return [
            not self.is_part
            and not (skipped >> index & 1 and self._hides(scope))
            and all(self._saw(area, above) for area in scope.areas())
            for index, scope in enumerate(scopes)
        ]

    def in_part(self, files: Iterable[str]) -> frozenset[str]:
        """The files that are in a configured directory, or repository, which was not seen whole."""
        areas = {file: area for file in files if (area := _around(file))}
        scopes = [Scope(area) for area in dict.fromkeys(areas.values())]
        pairs = zip(scopes, self.whole(scopes), strict=True)
        seen_whole = {scope.base for scope, is_whole in pairs if is_whole}
        return frozenset(file for file, area in areas.items() if area not in seen_whole)

    def _hides(self, scope: Scope) -> bool:
        """Whether skipped files that a scope names count: pages only where it names paths."""
        return bool(scope.paths or self.excluded_files)

    def _saw(self, area: str, above_excluded: Set[str]) -> bool:
        """Whether everything below a path was looked at."""
        around = frozenset(upwards(os.path.normpath(area)))
        is_below_excluded = not around.isdisjoint(self.excluded_directories)
        is_cut = is_below_excluded or os.path.normpath(area) in above_excluded
        return not around.isdisjoint(self.roots) and not is_cut

    def saw_around(self, file: str) -> bool:
        """Whether the run was given a directory that a file is in, and so what is beside it."""
        above = upwards(os.path.dirname(os.path.abspath(file)))
        return file != STDIN and not self.roots.isdisjoint(above)

    def saw(self, file: str) -> bool:
        """Whether a file was looked at, or is gone from where the run looked."""
        location = os.path.abspath(file)
        if os.path.basename(file) in _CONFIGURATIONS:
            return True
        is_known = location in self.files or not os.path.lexists(location)
        return is_known and not self.is_excluded(location) and not self.is_part


def seen(sources: Sources, paths: Iterable[str], settings: Settings) -> Seen:
    """What a run over these paths sees."""
    named = (path for path in paths if path != "-")
    roots = settings.world or ((settings.root,) if settings.root else named)
    return Seen(
        frozenset(map(os.path.abspath, roots)),
        sources.locations,
        sources.pages,
        sources.excluded_files,
        sources.excluded_directories,
        settings.search().excluded(),
        bool(settings.cluster),
    )


def _around(file: str) -> str:
    """The directory with what is applied together with a file, as far as this is known, or "".

    That is the one of the configuration, else the repository.
    """
    if file == STDIN:
        return ""
    location, base = os.path.abspath(file), configured(os.getcwd())
    if base and location.startswith(os.path.join(base, "")):
        return base
    return next(iter(working_tree(os.path.dirname(location))), "")
