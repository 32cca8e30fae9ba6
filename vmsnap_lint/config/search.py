"""How the directories of a run are searched."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.file_names import is_candidate, is_page
from vmsnap_lint.core.globs import path_fits

if TYPE_CHECKING:
    from vmsnap_lint.core.scope import Scope

__all__ = ["Search"]


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

    def passes_over(self, location: str, *, is_directory: bool = False) -> bool:
        """Whether an absolute path is excluded."""
        return any(_excludes(scope, location, is_directory) for scope in self.exclude)


def _excludes(scope: Scope, location: str, is_directory: bool) -> bool:
    root = os.path.join(scope.base, "")
    path = location[len(root) :].replace(os.sep, "/")
    globs = (glob.rstrip("/") if is_directory else glob for glob in scope.paths)
    return location.startswith(root) and any(path_fits(glob, path) for glob in globs)
