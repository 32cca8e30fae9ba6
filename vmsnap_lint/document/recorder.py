"""Parse events become the places of a document.

It takes the calls that build its value, too.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.faults import FaultKind, RejectedError
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.places import ALIAS, ARRAY, CODES, MERGE, OBJECT, Places

if TYPE_CHECKING:
    from vmsnap_lint.document.faults import Budget
    from vmsnap_lint.document.nodes import Branch, Node

__all__ = ["Recorder"]


class Recorder:
    """Takes the calls that a Builder takes, and fills `places`; it refuses only what is too large.

    Raises RejectedError where there are more nodes than the limits allow.
    """

    parent = None  # nothing is refused again

    def __init__(self, limits: Budget) -> None:
        self.places = Places()
        self.root: int | None = None
        self.end = -1
        self._most = limits.nodes
        self._open: list[int] = []
        self._anchors: dict[str, int] = {}

    def scalar(self, node: Node, anchor: str | None = None) -> None:
        """Add a scalar."""
        code = MERGE if node.merge else CODES[node.style or Style.PLAIN]
        number = self._add(code, node.value, node.start, node.end, anchor)
        self._end(number)

    def open(self, node: Branch, anchor: str | None = None) -> None:
        """Begin an object or an array."""
        code = (ARRAY if isinstance(node.value, list) else OBJECT) + node.flow
        self._open.append(self._add(code, None, node.start, node.end, anchor))

    def close(self, end: int) -> None:
        """End the innermost object or array."""
        node = self._open.pop()
        self.places.ends[node] = end
        self._end(node)

    def alias(self, name: str, start: int, end: int) -> None:
        """Add an alias. Raises RejectedError where nothing has that name."""
        target = self._anchors.get(name)
        if target is None:
            raise RejectedError("an alias refers to no anchor", start, end)
        self._end(self._add(ALIAS, target, start, end, None))

    def cut_off(self, end: int) -> Places:
        """The places where the text ends too early: what is open ends there, a value is null."""
        places = self.places
        while self._open:
            node = self._open[-1]
            places.nexts[node] = len(places.codes)
            if places.is_object(node) and len(places.items(node)) % 2:
                self._add(CODES[Style.PLAIN], None, end, end, None)
            self.close(end)
        return places

    def _add(self, code: int, value: Any, start: int, end: int, anchor: str | None) -> int:
        places = self.places
        number = len(places.codes)
        if number >= self._most:
            raise RejectedError("too many values", start, end, FaultKind.BUDGET)
        places.starts.append(start)
        places.ends.append(end)
        places.nexts.append(number + 1)
        places.codes.append(code)
        places.values.append(value)
        if anchor is not None:
            self._anchors[anchor] = number
        return number

    def _end(self, node: int) -> None:
        self.places.nexts[node] = len(self.places.codes)
        if not self._open:
            self.root = node
