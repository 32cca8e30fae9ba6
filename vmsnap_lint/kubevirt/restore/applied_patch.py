"""Applies JSON Patch operations to an object as the restore controller does.

gopkg.in/evanphx/json-patch.v4 v4.13.0, patch.go, which kubevirt v1.9.0 vendors. It differs from
RFC 6902: "replace" sets a field that is not there, "add" without a value sets null, "copy" of a
field that is not there sets null, a path without a leading slash starts at the top, and negative
indexes count from the end.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import Any
from vmsnap_lint.core.messages import counted

__all__ = ["InapplicableError", "PatchSizeError", "PatchedObject"]

# Values that "copy" operations may add before a patch counts as too large; KubeVirt has no limit.
_MOST_COPIED = 100_000
_INDEX = re.compile(r"[+-]?[0-9]{1,18}")
_ESCAPED = re.compile("~[01]")
_NAMES = {"~0": "~", "~1": "/"}
_Container = dict[str, Any] | list[Any]


class InapplicableError(Exception):
    """An operation does not apply to the object; the text says why."""


class PatchSizeError(Exception):
    """The patch copies more than we follow."""


class PatchedObject:
    """An object while operations are applied to it; it is changed in place."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._copied = 0
        self._by_name = {
            "add": self._add, "copy": self._copy, "move": self._move, "remove": self._remove,
            "replace": self._replace, "test": self._test,
        }  # fmt: skip

    def apply(self, operation: dict[str, Any]) -> None:
        """Apply a sound operation, or raise InapplicableError or PatchSizeError."""
        self._by_name[operation["op"]](operation)

    def _add(self, operation: dict[str, Any]) -> None:
        self._put(operation["path"], operation.get("value"))

    def _remove(self, operation: dict[str, Any]) -> None:
        self._take(operation["path"])

    def _replace(self, operation: dict[str, Any]) -> None:
        path = operation["path"]
        container, key = self._found(path)
        if isinstance(container, dict):
            container[key] = operation.get("value")
        else:
            container[_entry(container, key, path)] = operation.get("value")

    def _move(self, operation: dict[str, Any]) -> None:
        self._put(operation["path"], self._take(operation["from"]))

    def _copy(self, operation: dict[str, Any]) -> None:
        copied, size = _copied(self._got(operation["from"]), _MOST_COPIED - self._copied)
        self._copied += size
        self._put(operation["path"], copied)

    def _test(self, operation: dict[str, Any]) -> None:
        value = self._got(operation["path"])
        if not _is_same(value, operation.get("value")):
            raise InapplicableError(f"{_named(operation['path'])} is not the value that it tests")

    def _got(self, path: str) -> Any:
        """The value at a path; None for a field that is not there."""
        container, key = self._found(path)
        if isinstance(container, dict):
            return container.get(key)
        return container[_entry(container, key, path)]

    def _take(self, path: str) -> Any:
        """Remove the value at a path."""
        container, key = self._found(path)
        if isinstance(container, list):
            return container.pop(_entry(container, key, path))
        if key not in container:
            raise InapplicableError(f"there is no {_named(path)}")
        return container.pop(key)

    def _put(self, path: str, value: Any) -> None:
        """Set a field, or insert an entry of an array."""
        container, key = self._found(path)
        if isinstance(container, dict):
            container[key] = value
        elif key == "-":
            container.append(value)
        else:
            container.insert(_entry(container, key, path, more=1), value)

    def _found(self, path: str) -> tuple[_Container, str]:
        """What contains the value at a path, and its key there. `findObject`."""
        first, *steps = path.split("/")
        if not steps:
            raise InapplicableError(f"{_named(first)} is not a path")
        value: Any = self._document
        for number, step in enumerate(steps[:-1], 1):
            key = _decoded(step)
            is_object = isinstance(value, dict)
            value = value.get(key) if is_object else value[_entry(value, key, path)]
            if not isinstance(value, dict | list):
                where = "/".join((first, *steps[:number]))
                what = "no object" if value is not None else "not there"
                raise InapplicableError(f"{_named(where)} is {what}")
        return value, _decoded(steps[-1])


def _entry(array: list[Any], key: str, path: str, more: int = 0) -> int:
    """The index that a key stands for; with `more`, one behind the last entry is one as well."""
    if not _INDEX.fullmatch(key):
        raise InapplicableError(f"{_named(key)} of {_named(path)} is no index of an array")
    index, length = int(key), len(array) + more
    if not -length <= index < length:
        entries = counted(len(array), "entry", "entries")
        raise InapplicableError(f"{_named(path)} is behind the end, the array has {entries}")
    return index + length if index < 0 else index


def _decoded(step: str) -> str:
    return _ESCAPED.sub(lambda found: _NAMES[found.group()], step)


def _named(text: str) -> str:
    return f'"{cut(text)}"'


def _copied(value: Any, most: int) -> tuple[Any, int]:
    """A copy of a value and the number of values in it."""
    top: list[Any] = [None]
    waiting: list[tuple[Any, Any, Any]] = [(top, 0, value)]
    size = 0
    while waiting:
        size += 1
        if size > most:
            raise PatchSizeError
        container, key, original = waiting.pop()
        if isinstance(original, dict):
            container[key] = made = dict.fromkeys(original)
            waiting += [(made, name, entry) for name, entry in original.items()]
        elif isinstance(original, list):
            container[key] = entries = [None] * len(original)
            waiting += [(entries, index, entry) for index, entry in enumerate(original)]
        else:
            container[key] = original
    return top[0], size


def _is_same(value: Any, other: Any) -> bool:
    """Whether two values are equal in type and content."""
    waiting = [(value, other)]
    while waiting:
        one, two = waiting.pop()
        if type(one) is not type(two):
            return False
        if isinstance(one, dict):
            if one.keys() != two.keys():
                return False
            waiting += [(one[key], two[key]) for key in one]
        elif isinstance(one, list):
            if len(one) != len(two):
                return False
            waiting += zip(one, two, strict=True)
        elif one != two:
            return False
    return True
