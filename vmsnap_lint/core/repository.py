"""Where a git repository begins and what in it belongs to git, by the names of files alone."""

from __future__ import annotations

import os

__all__ = ["is_internal", "working_tree"]

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
