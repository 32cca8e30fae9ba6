"""The path of a value becomes the node that is written for it, with the nodes around."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document.nodes import Style

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document.places import Places

__all__ = ["EditSpot", "UneditableError", "Written", "spot"]


class UneditableError(Exception):
    """What is to be changed is not written so that an edit of it would change nothing else."""


class Written(NamedTuple):
    """A text and the places of its document; `as_json` says that only JSON may be written."""

    text: str
    places: Places
    as_json: bool

    def end(self, node: int) -> int:
        """Where a node ends that other text may follow in the same line: only a comment."""
        places = self.places
        while not places.is_flow(node) and (places.is_object(node) or places.is_array(node)):
            below = places.items(node)
            if not below:
                break
            node = below[-1]
        return places.ends[node]

    def style(self, node: int) -> Style:
        """How a scalar is written; as text without quotes where it is none."""
        return self.places.style(node) or Style.PLAIN

    def line_start(self, index: int) -> int:
        """Where the line of a character begins."""
        return max(self.text.rfind("\n", 0, index), self.text.rfind("\r", 0, index)) + 1

    def line_end(self, index: int) -> int:
        """Where the line of a character ends, before its break."""
        ends = (self.text.find(mark, index) for mark in "\r\n")
        return min((end for end in ends if end >= 0), default=len(self.text))

    def column(self, index: int) -> int:
        """How many characters precede one in its line."""
        return index - self.line_start(index)


class EditSpot(NamedTuple):
    """A node; its key, or -1; the node that it is an entry of, or -1; and its number there."""

    node: int
    key: int = -1
    parent: int = -1
    number: int = 0


def spot(written: Written, path: Path) -> EditSpot:
    """The spot of a path.

    Raises UneditableError where an alias or a merge leads there, as it leads elsewhere, too.
    """
    places, found = written.places, EditSpot(0)
    if not len(places):
        raise UneditableError
    for step in path:
        node = found.node
        if isinstance(step, str) and places.is_object(node):
            found = _entry(places, node, step)
        elif isinstance(step, int) and places.is_array(node):
            items = places.items(node)
            if not 0 <= step < len(items):
                raise UneditableError
            found = EditSpot(items[step], -1, node, step)
        else:
            raise UneditableError
    return found


def _entry(places: Places, node: int, name: str) -> EditSpot:
    """The last entry of that name, which is the one that counts."""
    entries = [*enumerate(places.entries(node))]
    for number, (text, key, value) in reversed(entries):
        if text == name:
            return EditSpot(value, key, node, number)
    raise UneditableError
