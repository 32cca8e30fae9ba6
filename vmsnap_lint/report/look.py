"""The abilities of the terminal, and what its user wants to see."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["Look"]


class Look(NamedTuple):
    """How a result is written: with colors, characters beyond ASCII, links (OSC 8), in full.

    `columns` is the width of the terminal, 0 where there is none.
    """

    color: bool = False
    unicode: bool = True
    links: bool = False
    verbose: bool = False
    columns: int = 0
