"""Which stretches of a text are taken by edits that were chosen already."""

from __future__ import annotations

from bisect import bisect_right, insort
from operator import itemgetter

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    Stretch = tuple[Any, Any]

__all__ = ["Stretches"]


class Stretches:
    """Stretches that do not touch each other, from one place to another of any kind."""

    def __init__(self) -> None:
        self._taken: list[Stretch] = []

    def are_free(self, stretches: Iterable[Stretch]) -> bool:
        """Whether none of these touches one that is taken."""
        return all(map(self._is_free, stretches))

    def take(self, stretches: Iterable[Stretch]) -> None:
        """Takes stretches that are free."""
        for stretch in stretches:
            insort(self._taken, stretch)

    def _is_free(self, stretch: Stretch) -> bool:
        start, end = stretch
        number = bisect_right(self._taken, end, key=itemgetter(0))
        return number == 0 or self._taken[number - 1][1] < start
