"""One object of the chain that a verdict was derived from."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["ChainLink", "link"]


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


def link(
    kind: str, namespace: str | None, name: str, found: Manifest | Absence | None
) -> ChainLink:
    """The link to an object that a chain names; None is one that the input does not show."""
    if found is None or isinstance(found, Absence):
        return ChainLink(kind, namespace, name, absence=found or Absence.UNKNOWN)
    at = found.at("metadata", "name")
    return ChainLink(found.kind or kind, found.namespace, found.name or name, at)
