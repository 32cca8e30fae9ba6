"""How the directories of a run are searched."""

from __future__ import annotations

from vmsnap_lint.core.file_names import is_candidate, is_page
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.core.scope import PathGlobs, Scope

__all__ = ["Excluded", "Search"]


class Search(NamedTuple):
    """How directories are searched.

    `tracked` uses git's list of files instead of a walk, `exclude` skips files and directories,
    `docs` adds pages of documentation; an empty result is an error without `allow_empty`.
    """

    tracked: bool = False
    exclude: tuple[Scope, ...] = ()
    docs: bool = False
    allow_empty: bool = False

    def takes(self, name: str) -> bool:
        """Whether a file of that name in a directory is read."""
        return is_candidate(name) or (self.docs and is_page(name))

    def excluded(self) -> Excluded:
        """Which paths are excluded."""
        return Excluded(self.exclude)


class Excluded:
    """The globs of what is skipped, prepared; called with an absolute path, whether one fits."""

    def __init__(self, scopes: tuple[Scope, ...]) -> None:
        self._files: PathGlobs | None = None
        self._directories: PathGlobs | None = None
        if not scopes:
            return
        from vmsnap_lint.core.scope import PathGlobs  # many runs exclude nothing

        globs = [(scope.base, glob) for scope in scopes for glob in scope.paths]
        self._files = PathGlobs(globs)
        # a directory is named by what names all that is below it
        self._directories = PathGlobs((base, glob.rstrip("/")) for base, glob in globs)

    def __call__(self, location: str, *, is_directory: bool = False) -> bool:
        """Whether an absolute path is excluded."""
        globs = self._directories if is_directory else self._files
        return globs is not None and next(globs.fitting(location), None) is not None
