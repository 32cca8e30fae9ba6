"""The projects of trees: the directories outside of which nothing is read for them."""

from __future__ import annotations

import os
import stat
from functools import cache, cached_property

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.real_paths import common_directory, real_path
from vmsnap_lint.core.repository import begins_repository, is_internal
from vmsnap_lint.deploy.render.remote import without_login

if TYPE_CHECKING:
    from vmsnap_lint.input.sources import Sources

__all__ = ["NotRead", "Project", "Projects"]


class NotRead(NamedTuple):
    """Why a path is not read; `fails` says that a build by kustomize fails because of it."""

    reason: str
    fails: bool


class Project(NamedTuple):
    """A directory (real path, with a separator at its end), and what it is."""

    directory: str
    noun: str

    @property
    def is_repository(self) -> bool:
        """Whether it is one of git."""
        return self.noun == "repository"

    def holds(self, path: str) -> bool:
        """Whether a normalized path is this directory or below it."""
        return f"{path}{os.sep}".startswith(self.directory)

    def find(self, directory: str, text: str) -> str | NotRead:
        """The real path of a path in a file of a directory (it may be missing), or why not."""
        if not _is_path(text):
            return _not_read(text, "is no path")
        if os.path.isabs(text):
            return _not_read(text, "is an absolute path, which is never read")
        path = os.path.normpath(os.path.join(directory, text))  # as kustomize joins, links or not
        if not self.holds(path):  # kustomize would read a directory
            return _not_read(text, f"is outside of the {self.noun}", not os.path.isdir(path))
        real = real_path(path)
        if not self.holds(real):
            reason = f"is a link that leads out of the {self.noun}"
            return _not_read(text, reason, not os.path.isdir(real))
        if self.is_internal(path) or self.is_internal(real):
            return _not_read(text, "belongs to git itself", fails=False)
        if _is_special(real):
            return _not_read(text, "is neither a file nor a directory")
        return real

    def is_internal(self, path: str) -> bool:
        """Whether a path below is in the data of git."""
        return is_internal(path[len(self.directory) :])


class Projects:
    """The project of each directory of a run: its repository, or else what is linted.

    A path that was given may include directories beside it: outside of a repository, a tree in the
    working directory may read all of that.
    """

    def __init__(self, sources: Sources) -> None:
        self._locations = sources.locations
        self._repositories: dict[str, Project | None] = {}
        self.of = cache(self._of)

    def _of(self, directory: str) -> Project:
        """The project of a directory, by its real path."""
        repository = self._repository(directory)
        if repository is not None:
            return repository
        working = self._working
        return working if working and working.holds(directory) else self.linted(directory)

    def linted(self, directory: str) -> Project:
        """The repository of a directory, else only what is linted around it."""
        repository = self._repository(directory)
        if repository is not None:
            return repository
        common = self._common
        if common and common.holds(directory):
            return common
        return Project(os.path.join(directory, ""), _LINTED)

    def _repository(self, directory: str) -> Project | None:
        """The repository of a directory, which is that of the one above unless it begins there."""
        known, below = self._repositories, []
        while directory not in known:
            above = os.path.dirname(directory)
            if begins_repository(directory):
                known[directory] = Project(os.path.join(directory, ""), "repository")
            elif above == directory:
                known[directory] = None
            else:
                below.append(directory)
                directory = above
        known |= dict.fromkeys(below, known[directory])
        return known[directory]

    @cached_property
    def _working(self) -> Project | None:
        return _project(real_path(os.curdir), "working directory")

    @cached_property
    def _common(self) -> Project | None:
        """The directory that holds all files looked at."""
        return _project(common_directory(self._locations), _LINTED)


_LINTED = "linted directory"


def _project(directory: str, noun: str) -> Project | None:
    """The project of a directory; none of the root of the system, and where there is no one."""
    top = os.path.join(directory, "")
    return Project(top, noun) if top != os.path.dirname(top) else None


def _not_read(text: str, reason: str, fails: bool = True) -> NotRead:
    return NotRead(f'"{without_login(text)}" {reason}', fails)


def _is_special(path: str) -> bool:
    """Whether it is there, and neither a file nor a directory."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _is_path(text: str) -> bool:
    """Whether a file can have that name."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False
