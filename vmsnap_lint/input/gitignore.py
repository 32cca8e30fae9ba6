"""Whether `.gitignore` files ignore a path of a walk.

https://git-scm.com/docs/gitignore; tracked files that match are ignored as well (`--tracked` asks
git itself).
"""

from __future__ import annotations

import os
import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.input.files import load, working_tree

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

__all__ = ["NAME", "Ignored", "above", "below", "read"]

NAME = ".gitignore"
_MOST_BYTES = 2**18
# The library makes regular expressions of globs: these could take very long on a hostile name.
_COSTLY = re.compile(rb"(?:\*[^/*]+){4}\*|(?:\*\*.*){4}|\S{1000}")


class Ignored(NamedTuple):
    """The patterns of one file, for the paths below its directory."""

    base: str
    spec: GitIgnoreSpec

    def names(self, path: str, *, is_directory: bool) -> bool | None:
        """Whether the absolute path is ignored; None where no pattern matches."""
        below_base = path[len(self.base) + 1 :].replace(os.sep, "/")
        return self.spec.check_file(f"{below_base}/" if is_directory else below_base).include


def below(known: tuple[Ignored, ...], path: str, *, is_directory: bool) -> bool:
    """Whether a path is ignored; the innermost file with a matching pattern decides."""
    answers = (ignored.names(path, is_directory=is_directory) for ignored in reversed(known))
    return next((answer for answer in answers if answer is not None), False)


def above(directory: str) -> tuple[Ignored, ...]:
    """The patterns of the files above a directory, up to the root of the working tree.

    None where these ignore the directory itself: it was named, and so it is read.
    """
    steps = working_tree(directory)
    known = read(steps[0], os.path.join(steps[0], ".git", "info", "exclude")) if steps else ()
    for upper, step in pairwise(steps):
        known += read(upper, os.path.join(upper, NAME))
        if below(known, step, is_directory=True):
            return ()
    return known


def read(directory: str, path: str) -> tuple[Ignored, ...]:
    """The patterns of a file for a directory; none where there is no file or it has no pattern."""
    if not os.path.isfile(path):
        return ()
    lines = load(path, path)[:_MOST_BYTES].splitlines()
    patterns = [line for line in lines if line.strip() and not line.startswith(b"#")]
    if not patterns:
        return ()
    import pathspec  # costs start-up time

    cheap = [os.fsdecode(line) for line in patterns if not _COSTLY.search(line)]
    try:
        spec = pathspec.GitIgnoreSpec.from_lines(cheap)
    except ValueError:  # git passes over a line that it cannot read
        valid = [line for line in cheap if not line.rstrip().endswith(("\\", "!"))]
        spec = pathspec.GitIgnoreSpec.from_lines(valid)
    return (Ignored(directory, spec),)
