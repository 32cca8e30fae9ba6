"""`.gitignore` files become a yes or no for each path of a walk.

https://git-scm.com/docs/gitignore; what is tracked all the same is passed over, too (`--tracked`
asks git itself).
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.input.files import load

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

__all__ = ["NAME", "Ignored", "above", "below", "read"]

NAME = ".gitignore"
_MOST_BYTES = 2**18
# The library makes regular expressions of globs: these could take for ever on a hostile name.
_COSTLY = re.compile(rb"(?:\*[^/*]+){4}\*|(?:\*\*.*){4}|\S{1000}")


class Ignored(NamedTuple):
    """What one file says of the paths below its directory."""

    base: str
    spec: GitIgnoreSpec

    def names(self, path: str, *, is_directory: bool) -> bool | None:
        """Whether the absolute path is ignored; None where nothing is said of it."""
        below_base = path[len(self.base) + 1 :].replace(os.sep, "/")
        return self.spec.check_file(f"{below_base}/" if is_directory else below_base).include


def below(known: tuple[Ignored, ...], path: str, *, is_directory: bool) -> bool:
    """Whether a path is ignored; the innermost file that speaks of it counts."""
    for one in reversed(known):
        answer = one.names(path, is_directory=is_directory)
        if answer is not None:
            return answer
    return False


def above(directory: str) -> tuple[Ignored, ...]:
    """What holds in a directory by the files above it, up to the root of the working tree.

    Nothing, where these ignore the directory: who names it wants it.
    """
    steps = []
    here = directory
    while not os.path.exists(os.path.join(here, ".git")):
        upper = os.path.dirname(here)
        if upper == here:
            return ()  # not in a working tree
        steps.append(here)
        here = upper
    known: tuple[Ignored, ...] = read(here, os.path.join(here, ".git", "info", "exclude"))
    for step in reversed(steps):
        known += read(here, os.path.join(here, NAME))
        if below(known, step, is_directory=True):
            return ()
        here = step
    return known


def read(directory: str, path: str) -> tuple[Ignored, ...]:
    """What a file says of a directory; nothing, where there is none or it says nothing."""
    if not os.path.isfile(path):
        return ()
    lines = load(path, path)[:_MOST_BYTES].splitlines()
    said = [line for line in lines if line.strip() and not line.startswith(b"#")]
    if not said:
        return ()
    import pathspec  # costs start-up time

    cheap = [os.fsdecode(line) for line in said if not _COSTLY.search(line)]
    try:
        return (Ignored(directory, pathspec.GitIgnoreSpec.from_lines(cheap)),)
    except ValueError:  # git passes over a line that it cannot read
        good = [line for line in cheap if not line.rstrip().endswith(("\\", "!"))]
        return (Ignored(directory, pathspec.GitIgnoreSpec.from_lines(good)),)
