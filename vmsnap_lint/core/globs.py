"""Globs and names become a yes or no, in time that is a product of their lengths.

No glob becomes a regular expression: one of a hostile repository could run forever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["path_fits", "word_fits"]

_ANY = "**"


def path_fits(glob: str, path: str) -> bool:
    """Whether a line of a .gitignore like `glob` would name `path`, or a directory above it.

    `*` and `?` stay within a name, `**` takes any number of directories; without a slash in it (but
    at its end) a glob fits at any depth, with one it counts from the root.
    https://git-scm.com/docs/gitignore#_pattern_format
    """
    steps = glob.strip("/").split("/")
    if "/" not in glob.rstrip("/"):
        steps.insert(0, _ANY)
    if glob.endswith("/"):  # a directory: something is below it
        steps.append("*")
    return _fits([*steps, _ANY], path.split("/"), _ANY, word_fits)


def word_fits(glob: str, word: str) -> bool:
    """Whether `word` is `glob`, in which `*` matches any text and `?` one character."""
    return _fits(glob, word, "*", lambda mark, character: mark in ("?", character))


def _fits(
    globs: Sequence[str], items: Sequence[str], many: str, fits: Callable[[str, str], bool]
) -> bool:
    """Whether the globs match all items; `many` is the glob that matches any number of them.

    On a mismatch only the last `many` is extended by an item, so the time is bounded.
    """
    at = item = tried = 0
    last = -1
    while item < len(items):
        if at < len(globs) and globs[at] == many:
            last, tried = at, item
            at += 1
        elif at < len(globs) and fits(globs[at], items[item]):
            at += 1
            item += 1
        elif last >= 0:
            tried += 1
            at, item = last + 1, tried
        else:
            return False
    return all(glob == many for glob in globs[at:])
