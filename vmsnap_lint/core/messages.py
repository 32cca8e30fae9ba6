"""The phrases that messages share, from names and numbers."""

from __future__ import annotations

from vmsnap_lint.core.abridged import LONGEST_QUOTATION, cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.vocabulary import Vocabulary

__all__ = [
    "MOST_NAMES", "MOST_PLACES", "counted", "did_you_mean", "either", "nearest_hint", "quoted",
    "verbatim",
]  # fmt: skip

MOST_NAMES = 5
"""Of a list in a message."""
MOST_PLACES = 3
"""Of related objects that are alike: further ones say nothing new."""


def quoted(names: Iterable[str], number: int | None = None) -> str:
    """The names in quotes, separated by commas; of more than five the rest is only counted.

    `number` is how many there are, where not all of them are given.
    """
    listed = names if isinstance(names, list | tuple) else list(names)
    shown = ", ".join(f'"{cut(name)}"' for name in listed[:MOST_NAMES])
    more = (number or len(listed)) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def nearest_hint(word: str, candidates: Iterable[str] | Vocabulary) -> str:
    """` (did you mean "x"?)` for messages about a name that does not exist, or ""."""
    return did_you_mean(nearest(word, candidates))


def did_you_mean(names: Iterable[str]) -> str:
    """` (did you mean "x" or "y"?)`, or "" without names."""
    choice = " or ".join(f'"{name}"' for name in names)
    return f" (did you mean {choice}?)" if choice else ""


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 volume`, `2 volumes`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def verbatim(text: str) -> str:
    """Text of another program in quotes, cut when it is long; its own quotes become single ones."""
    return '"{}"'.format(cut(text, LONGEST_QUOTATION).replace('"', "'"))


def either(names: Iterable[str]) -> str:
    """`A, B or C`."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
