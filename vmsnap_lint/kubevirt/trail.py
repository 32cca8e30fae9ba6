"""The objects that a verdict was derived from, for those who show where they are declared.

A lint makes thousands of plans and shows none of their objects: these are found when asked for.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.kubevirt.chain_link import ChainLink

__all__ = ["NO_TRAIL", "Trail"]


class Trail:
    """The objects of a chain in their order, and the kind of the one at which it breaks, or "".

    With `is_certain` it surely breaks there, else it may.

    Plans are values: two that differ only in where their objects are declared are equal.
    """

    __slots__ = ("_breaks_at", "_follow", "_is_certain", "_links")

    def __init__(self, *links: ChainLink, breaks_at: str = "", is_certain: bool = True) -> None:
        self._follow: Callable[[], Trail] | None = None
        self._links, self._breaks_at, self._is_certain = links, breaks_at, is_certain

    @classmethod
    def later(cls, follow: Callable[[], Trail]) -> Trail:
        """The trail that `follow` returns; it is called once, when somebody looks at the trail."""
        trail = cls()
        trail._follow = follow
        return trail

    @property
    def links(self) -> tuple[ChainLink, ...]:
        """The objects of the chain."""
        self._find()
        return self._links

    @property
    def breaks_at(self) -> str:
        """The kind of the object at which it breaks, or ""."""
        self._find()
        return self._breaks_at

    @property
    def is_certain(self) -> bool:
        """Whether it surely breaks there."""
        self._find()
        return self._is_certain

    def _find(self) -> None:
        if self._follow is not None:
            other = self._follow()
            self._follow = None
            self._links, self._breaks_at = other.links, other.breaks_at
            self._is_certain = other.is_certain

    def __eq__(self, other: Any) -> bool:
        """Whether it is any trail."""
        return isinstance(other, Trail)

    def __hash__(self) -> int:
        """The same for all, as they are equal."""
        return hash(Trail)


NO_TRAIL = Trail()
