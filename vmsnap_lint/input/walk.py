"""Paths become the files below them: a walk, or what git tracks.

Links to files are followed, links to directories are not, so that no loop is possible; one that
leads out of what is walked is listed as not checked.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.input import gitignore
from vmsnap_lint.input.files import shown, unreadable

if TYPE_CHECKING:
    from vmsnap_lint.config.search import Search
    from vmsnap_lint.input.git import Entry
    from vmsnap_lint.input.gitignore import Ignored

__all__ = ["NOT_WALKED", "Found"]

_ABOVE = 5  # directories above a named file in which a kustomization is looked for
NOT_WALKED = frozenset((".bzr", ".git", ".hg", ".jj", ".svn", ".terraform", ".tox", ".venv",
                        "__pycache__", "node_modules"))  # fmt: skip


class Found:
    """Files and kustomization files by absolute path, each with the path for people.

    That of a kustomization is "" where it was not asked for, but stands beside or above a named
    file.
    `pointed` says that something was named which is no directory.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self.files: dict[str, str] = {}
        self.kustomizations: dict[str, str] = {}
        self.not_checked: set[NotChecked] = set()
        self.named: set[str] = set()
        self.pointed = False
        self._beside: set[str] = set()
        self._taken = False

    def holds(self, location: str) -> bool:
        """Whether the file at an absolute path was found."""
        return location in self.files or bool(self.kustomizations.get(location))

    def name(self, path: str) -> None:
        """Take a file that was named, and note a kustomization beside or above it."""
        if not os.path.exists(path):
            raise UsageError(f'no such file or directory: "{shown(path)}"')
        self.pointed = True
        key = os.path.abspath(path)
        self._take(key, os.path.normpath(path))
        if key in self.files:
            self.named.add(key)
        self._look_beside(os.path.dirname(key))

    def _look_beside(self, directory: str) -> None:
        """Note the nearest kustomization in a directory or above it, in the same repository."""
        for _ in range(_ABOVE):
            if directory in self._beside:
                return
            self._beside.add(directory)
            beside = [os.path.join(directory, name) for name in KUSTOMIZATIONS]
            found = [path for path in beside if os.path.isfile(path)]
            for path in found:
                self.kustomizations.setdefault(path, "")
            if found or os.path.exists(os.path.join(directory, ".git")):
                return
            directory = os.path.dirname(directory)

    def search(self, root: str) -> None:
        """Take the manifests below a directory."""
        self._taken = False
        listed = self._tracked(root) if self._search.tracked else None
        if listed is None:
            self._walk(root)
        else:
            self._pick(root, listed)
        if not self._taken and not self._search.allow_empty:
            tracked = "" if listed is None else " that git tracks"
            raise UsageError(
                f'no YAML or JSON file{tracked} in "{shown(root)}": name a directory that holds '
                "manifests, or pass --allow-empty"
            )

    def _tracked(self, root: str) -> dict[str, Entry] | None:
        from vmsnap_lint.input import git  # most runs need no git

        return git.index(root)

    def _pick(self, root: str, listed: dict[str, Entry]) -> None:
        """Take of git's list what is there."""
        from vmsnap_lint.input.git import LINK, SUBMODULE  # as above

        key, prefix = os.path.abspath(root), _prefix(os.path.normpath(root))
        for name, entry in sorted(listed.items()):
            location, path = os.path.join(key, name), prefix + name
            parts = name.split("/")
            if not NOT_WALKED.isdisjoint(parts[:-1]) or self._search.passes_over(location):
                continue
            if entry.mode == SUBMODULE:
                reason = "a git submodule: name its directory to check it"
                self.not_checked.add(NotChecked(shown(path), reason))
            elif entry.mode == LINK and os.path.isdir(location):
                self._pass_by(location, path, os.path.realpath(root))
            elif self._search.takes(parts[-1]):
                self._take_present(location, path)

    def _take_present(self, location: str, path: str) -> None:
        """Take a file, if it was not deleted."""
        if os.path.isfile(location):
            self._take(location, path)
        elif os.path.lexists(location):
            self._refuse(path, is_link=os.path.islink(location))

    def _walk(self, root: str) -> None:
        """Take what a walk finds."""
        real_root = os.path.realpath(root)
        top = os.path.abspath(root)
        stack = [(top, os.path.normpath(root), gitignore.above(top))]
        while stack:
            key, path_here, ignored = stack.pop()
            prefix = _prefix(path_here)
            entries = _listing(key, path_here)
            if any(entry.name == gitignore.NAME for entry in entries):
                ignored += gitignore.read(key, os.path.join(key, gitignore.NAME))
            for entry in entries:
                path, below = prefix + entry.name, os.path.join(key, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in NOT_WALKED and not self._drops(
                        below, ignored, is_directory=True
                    ):
                        stack.append((below, path, ignored))
                elif (_is_directory(entry) or self._search.takes(entry.name)) and not self._drops(
                    below, ignored
                ):
                    self._enter(entry, below, path, real_root)

    def _drops(
        self, location: str, ignored: tuple[Ignored, ...], *, is_directory: bool = False
    ) -> bool:
        """Whether a path is excluded or ignored."""
        if self._search.exclude and self._search.passes_over(location, is_directory=is_directory):
            return True
        return bool(ignored) and gitignore.below(ignored, location, is_directory=is_directory)

    def _take(self, key: str, path: str) -> None:
        taken = self.kustomizations if os.path.basename(key) in KUSTOMIZATIONS else self.files
        self._taken = True
        name = shown(path)
        taken[key] = min(taken.get(key) or name, name)

    def _enter(self, entry: os.DirEntry[str], key: str, path: str, real_root: str) -> None:
        if _is_directory(entry):
            self._pass_by(key, path, real_root)
        elif os.path.isfile(key):
            self._take(key, path)
        else:
            self._refuse(path, is_link=entry.is_symlink())

    def _refuse(self, path: str, *, is_link: bool) -> None:
        self._taken = True
        reason = "a link to nothing" if is_link else "not a regular file"
        self.not_checked.add(NotChecked(shown(path), reason))

    def _pass_by(self, key: str, path: str, real_root: str) -> None:
        if not f"{os.path.realpath(key)}{os.sep}".startswith(f"{real_root}{os.sep}"):
            reason = "a link to a directory elsewhere; name that directory to check it"
            self.not_checked.add(NotChecked(shown(path), reason))


def _prefix(path: str) -> str:
    return "" if path == "." else os.path.join(path, "")


def _is_directory(entry: os.DirEntry[str]) -> bool:
    """Whether it is or leads to a directory; a link that leads to itself leads nowhere."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _listing(directory: str, path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise unreadable(path, error) from error
