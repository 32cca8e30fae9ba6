"""The `.gitignore` files of a walk, and whether they ignore what it finds.

https://git-scm.com/docs/gitignore; tracked files that match are ignored as well (`--tracked` asks
git itself). The patterns mean what they mean to git, but no program is started for that.
"""

from __future__ import annotations

import os
from itertools import pairwise

from vmsnap_lint.core import buffers
from vmsnap_lint.core.bounded_files import head, why
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.repository import working_tree
from vmsnap_lint.input.files import shown, unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.input.ignore_patterns import Effort, IgnoredHere, IgnorePatterns

    Ignored = tuple[IgnoredHere, ...]
    """The patterns of several files as they are in one directory, the innermost last."""

__all__ = ["NAME", "IgnoreFiles", "below", "ignores"]

NAME = ".gitignore"
_MOST_BYTES = 2**18  # of a file: some thousands of lines
_MOST_IN_ALL = 2**22  # of all files of a run


def ignores(known: Ignored, name: str, *, is_directory: bool) -> bool:
    """Whether a name is ignored; the innermost file with a pattern that fits decides."""
    encoded = os.fsencode(name)
    for here in reversed(known):
        answer = here.ignores(encoded, is_directory=is_directory)
        if answer is not None:
            return answer
    return False


def below(known: Ignored, name: str) -> Ignored:
    """The patterns as they are in a directory in this one."""
    encoded = os.fsencode(name)
    return tuple(here.below(encoded) for here in known)


class IgnoreFiles:
    """The files of a run, which share what they may cost."""

    def __init__(self) -> None:
        self.unread: set[NotChecked] = set()
        self._effort: Effort | None = None
        self._left = _MOST_IN_ALL
        self._used: list[tuple[str, IgnorePatterns]] = []
        self._notes: set[NotChecked] = set()

    def notes(self) -> Iterator[NotChecked]:
        """The files of which some or all patterns were not used."""
        yield from self._notes
        for path, patterns in self._used:
            if patterns.is_cut:
                reason = "its patterns would take too long on these names: some were not used"
                yield NotChecked(shown(path), reason)

    def above(self, directory: str) -> Ignored:
        """The patterns of the files above a directory, as they are in it.

        None where these ignore the directory itself: it was named, and so it is read.
        """
        steps = working_tree(directory)
        if not steps:
            return ()
        known = self._read_above(os.path.join(steps[0], ".git", "info", "exclude"))
        for upper, step in pairwise(steps):
            known += self._read_above(os.path.join(upper, NAME))
            name = os.path.basename(step)
            if ignores(known, name, is_directory=True):
                return ()
            known = below(known, name)
        return known

    def read(self, location: str, path: str) -> Ignored:
        """The patterns of a file; none where there is no file or it has no pattern.

        A link is not followed, as by git.
        """
        if os.path.islink(location):
            reason = "a symlink, which git does not follow: its patterns are not used"
            self._notes.add(NotChecked(shown(path), reason))
            return ()
        if not buffers.is_file(location):
            return ()
        try:
            data = self._bounded(location, path)
        except OSError as error:
            self.unread.add(unread(path, why(error)))
            return ()
        if not any(line.strip() and not line.startswith(b"#") for line in data.split(b"\n")):
            return ()
        from vmsnap_lint.input import ignore_patterns as by_line  # costs start-up time

        self._effort = self._effort or by_line.Effort()
        patterns = by_line.IgnorePatterns(data, self._effort)
        self._used.append((path, patterns))
        return (by_line.IgnoredHere(patterns),)

    def _read_above(self, location: str) -> Ignored:
        return self.read(location, os.path.relpath(location))

    def _bounded(self, location: str, path: str) -> bytes:
        """The whole lines that may still be read."""
        most = min(_MOST_BYTES, self._left)
        data = head(location, most)
        self._left -= min(len(data), most)
        if len(data) <= most:
            return data
        reason = f"its patterns behind the first {most:,} bytes are not used"
        self._notes.add(NotChecked(shown(path), reason))
        return data[:most].rpartition(b"\n")[0]
