"""Parse events become a value, as Kubernetes merges and refuses it.

The value is built without recursion and shares what aliases repeat, so that neither deep nesting
nor an alias bomb costs more than its text. Only what is open or anchored is more than its value:
places are kept elsewhere (`places.py`), and only where a finding asks for them.
https://github.com/yaml/go-yaml/blob/v2.4.0/decode.go
"""

from __future__ import annotations

from enum import Enum
from sys import intern

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import LONGEST_LABEL
from vmsnap_lint.document.faults import Allowance, FaultKind, RawFault, RejectedError
from vmsnap_lint.document.scalars import json_value, key_text

if TYPE_CHECKING:
    from vmsnap_lint.document.faults import Budget

__all__ = ["Branch", "Builder", "Json", "Node", "Style", "too_deep"]


class Style(Enum):
    """How a scalar is written: what it begins with."""

    PLAIN = ""
    SINGLE = "'"
    DOUBLE = '"'
    LITERAL = "|"
    FOLDED = ">"


Json = Any  # dict, list or scalar, as deep as a manifest goes


class Node:
    """A value and where it is written: a pair of character indexes. By itself a scalar."""

    __slots__ = ("end", "merge", "odd", "start", "style", "value")

    # What only a Branch has of its own.
    flow = False
    size = 1
    height = 0
    items: list[Node] | None = None

    def __init__(self, value: Json, start: int, end: int, style: Style | None = None) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.style = style
        self.odd = False
        self.merge = False


class Branch(Node):
    """An object, an array or an alias.

    `own` has the keys written in an object, `key` the one whose value is next, `items` the items of
    an array that is merged.
    """

    __slots__ = ("flow", "height", "items", "key", "own", "size")

    def __init__(self, value: Json, start: int, end: int, *, flow: bool = False) -> None:
        # Not by super(): there may be a million of them.
        self.value = value
        self.start = start
        self.end = end
        self.style = None
        self.odd = self.merge = False
        self.own: dict[str, Node] = _NO_KEYS
        self.flow = flow
        self.size = 1
        self.height = 0
        self.key: Node | None = None
        self.items: list[Node] | None = None


_NO_KEYS: dict[str, Node] = {}  # never added to


class Builder:
    """Builds the value; `root` is set when everything that was opened is closed.

    What it spends is taken from the allowance of the file. Its methods raise RejectedError where
    Kubernetes rejects the document, or a budget is exceeded.
    """

    def __init__(self, limits: Budget, allowance: Allowance | None = None) -> None:
        self.root: Node | None = None
        self.faults: list[RawFault] = []
        self.odd = False
        self.end = -1  # of the document, where the text may go on
        self.count = 1
        self._limits = limits
        self._allowance = allowance or Allowance(limits)
        self._most = self._allowance.nodes
        self._containers = 0
        self._open: list[Branch] = []
        self._anchors: dict[str, Node] = {}
        self._repeated = 0

    def charge(self) -> None:
        """Take what the document costs from the allowance of its file."""
        self._allowance.nodes -= self.count
        self._allowance.containers -= self._containers

    @property
    def parent(self) -> Branch | None:
        """The innermost object or array that is not closed yet."""
        return self._open[-1] if self._open else None

    def scalar(self, node: Node, anchor: str | None = None) -> None:
        """Add a scalar."""
        self.count += 1
        if self.count > self._most or self._repeated > 100:
            self._check(node)
        if node.odd:
            self.odd = True
        if anchor is not None:
            self._anchors[anchor] = node
        self._attach(node)

    def open(self, node: Branch, anchor: str | None = None) -> None:
        """Begin an object or an array: `node.value` is an empty dict or list."""
        self.count += 1
        if self.count > self._most or self._repeated > 100:
            self._check(node)
        self._containers += 1
        if self._containers > self._allowance.containers:
            what = f"{self._limits.containers:,} objects and arrays"
            raise self._allowance.spent(what, node.start, node.end)
        if anchor is not None:
            self._anchors[anchor] = node
        key = self._open[-1].key if self._open else None
        if key is not None and key.merge and isinstance(node.value, list):
            node.items = []
        self._open.append(node)
        if len(self._open) > self._limits.depth:
            raise too_deep(node.start, self._limits)

    def close(self, end: int) -> None:
        """End the innermost object or array."""
        node = self._open.pop()
        node.end = end
        node.own = _NO_KEYS
        self._attach(node)

    def alias(self, name: str, start: int, end: int) -> None:
        """Add an alias: the node of that anchor again, at this place."""
        target = self._anchors.get(name)
        if target is None:
            message = f"alias *{cut(name, LONGEST_LABEL)} refers to no anchor of this document"
            raise RejectedError(message, start, end)
        if target in self._open:
            message = f"alias *{cut(name, LONGEST_LABEL)} is inside the value that it refers to"
            raise RejectedError(message, start, end)
        node = Branch(target.value, start, end)
        node.size = 1 + target.size
        node.height = target.height
        self._repeated += target.size
        self.count += node.size
        self._check(node)
        if len(self._open) + node.height > self._limits.depth:
            raise too_deep(node.start, self._limits)
        self._attach(node)

    def _check(self, node: Node) -> None:
        if self.count > self._most:
            what = f"{self._limits.nodes:,} values, aliases expanded"
            raise self._allowance.spent(what, node.start, node.end)
        if self._repeated > 100 and self.count > 1000 and _excessive(self._repeated, self.count):
            raise RejectedError(
                f"aliases expand to {self._repeated:,} of the document's {self.count:,} values; "
                "Kubernetes rejects that as excessive aliasing",
                node.start, node.end, FaultKind.BUDGET,
            )  # fmt: skip

    def _attach(self, node: Node) -> None:
        if not self._open:
            node.value = _json_value(node)
            self.root = node
            return
        parent = self._open[-1]
        parent.size += node.size
        if parent.height <= node.height:
            parent.height = node.height + 1
        if type(parent.value) is list:
            value = node.value
            parent.value.append(_json_value(node) if type(value) is float else value)
            if parent.items is not None:
                parent.items.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            key, parent.key = parent.key, None
            self._enter(parent, key, node)

    def _enter(self, parent: Branch, key: Node, node: Node) -> None:
        if key.merge:
            _merge(parent, node)
            return
        value = _json_value(node)
        text = _key(key)
        first = parent.own.get(text)
        if first is not None:
            self._repeat(text, key, first)
        elif parent.own is _NO_KEYS:
            parent.own = {text: key}
        else:
            parent.own[text] = key
        parent.value[text] = value

    def _repeat(self, text: str, key: Node, first: Node) -> None:
        if self._allowance.repeats <= 0:
            what = f"{self._limits.repeats:,} duplicate keys"
            raise self._allowance.spent(what, key.start, key.end)
        self._allowance.repeats -= 1
        shown = cut(text, LONGEST_LABEL)
        message = f'key "{shown}" occurs twice in one object; Kubernetes keeps the last one'
        if type(key.value) is not type(first.value):
            message = (
                f'two keys become "{shown}" because Kubernetes turns keys into strings; '
                "which one it keeps is random"
            )
        first_place = first.start, first.end
        top = text if len(self._open) == 1 and not self._open[0].flow else ""
        fault = RawFault(FaultKind.DUPLICATE_KEY, message, key.start, key.end, first_place, top)
        self.faults.append(fault)


def _json_value(node: Node) -> Json:
    value = node.value
    if type(value) is not float:
        return value
    if value - value != 0:
        shown = "nan" if value != value else "inf"  # noqa: PLR0124 - only NaN differs from itself
        message = f'".{shown}" has no counterpart in JSON, so Kubernetes rejects the document'
        raise RejectedError(message, node.start, node.end)
    return json_value(value)


def _key(key: Node) -> str:
    if isinstance(key.value, (dict, list)):
        shape = "an object" if isinstance(key.value, dict) else "an array"
        raise RejectedError(f"{shape} cannot be a key", key.start, key.end)
    text = key_text(key.value)
    if text is None:
        shown = "null" if key.value is None else str(key.value)
        raise RejectedError(f"{cut(shown, LONGEST_LABEL)} cannot be a key", key.start, key.end)
    return intern(text)


def _merge(parent: Branch, node: Node) -> None:
    """`<<`: what is merged replaces the entries above it, and is replaced by those below."""
    sources = [node] if node.items is None else node.items[::-1]
    for source in sources:
        if not isinstance(source.value, dict):
            message = "only an object, or an array of objects, can be merged with <<"
            raise RejectedError(message, source.start, source.end)
        parent.value.update(source.value)


def too_deep(start: int, limits: Budget) -> RejectedError:
    """The fault of what begins at `start`, one level too deep."""
    message = f"the document is nested deeper than {limits.depth:,} levels"
    return RejectedError(message, start, start + 1, FaultKind.BUDGET)


def _excessive(repeated: int, count: int) -> bool:
    """go-yaml's allowedAliasRatio: 99 % up to 400,000 values, falling to 10 % at 4,000,000."""
    share = 0.99 - 0.89 * max(0, min(count, 4_000_000) - 400_000) / 3_600_000
    return repeated / count > share
