"""Which stretches of a text are taken by edits that were chosen already."""

from __future__ import annotations

from bisect import bisect_left, insort

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Stretches"]


class Stretches:
    """Stretches that do not touch each other."""

    def __init__(self) -> None:
        self._taken: list[tuple[int, int]] = []

    def are_free(self, stretches: Iterable[tuple[int, int]]) -> bool:
        """Whether none of these touches one that is taken."""
        return all(map(self._is_free, stretches))

    def take(self, stretches: Iterable[tuple[int, int]]) -> None:
        """Takes stretches that are free."""
        for stretch in stretches:
            insort(self._taken, stretch)

    def _is_free(self, stretch: tuple[int, int]) -> bool:
        start, end = stretch
        number = bisect_left(self._taken, (end + 1, -1))
        return number == 0 or self._taken[number - 1][1] < start
