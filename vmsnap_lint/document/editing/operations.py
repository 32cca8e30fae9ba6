"""What becomes of the value of a document: changes at paths of it."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.model import Path

__all__ = [
    "EntryAdded", "EntryRemoved", "ItemAdded", "KeyRenamed", "Operation", "RepeatRemoved",
    "ScalarSet", "intended", "same",
]  # fmt: skip


class ScalarSet(NamedTuple):
    """Another scalar is at the path."""

    path: Path
    value: str | int | float | bool | None


class KeyRenamed(NamedTuple):
    """The entry at the path has another key."""

    path: Path
    key: str


class EntryAdded(NamedTuple):
    """The object at the path has one more entry, before another one or ("") as its last."""

    path: Path
    key: str
    value: Any
    before: str = ""


class ItemAdded(NamedTuple):
    """The array at the path has one more item, as its last."""

    path: Path
    value: Any


class EntryRemoved(NamedTuple):
    """The entry or item at the path is gone."""

    path: Path


class RepeatRemoved(NamedTuple):
    """An entry below the path is gone that another one of its key replaces: nothing changes.

    `key` is the character at which it begins.
    """

    path: Path
    key: int


Operation = ScalarSet | KeyRenamed | EntryAdded | ItemAdded | EntryRemoved | RepeatRemoved
_ORDER = (RepeatRemoved, ScalarSet, ItemAdded, EntryAdded, KeyRenamed, EntryRemoved)


def intended(value: Any, operations: Iterable[Operation]) -> Any:
    """The value after the operations, whose paths are those of the value as it is.

    Raises LookupError where a path leads to nothing, or to a value that the operation is not for.
    """
    # keys and indexes change last, and those of what is deeper, or further down, before others
    deepest = sorted(operations, key=_position, reverse=True)
    for operation in sorted(deepest, key=lambda each: _ORDER.index(type(each))):
        value = _changed(value, operation.path, operation)
    return value


def _position(operation: Operation) -> tuple[int, tuple[tuple[bool, int, str], ...]]:
    steps = ((isinstance(s, str), s if isinstance(s, int) else 0, str(s)) for s in operation.path)
    return len(operation.path), tuple(steps)


def _changed(value: Any, path: Path, operation: Operation) -> Any:
    """A copy of what the path goes through; the rest is shared."""
    is_of_entry = isinstance(operation, KeyRenamed | EntryRemoved)
    if len(path) == is_of_entry:
        return _applied(value, operation)
    if not path:
        raise LookupError
    step, *rest = path
    if isinstance(value, dict) and isinstance(step, str):
        return {**value, step: _changed(value[step], tuple(rest), operation)}
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        copy = [*value]
        copy[step] = _changed(value[step], tuple(rest), operation)
        return copy
    raise LookupError


def _applied(value: Any, operation: Operation) -> Any:
    """What an object or array, or the scalar itself, becomes."""
    match operation:
        case RepeatRemoved():
            return value
        case ScalarSet() if not isinstance(value, dict | list):
            return operation.value
        case ItemAdded() if value is None or isinstance(value, list):
            return [*(value or ()), operation.value]
        case EntryAdded() if value is None or isinstance(value, dict):
            if operation.key not in (value or ()):
                return {**(value or {}), operation.key: operation.value}
        case KeyRenamed() if isinstance(value, dict) and operation.key not in value:
            old = operation.path[-1]
            value[old]
            return {operation.key if key == old else key: entry for key, entry in value.items()}
        case EntryRemoved() if isinstance(value, dict):
            rest = {**value}
            del rest[operation.path[-1]]
            return rest
        case EntryRemoved() if isinstance(value, list):
            items = [*value]
            del items[operation.path[-1]]  # type: ignore[arg-type] # else LookupError is right
            return items
    raise LookupError


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, the types of their scalars included."""
    stack = [(one, other)]
    seen: set[tuple[int, int]] = set()
    while stack:
        ours, theirs = stack.pop()
        if type(ours) is not type(theirs):
            return False
        if isinstance(ours, dict | list):
            pair = id(ours), id(theirs)  # aliases may repeat them very often
            if ours is theirs or pair in seen:
                continue
            seen.add(pair)
        if isinstance(ours, dict):
            if ours.keys() != theirs.keys():
                return False
            stack += ((entry, theirs[key]) for key, entry in ours.items())
        elif isinstance(ours, list):
            if len(ours) != len(theirs):
                return False
            stack += zip(ours, theirs, strict=True)
        elif ours != theirs:
            return False
    return True
