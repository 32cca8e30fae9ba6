"""The files below paths, by a walk or by git's list of tracked files.

Links to files are followed within the repository (or, without one, the working directory). Links to
directories are not, so that no loop is possible. Those that lead out are listed as not checked.
What cannot be read is listed as unread, and the walk goes on.
"""

from __future__ import annotations

import errno
import os
from operator import attrgetter

from vmsnap_lint.core import buffers
from vmsnap_lint.core.abridged import cut_path
from vmsnap_lint.core.bounded_files import why
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.file_names import KUSTOMIZATIONS, is_page, is_script
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.input import gitignore
from vmsnap_lint.input.borders import border_of, leads_to_directory, prefix_of
from vmsnap_lint.input.files import shown, unread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.config.search import Search
    from vmsnap_lint.input.git import Entry
    from vmsnap_lint.input.gitignore import Ignored

__all__ = ["NOT_WALKED", "Walk"]

_NAME_OF = attrgetter("name")
_GONE = frozenset((errno.ENOENT, errno.ENOTDIR))
_BROKEN = _GONE | {errno.ELOOP}
_ABOVE = 5  # directories above a named file in which a kustomization is looked for
NOT_WALKED = frozenset((".bzr", ".git", ".hg", ".jj", ".svn", ".terraform", ".tox", ".venv",
                        "__pycache__", "node_modules"))  # fmt: skip


class Walk:
    """Files and kustomization files by absolute path, each with the path for people.

    That of a kustomization is "" where it is only next to or above a named file. `named` are the
    locations of named files; `names_a_file` says that a path was named that is not a directory.
    `unread` are files and directories that could not be read. `scripts` are not checked, but tell
    what else there is; `pages` are the locations of pages of documentation that are passed over,
    `excluded_files` and `excluded_directories` those of what a glob excludes.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._excluded = search.excluded()
        self._ignore_files = gitignore.IgnoreFiles()
        self.unread: set[NotChecked] = set()
        self.pages: set[str] = set()
        self.excluded_files: set[str] = set()
        self.excluded_directories: set[str] = set()
        self.files: dict[str, str] = {}
        self.scripts: dict[str, str] = {}
        self.kustomizations: dict[str, str] = {}
        self.not_checked: set[NotChecked] = set()
        self.named: set[str] = set()
        self.names_a_file = False
        self._passed: set[str] = set()
        self._is_empty = True

    def take(self, paths: Iterable[str]) -> None:
        """Add named files, and the files below directories.

        Raises UsageError for a path that does not exist or has no files.
        """
        for path in sorted(paths):
            if os.path.isdir(path):
                self._take_directory(path)
            else:
                self._take_named(path)
        self.not_checked.update(self._ignore_files.notes())
        self.unread |= self._ignore_files.unread

    def _take_named(self, path: str) -> None:
        """Add a file that was named, and a kustomization next to or above it."""
        self.names_a_file = True
        location = os.path.abspath(path)
        try:
            if not buffers.is_file(path):
                os.stat(path)
        except OSError as error:
            if error.errno in _GONE:
                raise UsageError(f'no such file or directory "{cut_path(shown(path))}"') from error
            self._miss(path, error)
            return
        self._add(location, os.path.normpath(path))
        if location in self.files:
            self.named.add(location)
        directory = os.path.dirname(location)
        for _ in range(_ABOVE):
            if directory in self._passed:
                return
            self._passed.add(directory)
            candidates = [os.path.join(directory, name) for name in KUSTOMIZATIONS]
            kustomizations = list(filter(buffers.is_file, candidates))
            for kustomization in kustomizations:
                self.kustomizations.setdefault(kustomization, "")
            if kustomizations or os.path.exists(os.path.join(directory, ".git")):
                return
            directory = os.path.dirname(directory)

    def _take_directory(self, root: str) -> None:
        """Add the manifests below a directory."""
        self._is_empty, before = True, len(self.pages)
        tracked = self._tracked(root) if self._search.tracked else None
        if tracked is None:
            self._walk(root)
        else:
            self._take_tracked(root, tracked)
        if self._is_empty and not self._search.allow_empty:
            by_git = "" if tracked is None else " that git tracks"
            raise UsageError(
                f'no YAML or JSON file{by_git} in "{shown(root)}"; {self._remedy(before)}'
            )

    def _remedy(self, pages_before: int) -> str:
        """What to do where a directory has no manifest."""
        passed_over = len(self.pages) - pages_before
        if not passed_over:
            return "pass a directory with manifests, or --allow-empty"
        them = "it" if passed_over == 1 else "them"
        what = f"{counted(passed_over, 'page')} of documentation"
        return f"it has {what}: pass --docs to check {them}, or --allow-empty"

    def _tracked(self, root: str) -> dict[str, Entry] | None:
        from vmsnap_lint.input import git  # most runs need no git

        return git.index(root)

    def _take_tracked(self, root: str, tracked: dict[str, Entry]) -> None:
        """Add the tracked files that exist."""
        from vmsnap_lint.input.git import LINK, SUBMODULE  # as above

        top, prefix = os.path.abspath(root), prefix_of(os.path.normpath(root))
        border = border_of(top)
        for name, entry in sorted(tracked.items()):
            location, path = os.path.join(top, name), prefix + name
            *above, base = name.split("/")
            if not NOT_WALKED.isdisjoint(above) or self._excludes(location):
                continue
            if entry.mode == SUBMODULE:
                self._skip(path, "a git submodule: pass its directory to check it")
            elif entry.mode == LINK and os.path.isdir(location):
                self._skip_link(location, path, os.path.realpath(root))
            elif not self._search.takes(base):
                if entry.mode != LINK or is_page(base):
                    self._note(base, location, path)
            elif entry.mode != LINK or not self._skips_link_out(location, path, border):
                self._add_regular(location, path, may_be_gone=True)

    def _walk(self, root: str) -> None:
        """Add what a walk finds."""
        real_root = os.path.realpath(root)
        top = os.path.abspath(root)
        border = border_of(top)
        above = self._ignore_files.above(top)
        stack = [(os.path.join(top, ""), prefix_of(os.path.normpath(root)), above)]
        while stack:
            start, prefix, ignored = stack.pop()
            entries = self._listing(start, prefix)
            if gitignore.NAME in map(_NAME_OF, entries):
                file = start + gitignore.NAME
                ignored += self._ignore_files.read(file, prefix + gitignore.NAME)
            for entry in entries:
                name = entry.name
                if entry.is_symlink():
                    self._take_link(
                        entry, start + name, prefix + name, ignored, (real_root, border)
                    )
                elif not entry.is_dir(follow_symlinks=False):
                    self._take_file(entry, start + name, prefix + name, ignored)
                elif name not in NOT_WALKED and not self._drops(
                    start + name, name, ignored, is_directory=True
                ):
                    below = gitignore.below(ignored, name) if ignored else ignored
                    stack.append((start + name + os.sep, prefix + name + os.sep, below))

    def _take_file(
        self, entry: os.DirEntry[str], location: str, path: str, ignored: Ignored
    ) -> None:
        """Add or note what is neither a link nor a directory; its entry says what it is."""
        name = entry.name
        is_candidate = self._search.takes(name)
        if not is_candidate and not is_page(name) and not is_script(name):
            return
        if self._drops(location, name, ignored):
            return
        if not is_candidate:
            self._note(name, location, path)
        elif entry.is_file(follow_symlinks=False):
            self._add(location, path)
        else:
            self._add_regular(location, path)

    def _take_link(
        self, entry: os.DirEntry[str], location: str, path: str, ignored: Ignored,
        borders: tuple[str, str],
    ) -> None:  # fmt: skip
        """Add the file that a link leads to, or say where else it leads."""
        name, (real_root, border) = entry.name, borders
        is_to_directory = leads_to_directory(entry)
        is_taken = is_to_directory or self._search.takes(name)
        if not is_taken and not is_page(name):
            return
        if self._drops(location, name, ignored):
            return
        if not is_taken:
            self._note(name, location, path)
        elif is_to_directory:
            self._skip_link(location, path, real_root)
        elif not self._skips_link_out(location, path, border):
            self._add_regular(location, path)

    def _note(self, name: str, location: str, path: str) -> None:
        """Keep the place of a page or script that is passed over."""
        if is_page(name):
            self.pages.add(location)
        if is_script(name) and not os.path.islink(location):
            self.scripts[location] = shown(path)

    def _drops(
        self, location: str, name: str, ignored: Ignored, *, is_directory: bool = False
    ) -> bool:
        """Whether a path is excluded or ignored."""
        if self._search.exclude and self._excludes(location, is_directory=is_directory):
            return True
        return bool(ignored) and gitignore.ignores(ignored, name, is_directory=is_directory)

    def _excludes(self, location: str, *, is_directory: bool = False) -> bool:
        """Whether a glob excludes a path, which is remembered."""
        if not self._excluded(location, is_directory=is_directory):
            return False
        if is_directory:
            self.excluded_directories.add(location)
        elif self._search.takes(os.path.basename(location)):
            self.excluded_files.add(location)
        return True

    def _listing(self, start: str, prefix: str) -> list[os.DirEntry[str]]:
        """What is in a directory, by what the paths in it begin with."""
        try:
            with os.scandir(start) as entries:
                return sorted(buffers.listed(start, entries), key=_NAME_OF)
        except OSError as error:
            if new := buffers.listed(start, ()):
                return sorted(new, key=_NAME_OF)
            self._miss(os.path.normpath(prefix), error)
            return []

    def _add(self, location: str, path: str) -> None:
        is_kustomization = location.endswith(KUSTOMIZATIONS) and (
            os.path.basename(location) in KUSTOMIZATIONS
        )
        paths = self.kustomizations if is_kustomization else self.files
        self._is_empty = False
        path = shown(path)
        paths[location] = min(paths.get(location) or path, path)

    def _add_regular(self, location: str, path: str, *, may_be_gone: bool = False) -> None:
        """Add a regular file, or say what else it is."""
        if buffers.is_file(location):
            self._add(location, path)
            return
        try:
            os.stat(location)
        except OSError as error:
            if os.path.islink(location) and error.errno in _BROKEN:
                self._skip(path, "a broken symlink")
            elif not may_be_gone or error.errno not in _GONE:
                self._miss(path, error)
        else:
            self._skip(path, "not a regular file")

    def _miss(self, path: str, error: OSError) -> None:
        self._is_empty = False
        self.unread.add(unread(path, why(error)))

    def _skip(self, path: str, reason: str) -> None:
        self._is_empty = False
        self.not_checked.add(NotChecked(shown(path), reason))

    def _skips_link_out(self, location: str, path: str, border: str) -> bool:
        """Whether a link leads to a file outside, which is listed then."""
        is_outside = os.path.isfile(location) and not os.path.realpath(location).startswith(border)
        if is_outside:
            self._skip(path, "a symlink to a file outside; pass that file to check it")
        return is_outside

    def _skip_link(self, location: str, path: str, real_root: str) -> None:
        if not f"{os.path.realpath(location)}{os.sep}".startswith(f"{real_root}{os.sep}"):
            self._skip(path, "a symlink to a directory outside; pass that directory to check it")
