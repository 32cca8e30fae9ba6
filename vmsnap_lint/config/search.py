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

    `tracked` takes git's list of files instead of a walk, `exclude` passes over what it names,
    `docs` takes pages of documentation, too; nothing found is an error without `allow_empty`.
    """

    tracked: bool = False
    exclude: tuple[Scope, ...] = ()
    docs: bool = False
    allow_empty: bool = False

    def takes(self, name: str) -> bool:
        """Whether a file of that name in a directory is one to look at."""
        return is_candidate(name) or (self.docs and is_page(name))

    def passes_over(self, location: str, *, is_directory: bool = False) -> bool:
        """Whether an absolute path is excluded."""
        for scope in self.exclude:
            root = os.path.join(scope.base, "")
            if location.startswith(root):
                path = location[len(root) :].replace(os.sep, "/")
                globs = [one.rstrip("/") for one in scope.paths] if is_directory else scope.paths
                if any(path_fits(glob, path) for glob in globs):
                    return True
        return False
