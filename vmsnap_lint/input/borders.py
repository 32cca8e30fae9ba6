"""Where the links in a directory may lead, and how the paths below it begin."""

from __future__ import annotations

import os

from vmsnap_lint.core.repository import working_tree

__all__ = ["border_of", "leads_to_directory", "prefix_of"]


def border_of(top: str) -> str:
    """The beginning of the real paths that links may lead to from a directory."""
    here = os.getcwd()
    around = here if f"{top}{os.sep}".startswith(os.path.join(here, "")) else top
    return os.path.join(os.path.realpath(next(iter(working_tree(top)), around)), "")


def prefix_of(path: str) -> str:
    """What the paths below a directory begin with."""
    return "" if path == "." else os.path.join(path, "")


def leads_to_directory(entry: os.DirEntry[str]) -> bool:
    """Whether it is or leads to a directory; a link that leads to itself leads nowhere."""
    try:
        return entry.is_dir()
    except OSError:
        return False
