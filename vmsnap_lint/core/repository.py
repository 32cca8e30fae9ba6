"""Where a path lies, and where a git repository begins, by the names of files alone."""

from __future__ import annotations

import errno
import os

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "STDIN", "begins_repository", "is_below", "is_internal", "is_path", "target", "upwards",
    "working_tree",
]  # fmt: skip

STDIN = "<stdin>"
"""How reports call standard input."""

_DATA = ".git"


def working_tree(directory: str) -> list[str]:
    """The directories from the root of git's working tree down to this one; none outside of it."""
    steps = [directory]
    while not begins_repository(steps[-1]):
        above = os.path.dirname(steps[-1])
        if above == steps[-1]:
            return []
        steps.append(above)
    return steps[::-1]


def begins_repository(directory: str) -> bool:
    """Whether a directory is the root of git's working tree."""
    return os.path.lexists(os.path.join(directory, _DATA))


def is_internal(below: str) -> bool:
    """Whether a path below a root is in the data of git, which may hold credentials."""
    return _DATA in below.lower().split(os.sep)


def is_path(file: str) -> bool:
    """Whether the file of a finding is one on disk, neither standard input nor none."""
    return file not in {"", STDIN}


def is_below(place: str, top: str) -> bool:
    """Whether a real path is another one or below it."""
    return place == top or place.startswith(os.path.join(top, ""))


def upwards(path: str) -> Iterator[str]:
    """The path and all above it, the innermost first; none for ""."""
    while path:
        yield path
        above = os.path.dirname(path)
        path = above if above != path else ""


def target(path: str) -> str:
    """The file that is written: of a link the one it leads to.

    A repository may hold a link to any file of who runs this. Raises OSError for one that leads
    out of it, or to what git keeps there.
    """
    if "\0" in path:
        raise OSError(errno.EINVAL, "no path holds a NUL character")
    named, real = os.path.abspath(path), os.path.realpath(path)
    root = os.path.realpath(_around(named))
    below = os.path.relpath(real, root)
    is_outside = below.split(os.sep)[0] == os.pardir
    if is_outside or (os.path.islink(path) and is_internal(below)):
        raise OSError(errno.EPERM, "a link leads out of the files of the repository")
    return real


def _around(path: str) -> str:
    """The repository of a file, else the working directory or that of the file."""
    directory = own = os.path.dirname(path)
    # a link to another repository does not lead into that
    while os.path.islink(directory) or not os.path.exists(os.path.join(directory, ".git")):
        above = os.path.dirname(directory)
        if above == directory:
            here = os.getcwd()
            return here if path.startswith(os.path.join(here, "")) else own
        directory = above
    return directory
