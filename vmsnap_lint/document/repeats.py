"""Whether a key that an object has twice has the same value both times."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Span
    from vmsnap_lint.document.places import Places
    from vmsnap_lint.document.source import Document

__all__ = ["same_value"]


def same_value(document: Document, first: Span, again: Span) -> bool:
    """Whether the values of the keys that begin at two spans are written alike."""
    lines, places = document.source.lines, document.places()
    if lines.inset is not None:
        return False
    keys = [lines.index(*span[:2]) for span in (first, again)]
    one, other = (-1 if at is None else places.scalar_over(at) for at in keys)
    return one >= 0 and other >= 0 and _shape(places, one + 1) == _shape(places, other + 1)


def _shape(places: Places, node: int) -> tuple[object, ...]:
    """The values of a node and all below it, and how they lie in each other."""
    end = places.nexts[node]
    values = [(type(value), value) for value in places.values[node:end]]
    nested = [below - node for below in places.nexts[node:end]]
    kinds = [places.is_object(each) - places.is_array(each) for each in range(node, end)]
    return values, nested, kinds
