"""Names become the phrases that messages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.values import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["close_hint", "counted", "nearest_hint", "quoted"]

_MOST = 5


def quoted(names: Iterable[str]) -> str:
    """The names in quotes with commas between them, the sixth and further ones counted only."""
    listed = list(names)
    shown = ", ".join(f'"{name}"' for name in listed[:_MOST])
    more = len(listed) - _MOST
    return f"{shown} and {more} more" if more > 0 else shown


def nearest_hint(word: str, candidates: Iterable[str]) -> str:
    """`, nearest is "x"` for messages about a name that is not there, or ""."""
    return close_hint(nearest(word, candidates))


def close_hint(names: Collection[str]) -> str:
    """The same for names that are near in another way."""
    return f", nearest is {quoted(names)}" if names else ""


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 volume`, `2 volumes`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
