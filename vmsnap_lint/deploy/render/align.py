"""A path in a rendered object becomes the path of the same in another form of it."""

from __future__ import annotations

from typing import Any

__all__ = ["MISSING", "Path", "existing", "value_at", "way"]

Path = tuple[str | int, ...]
MISSING = object()


def value_at(value: object, path: Path) -> object:
    """The value at a path, or MISSING."""
    for step in path:
        value = _below(value, step)
        if value is MISSING:
            break
    return value


def _below(value: object, step: str | int) -> object:
    if isinstance(value, dict):
        return value.get(step, MISSING)
    if isinstance(value, list) and isinstance(step, int) and -1 < step < len(value):
        return value[step]
    return MISSING


def existing(value: object, path: Path) -> Path:
    """The longest beginning of a path that is there."""
    while value_at(value, path) is MISSING:
        path = path[:-1]
    return path


def way(value: object, path: Path, other: object) -> Path | None:
    """Where `other` has what `value` has at `path`; None where it has none.

    Entries of lists may have moved: they are known by their value, then by their name.
    """
    found: list[str | int] = []
    for step in path:
        if isinstance(value, list) and isinstance(other, list) and isinstance(step, int):
            index = _index(value, step, other)
            if index is None:
                return None
            value, other = value[step], other[index]
            found.append(index)
        elif isinstance(value, dict) and isinstance(other, dict) and step in other:
            value, other = value.get(step), other[step]
            found.append(step)
        else:
            return None
    return tuple(found)


def _index(value: list[Any], step: int, other: list[Any]) -> int | None:
    wanted = value[step]
    if step < len(other) and other[step] == wanted:
        return step
    if wanted in other:
        return other.index(wanted)
    name = _name(wanted)
    for index, entry in enumerate(other):
        if name is not None and _name(entry) == name:
            return index
    return step if name is None and step < len(other) else None


def _name(entry: object) -> object:
    """What tells the entries of a list apart: volumes and disks, or dataVolumeTemplates."""
    if not isinstance(entry, dict):
        return None
    metadata = entry.get("metadata")
    return metadata.get("name") if isinstance(metadata, dict) else entry.get("name")
