"""The objects that a verdict was derived from, for those who show where they are declared.

A lint makes thousands of plans and shows none of their objects: these are found when asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["NO_TRAIL", "ChainLink", "Trail", "link"]


class ChainLink(NamedTuple):
    """An object of a chain: where it is declared, or why the input does not show it.

    `at` is the place of its name. `name` is "" for one that no object names, such as the default
    class; `note` then says which.
    """

    kind: str
    namespace: str | None
    name: str
    at: Place | None = None
    absence: Absence | None = None
    note: str = ""


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


def link(
    kind: str, namespace: str | None, name: str, found: Manifest | Absence | None
) -> ChainLink:
    """The link to an object that a chain names; None is one that the input does not show."""
    if found is None or isinstance(found, Absence):
        return ChainLink(kind, namespace, name, absence=found or Absence.UNKNOWN)
    at = found.at("metadata", "name")
    return ChainLink(found.kind or kind, found.namespace, found.name or name, at)


NO_TRAIL = Trail()
