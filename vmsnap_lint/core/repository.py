"""Where a path lies, and where a git repository begins, by the names of files alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["is_below", "is_internal", "upwards", "working_tree"]

_DATA = ".git"


def working_tree(directory: str) -> list[str]:
    """The directories from the root of git's working tree down to this one; none outside of it."""
    steps = [directory]
    while not os.path.lexists(os.path.join(steps[-1], _DATA)):
        above = os.path.dirname(steps[-1])
        if above == steps[-1]:
            return []
        steps.append(above)
    return steps[::-1]


def is_internal(below: str) -> bool:
    """Whether a path below a root is in the data of git, which may hold credentials."""
    return _DATA in below.lower().split(os.sep)


def is_below(place: str, top: str) -> bool:
    """Whether a real path is another one or below it."""
    return place == top or place.startswith(os.path.join(top, ""))


def upwards(path: str) -> Iterator[str]:
    """The path and all above it, the innermost first; none for ""."""
    while path:
        yield path
        above = os.path.dirname(path)
        path = above if above != path else ""
