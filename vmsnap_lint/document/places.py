"""Parse events become the places of a document, in a few bytes for each value.

A tree of objects would cost several hundred. The nodes are numbered in the order of the text.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.scalars import key_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key, Path

    _Index = dict[str, int] | array[int]

__all__ = ["ALIAS", "ARRAY", "CODES", "MERGE", "OBJECT", "Places"]

OBJECT, _FLOW_OBJECT, ARRAY, _FLOW_ARRAY, ALIAS, MERGE = range(6)
_STYLES = tuple(Style)
_SCALAR = 6  # and above: a scalar in one of the styles
CODES = {style: _SCALAR + code for code, style in enumerate(_STYLES)}
_MOST_KEPT = 500_000  # entries of indexes at once; others are made again


class Places:
    """Where the nodes of a document begin and end.

    `nexts` has the node behind each and all below it, `values` what a scalar becomes, and the node
    that an alias repeats.
    """

    def __init__(self) -> None:
        self.starts = array("I")
        self.ends = array("I")
        self.nexts = array("I")
        self.codes = bytearray()
        self.values: list[Any] = []
        self._indexes: dict[int, _Index] = {}
        self._kept = 0
        self._listed: tuple[int, list[tuple[str, int, int]]] = (-1, [])

    def __len__(self) -> int:
        """How many nodes there are."""
        return len(self.codes)

    def style(self, node: int) -> Style | None:
        """How a scalar is written; None for other nodes."""
        code = self.codes[node]
        if code < MERGE:
            return None
        return Style.PLAIN if code == MERGE else _STYLES[code - _SCALAR]

    def place(self, path: Path, *, key: bool) -> tuple[int, int, bool]:
        """Where the value (or key) at `path`, or its nearest ancestor, begins and ends.

        And whether it is a scalar; of a block object or array the part up to the end of its first
        scalar is told.
        """
        at, node = -1, 0
        for step in path:
            entry = self._step(node, step)
            if entry is None:
                return self._head(node)
            at, node = entry
        return self._head(at if key and at >= 0 else node)

    def scalars(self) -> Iterator[tuple[Path, int, bool]]:
        """The path of each scalar in the order of the text, its node, and whether it is a key."""
        if not self.codes:
            return
        stack: list[tuple[Path, int, bool]] = [((), 0, False)]
        while stack:
            path, node, is_key = stack.pop()
            if self.codes[node] >= MERGE:
                yield path, node, is_key
            elif self.codes[node] != ALIAS:
                stack.extend(self._children(path, node))

    def is_object(self, node: int) -> bool:
        """Whether it is an object that is written there, and no alias."""
        return self.codes[node] in (OBJECT, _FLOW_OBJECT)

    def is_array(self, node: int) -> bool:
        """Whether it is an array that is written there, and no alias."""
        return self.codes[node] in (ARRAY, _FLOW_ARRAY)

    def is_flow(self, node: int) -> bool:
        """Whether it is written within brackets."""
        return self.codes[node] in (_FLOW_OBJECT, _FLOW_ARRAY)

    def entries(self, node: int) -> list[tuple[str, int, int]]:
        """The entries that are written in an object: text, key and value; `<<` is one of them."""
        if self._listed[0] != node:  # many questions may follow about one
            keys = [*self._below(node)]
            pairs = zip(*[iter(keys)] * 2, strict=True)
            self._listed = node, [(self._key(key), key, value) for key, value in pairs]
        return self._listed[1]

    def items(self, node: int) -> list[int]:
        """The items that are written in an array."""
        return [*self._below(node)]

    def child(self, node: int, step: Key) -> int | None:
        """The entry (or item) of a node, None where it has none of that name (or number)."""
        entry = self._step(node, step)
        return entry[1] if entry is not None else None

    def scalar_over(self, index: int) -> int:
        """The scalar that the character at `index` is a part of, or -1."""
        node = bisect_right(self.starts, index) - 1
        return node if node >= 0 and self.codes[node] >= MERGE and index < self.ends[node] else -1

    def path_at(self, index: int) -> tuple[Path, bool] | None:
        """The path of the innermost value (or key) that a character is in or directly behind.

        None where there is none.
        """
        last = bisect_right(self.starts, index) - 1
        if last < 0:
            return None
        found: tuple[Path, bool] | None = None
        path: Path = ()
        node, is_key = 0, False
        while True:
            if self.starts[node] <= index <= self.extent_of(node)[1]:
                found = path, is_key
            if node == last:
                return found
            path, node, is_key = self._towards(path, node, last)

    def extent(self, path: Path) -> tuple[int, int]:
        """Where the value at `path`, or its nearest ancestor, begins and its last part ends."""
        node = 0
        for step in path:
            entry = self._step(node, step)
            if entry is None:
                break
            node = entry[1]
        return self.extent_of(node)

    def extent_of(self, node: int) -> tuple[int, int]:
        """Where a node begins, and where the last one in it ends."""
        last = node
        while self.codes[last] in (OBJECT, ARRAY) and self.nexts[last] > last + 1:
            last = self.nexts[last] - 1
        return self.starts[node], self.ends[last]

    def _towards(self, path: Path, node: int, last: int) -> tuple[Path, int, bool]:
        """The child of a node that holds a later one, or is it."""
        if self.codes[node] in (ARRAY, _FLOW_ARRAY):
            items = self._index(node)
            if isinstance(items, array):
                number = bisect_right(items, last) - 1
                return (*path, number), items[number], False
        below = self._below(node)
        for key in below:
            entry, value = (*path, self._key(key)), next(below, len(self))
            if last < value:
                return entry, key, True
            if last < self.nexts[value]:
                return entry, value, False
        return path, last, False

    def _children(self, path: Path, node: int) -> list[tuple[Path, int, bool]]:
        below = self._below(node)
        if self.codes[node] in (ARRAY, _FLOW_ARRAY):
            items = [((*path, index), item, False) for index, item in enumerate(below)]
            return items[::-1]
        children = []
        for key in below:
            value = next(below, len(self))
            entry = (*path, self._key(key))
            children += [(entry, key, True), (entry, value, False)]
        return children[::-1]

    def _key(self, key: int) -> str:
        return "<<" if self.codes[key] == MERGE else key_text(self.values[key]) or ""

    def _below(self, node: int) -> Iterator[int]:
        """The nodes directly below one; of an object its keys and values in turn."""
        child, end = node + 1, self.nexts[node]
        while child < end:
            yield child
            child = self.nexts[child]

    def _step(self, node: int, step: Key) -> tuple[int, int] | None:
        """The key (-1 for that of an item) and the value of one entry."""
        index = self._index(self._real(node))
        if isinstance(step, str):
            key = index.get(step) if isinstance(index, dict) else None
            return None if key is None else (key, self.nexts[key])
        inside = isinstance(index, array) and 0 <= step < len(index)
        return (-1, index[step]) if inside and isinstance(index, array) else None

    def _real(self, node: int) -> int:
        return self.values[node] if self.codes[node] == ALIAS else node

    def _index(self, node: int) -> _Index:
        """The items of an array, or the keys of an object after merging."""
        known = self._indexes.get(node)
        if known is None:
            is_array = self.codes[node] in (ARRAY, _FLOW_ARRAY)
            known = array("I", self._below(node)) if is_array else self._entries(node)
            if self._kept + len(known) > _MOST_KEPT:
                self._indexes.clear()
                self._kept = 0
            self._kept += len(known)
            self._indexes[node] = known
        return known

    def _entries(self, node: int) -> dict[str, int]:
        entries: dict[str, int] = {}
        if self.codes[node] not in (OBJECT, _FLOW_OBJECT):
            return entries
        below = self._below(node)
        for key in below:
            value = next(below, len(self))
            if self.codes[key] == MERGE:
                for source in self._merged(value):
                    merged = self._index(self._real(source))
                    entries.update(merged if isinstance(merged, dict) else {})
            else:
                entries[self._key(key)] = key
        return entries

    def _merged(self, value: int) -> list[int]:
        """The objects that `<<` merges, in the order in which later ones win."""
        is_array = self.codes[value] in (ARRAY, _FLOW_ARRAY)
        return [*self._below(value)][::-1] if is_array else [value]

    def _head(self, node: int) -> tuple[int, int, bool]:
        first = node
        while self.codes[first] in (OBJECT, ARRAY) and self.nexts[first] > first + 1:
            first += 1
        return self.starts[node], self.ends[first], self.codes[node] >= MERGE
