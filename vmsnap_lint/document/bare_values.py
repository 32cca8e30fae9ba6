"""A piece of text becomes its value without places; anything unusual is declined.

Places and faults are wanted of few documents. What is declined is read again by `compose.py`, which
comes to the same value: tests compare the two.
"""

from __future__ import annotations

from functools import cache
from itertools import chain
from sys import intern

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.document.scalars import (
    NUMERIC,
    WORDS,
    json_value,
    key_text,
    looks_odd,
    plain,
    tagged,
)

if TYPE_CHECKING:
    from json import JSONDecoder

    from vmsnap_lint.document.faults import Allowance, Budget

__all__ = ["BareValue", "read", "size"]

_MOST_REPEATED = 100  # aliases; of more, a document might have too many
_SURE_DIGITS = 18  # of an integer of 64 bits
_NONE = object()
_UNKNOWN = _NONE, 0


class BareValue(NamedTuple):
    """An object (None where a text is empty), whether it is odd, and the end of its document."""

    value: dict[str, Any] | None
    odd: bool
    end: int = -1


class _UnusualError(Exception):
    """The text holds something that only the full way reads: no fault of anyone."""


def read(text: str, limits: Budget, left: Allowance, *, json: bool) -> BareValue | None:
    """The object in a text without suspect characters; what it costs is taken from `left`.

    None where anything is unusual: a fault, a key that is repeated, a merge, many aliases, or more
    than the limits allow.
    """
    try:
        return _json(text, limits, left) if json else _yaml(text, limits, left)
    except _UnusualError:
        return None


def _yaml(text: str, limits: Budget, left: Allowance) -> BareValue | None:
    from vmsnap_lint.document import libyaml

    binding = libyaml.installed()
    builder = _Builder(limits, left)
    try:
        end = builder.build(binding, text if text.endswith("\n") else text + "\n")
    except binding.error:
        return None
    return builder.result(min(end, len(text)))


class _Builder:
    """Builds a value of the events of a parser. Raises _UnusualError at what it does not know."""

    def __init__(self, limits: Budget, left: Allowance) -> None:
        self._left = left
        self._depth = limits.depth
        self._root: Any = _NONE
        self._odd = False
        self._nodes = 1
        self._containers = 0

    def result(self, end: int) -> BareValue:
        """The value, when all events were read."""
        value = None if self._root is _NONE else self._root
        if value is not None and type(value) is not dict:
            raise _UnusualError
        self._left.nodes -= self._nodes
        self._left.containers -= self._containers
        return BareValue(value, self._odd, end)

    def build(self, binding: Any, text: str) -> int:  # noqa: C901, PLR0912, PLR0915 - calls cost time here
        """Read the first document of the text; its end."""
        scalar_event, mapping_start, sequence_start, mapping_end, sequence_end, alias = (
            binding.classes
        )
        known: dict[str, Any] = {}  # plain scalars that were read before
        has_slash = "\\/" in text  # an escape that libyaml 0.2 accepts, unlike Kubernetes' parser
        anchors: dict[str, tuple[Any, int]] = {}  # values, and how many nodes they have
        anchored: dict[int, tuple[str, int]] = {}  # by depth: anchors of what is not closed yet
        outer: list[tuple[Any, Any, bool]] = []
        top: Any = None  # what the next value is added to
        key: Any = _NONE  # the one whose value is next
        flow = False
        nodes, most = 1, self._left.nodes
        containers, most_containers = 0, self._left.containers
        repeated = 0
        for event in binding.events(text):
            kind = type(event)
            if kind is scalar_event:
                value = event.value
                nodes += 1
                if has_slash and event.style == '"' and "/" in value:
                    raise _UnusualError
                if event.tag is not None:
                    value = _tagged(event.tag, value)
                elif not event.style:
                    found = known.get(value, _NONE)
                    if found is _NONE:
                        written, found = value, self._plain(value)
                        known[written] = found
                    if flow and "?" in value:
                        raise _UnusualError
                    value = found
                if event.anchor is not None:
                    anchors[event.anchor] = value, 1
            elif kind is alias:
                value, many = anchors.get(event.anchor, _UNKNOWN)
                nodes += 1 + many
                repeated += many
                if value is _NONE or repeated > _MOST_REPEATED or nodes > most:
                    raise _UnusualError
                if many > 1 and len(outer) + size(value)[2] > self._depth:
                    raise _UnusualError
            elif kind is mapping_start or kind is sequence_start:
                if event.anchor is not None:
                    anchored[len(outer)] = event.anchor, nodes
                    anchors[event.anchor] = _UNKNOWN
                nodes += 1
                containers += 1
                if containers > most_containers or nodes > most or len(outer) >= self._depth:
                    raise _UnusualError
                outer.append((top, key, flow))
                top = {} if kind is mapping_start else []
                key, flow = _NONE, event.flow_style
                continue
            elif kind is mapping_end or kind is sequence_end:
                value = top
                top, key, flow = outer.pop()
                if anchored and len(outer) in anchored:
                    name, before = anchored.pop(len(outer))
                    anchors[name] = value, nodes - before
            elif event.__class__.__name__ in {"DocumentEndEvent", "StreamEndEvent"}:
                if nodes > most:
                    raise _UnusualError
                self._nodes, self._containers = nodes, containers
                end: int = event.end_mark.index
                return end
            else:
                continue
            if type(top) is list:
                top.append(json_value(value) if type(value) is float else value)
            elif top is None:
                self._root = value
            elif key is _NONE:
                key = _text(value, top)
            else:
                top[key] = json_value(value) if type(value) is float else value
                key = _NONE
        raise _UnusualError

    def _plain(self, text: str) -> Any:
        """The value of an unquoted scalar."""
        if text[:1] not in NUMERIC and text not in WORDS:
            if text == "<<":
                raise _UnusualError
            return text
        value = plain(text)
        if type(value) is float and value - value != 0:
            raise _UnusualError
        self._odd = self._odd or looks_odd(text, value)
        return value


def _tagged(tag: str, text: str) -> Any:
    """The value of a scalar with a tag, which is never a merge."""
    try:
        value = tagged(tag, text)
    except ValueError:
        raise _UnusualError from None
    if text == "<<" or (type(value) is float and value - value != 0):
        raise _UnusualError
    return value


def _text(value: Any, within: dict[str, Any]) -> str:
    """The text of a key that its object does not have yet."""
    text = value if type(value) is str else None
    if text is None and not isinstance(value, (dict, list)):
        text = key_text(value)
    if text is None or text in within:
        raise _UnusualError
    return intern(text)


def _json(text: str, limits: Budget, left: Allowance) -> BareValue | None:
    """The object in a text that is known to be well formed."""
    opened = text.count("[") + text.count("{")
    most = text.count(",") + text.count(":") + 2 * opened + 2
    if most > left.nodes or opened > left.containers or "\\ud" in text or "\\uD" in text:
        return None  # or a lone surrogate may be in it
    try:
        value = _decoder().decode(text)
    except RecursionError:
        return None
    nodes, containers, depth = size(value)
    if depth > limits.depth or type(value) is not dict:
        return None
    left.nodes -= 1 + nodes
    left.containers -= containers
    return BareValue(value, odd=False)


def size(value: Any) -> tuple[int, int, int]:
    """How many nodes and containers a value has, and how deep it is."""
    nodes, containers, depth = 1, 0, 0
    level = [value]
    while level:
        level = [each for each in level if type(each) is dict or type(each) is list]
        containers += len(level)
        depth += bool(level)
        nodes += sum(len(each) * (2 if type(each) is dict else 1) for each in level)
        level = list(
            chain.from_iterable(each.values() if type(each) is dict else each for each in level)
        )
    return nodes, containers, depth


@cache
def _decoder() -> JSONDecoder:
    from json import JSONDecoder  # most files are YAML

    return JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = {intern(key): item for key, item in pairs}
    if len(value) < len(pairs):
        raise _UnusualError
    return value


def _integer(text: str) -> Any:
    """An integer of 64 bits, as Kubernetes' JSON decoder reads it."""
    if len(text) > _SURE_DIGITS:
        raise _UnusualError
    return int(text)


def _float(text: str) -> Any:
    value = float(text)
    if value - value != 0:
        raise _UnusualError
    return json_value(value)
