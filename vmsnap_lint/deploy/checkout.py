"""The files of a repository: each directory is listed once for all clusters of a run."""

from __future__ import annotations

import os
from functools import cached_property

from vmsnap_lint.core import buffers
from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.repository import is_internal
from vmsnap_lint.deploy.render.projects import NotRead, Project

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Checkout", "Entries"]


class Entries(NamedTuple):
    """The real paths of the files in one directory, and of the directories, sorted."""

    files: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()


class Checkout:
    """The repository at `root` (a real path).

    `load` gives the bytes of a file by its real path, None where it cannot be read. No link is
    followed to a directory, nor out of the repository; what belongs to git itself is not seen.
    """

    def __init__(self, root: str, load: Callable[[str], bytes | None]) -> None:
        self.root = root
        self.load = load
        self._project = Project(os.path.join(root, ""), "repository")
        self._entries: dict[str, Entries] = {}
        self._places: dict[tuple[str, str], tuple[str | NotRead, bool]] = {}
        self._kustomizations: dict[str, str] = {}
        self._below = {root: self}

    def below(self, root: str) -> Checkout:
        """A directory of it as a repository of its own."""
        if root not in self._below:
            self._below[root] = Checkout(root, self.load)
        return self._below[root]

    def holds(self, path: str) -> bool:
        """Whether a real path is in it."""
        return self._project.holds(path)

    def located(self, text: str, below: str = "") -> tuple[str | NotRead, bool]:
        """The real path of what is written as `text`, or why not; whether it is a directory."""
        key = below, text
        if key not in self._places:
            found = self._project.find(below or self.root, text)
            is_directory = not isinstance(found, NotRead) and os.path.isdir(found)
            self._places[key] = found, is_directory
        return self._places[key]

    def has(self, text: str) -> bool:
        """Whether a path from the root is a directory in it."""
        return self.located(text)[1]

    def kustomization(self, directory: str) -> str:
        """The kustomization file of a directory, or ""."""
        if directory not in self._kustomizations:
            locations = (os.path.join(directory, name) for name in KUSTOMIZATIONS)
            self._kustomizations[directory] = next(filter(buffers.is_file, locations), "")
        return self._kustomizations[directory]

    def entries(self, directory: str) -> Entries:
        """What is in one directory."""
        if directory not in self._entries:
            self._entries[directory] = self._scanned(directory)
        return self._entries[directory]

    @cached_property
    def remotes(self) -> tuple[str, ...]:
        """The URLs of its remote repositories, as far as git tells."""
        if not os.path.lexists(os.path.join(self.root, ".git")):
            return ()
        from vmsnap_lint.input import git  # only where an object names a URL

        return git.remotes(self.root)

    def _scanned(self, directory: str) -> Entries:
        files: list[str] = []
        directories: list[str] = []
        try:
            with os.scandir(directory) as entries:
                for entry in buffers.listed(directory, entries):
                    if entry.is_dir(follow_symlinks=False):
                        if not is_internal(entry.name):
                            directories.append(entry.path)
                    elif (real := self._file(entry)) is not None:
                        files.append(real)
        except OSError:
            pass  # the walk of the run notes what cannot be listed
        return Entries(tuple(sorted(files)), tuple(sorted(directories)))

    def _file(self, entry: os.DirEntry[str]) -> str | None:
        if not entry.is_symlink():
            return entry.path if entry.is_file() else None
        real = os.path.realpath(entry.path)
        is_inside = self._project.holds(real) and not self._project.is_internal(real)
        return real if is_inside and buffers.is_file(real) else None
