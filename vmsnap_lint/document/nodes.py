"""Parse events become a tree of nodes with values and places, as Kubernetes merges them.

The tree is built without recursion and shares what aliases repeat, so that neither deep nesting nor
an alias bomb costs more than its text. https://github.com/yaml/go-yaml/blob/v2.4.0/decode.go
"""

from __future__ import annotations

from enum import Enum
from sys import intern
from typing import TYPE_CHECKING, Any

from vmsnap_lint.document.faults import FaultKind, RawFault, RejectedError
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

_MOST_FAULTS = 1_000


class Node:
    """A value and where it is written: a pair of character indexes. By itself a scalar."""

    __slots__ = ("end", "merge", "odd", "start", "style", "value")

    # What only a Branch has of its own.
    written: list[Node] = []  # noqa: RUF012 - never added to
    fields: dict[str, tuple[Node, Node]] = {}  # noqa: RUF012 - never added to
    flow = False
    size = 1
    height = 0
    target: Node | None = None

    def __init__(self, value: Json, start: int, end: int, style: Style | None = None) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.style = style
        self.odd = False
        self.merge = False


class Branch(Node):
    """An object, an array or an alias.

    `written` has the children in the order of the text (an object's as key and value in turn),
    `fields` the entries that an object has after merging, `own` those written in it.
    `target` is what an alias repeats.
    """

    __slots__ = ("fields", "flow", "height", "key", "own", "size", "target", "written")

    def __init__(self, value: Json, start: int, end: int, *, flow: bool = False) -> None:
        super().__init__(value, start, end)
        self.written = []
        self.fields = {}
        self.own: dict[str, tuple[Node, Node]] = {}
        self.flow = flow
        self.size = 1
        self.height = 0
        self.key: Node | None = None
        self.target = None


class Builder:
    """Builds the tree; `root` is set when everything that was opened is closed.

    Its methods raise RejectedError where Kubernetes rejects the document, or a budget is exceeded.
    """

    def __init__(self, limits: Budget) -> None:
        self.root: Node | None = None
        self.faults: list[RawFault] = []
        self.odd = False
        self._limits = limits
        self._open: list[Branch] = []
        self._anchors: dict[str, Node] = {}
        self._count = 1
        self._repeated = 0

    @property
    def parent(self) -> Branch | None:
        """The innermost object or array that is not closed yet."""
        return self._open[-1] if self._open else None

    def scalar(self, node: Node, anchor: str | None = None) -> None:
        """Add a scalar."""
        self._spend(1, node)
        self.odd = self.odd or node.odd
        if anchor is not None:
            self._anchors[anchor] = node
        self._attach(node)

    def open(self, node: Branch, anchor: str | None = None) -> None:
        """Begin an object or an array: `node.value` is an empty dict or list."""
        self._spend(1, node)
        if anchor is not None:
            self._anchors[anchor] = node
        self._open.append(node)
        if len(self._open) > self._limits.depth:
            raise too_deep(node.start, self._limits)

    def close(self, end: int) -> None:
        """End the innermost object or array."""
        node = self._open.pop()
        node.end = end
        self._attach(node)

    def alias(self, name: str, start: int, end: int) -> None:
        """Add an alias: the node of that anchor again, at this place."""
        target = self._anchors.get(name)
        if target is None:
            raise RejectedError(f"alias *{name} refers to no anchor of this document", start, end)
        if target in self._open:
            raise RejectedError(f"alias *{name} is inside the value that it refers to", start, end)
        node = Branch(target.value, start, end)
        node.target = target
        node.fields = target.fields
        node.size = 1 + target.size
        node.height = target.height
        self._repeated += target.size
        self._spend(node.size, node)
        if len(self._open) + node.height > self._limits.depth:
            raise too_deep(node.start, self._limits)
        self._attach(node)

    def _spend(self, size: int, node: Node) -> None:
        self._count += size
        if self._count > self._limits.nodes:
            raise RejectedError(
                f"the document holds more than {self._limits.nodes:,} values, aliases expanded",
                node.start, node.end, FaultKind.BUDGET,
            )  # fmt: skip
        if self._repeated > 100 and self._count > 1000 and _excessive(self._repeated, self._count):
            raise RejectedError(
                f"aliases expand to {self._repeated:,} of the document's {self._count:,} values; "
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
        parent.height = max(parent.height, node.height + 1)
        parent.written.append(node)
        if isinstance(parent.value, list):
            parent.value.append(_json_value(node))
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
        if text in parent.own:
            self._repeat(text, key, parent.own[text][0])
        parent.fields[text] = parent.own[text] = key, node
        parent.value[text] = value

    def _repeat(self, text: str, key: Node, first: Node) -> None:
        if len(self.faults) >= _MOST_FAULTS:
            message = f"the document holds more than {_MOST_FAULTS:,} duplicate keys"
            raise RejectedError(message, key.start, key.end, FaultKind.BUDGET)
        message = f'key "{text}" occurs twice in one object; Kubernetes keeps the last one'
        if type(key.value) is not type(first.value):
            message = (
                f'two keys become "{text}" because Kubernetes turns keys into strings; '
                "which one it keeps is random"
            )
        fault = RawFault(FaultKind.DUPLICATE_KEY, message, key.start, key.end, first.start)
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
        raise RejectedError(f"{shown} cannot be a key", key.start, key.end)
    return intern(text)


def _merge(parent: Branch, node: Node) -> None:
    """`<<`: what is merged replaces the entries above it, and is replaced by those below."""
    real = node.target or node
    sources = real.written[::-1] if isinstance(real.value, list) and real is node else [node]
    for source in sources:
        if not isinstance(source.value, dict):
            message = "only an object, or an array of objects, can be merged with <<"
            raise RejectedError(message, source.start, source.end)
        parent.fields.update(source.fields)
        parent.value.update(source.value)


def too_deep(start: int, limits: Budget) -> RejectedError:
    """The fault of what begins at `start`, one level too deep."""
    message = f"the document is nested deeper than {limits.depth:,} levels"
    return RejectedError(message, start, start + 1, FaultKind.BUDGET)


def _excessive(repeated: int, count: int) -> bool:
    """go-yaml's allowedAliasRatio: 99 % up to 400,000 values, falling to 10 % at 4,000,000."""
    share = 0.99 - 0.89 * max(0, min(count, 4_000_000) - 400_000) / 3_600_000
    return repeated / count > share
