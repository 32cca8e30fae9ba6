"""Values at paths, and the path of a value in another form of the same object."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import Any

__all__ = ["MISSING", "Path", "array_at", "existing", "object_at", "objects_at", "path_in",
           "value_at"]  # fmt: skip

Path = tuple[str | int, ...]
MISSING = object()


def value_at(value: object, path: Path) -> object:
    """The value at a path, or MISSING."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step, MISSING)
        elif isinstance(value, list) and isinstance(step, int) and -1 < step < len(value):
            value = value[step]
        else:
            return MISSING
    return value


def object_at(value: object, *path: str | int) -> dict[str, Any]:
    """The object at a path, or an empty one."""
    value = value_at(value, path)
    return value if isinstance(value, dict) else {}


def array_at(value: object, *path: str | int) -> list[Any]:
    """The array at a path, or an empty one."""
    value = value_at(value, path)
    return value if isinstance(value, list) else []


def objects_at(value: object, *path: str | int) -> list[dict[str, Any]]:
    """The objects in the array at a path."""
    return [item for item in array_at(value, *path) if isinstance(item, dict)]


def existing(value: object, path: Path) -> Path:
    """The longest beginning of a path that exists."""
    while value_at(value, path) is MISSING:
        path = path[:-1]
    return path


def path_in(other: object, value: object, path: Path) -> Path | None:
    """Where `other` has what `value` has at `path`; None where it has nothing there.

    Items of arrays may have moved: they are recognized by their value, then by their name.
    """
    result: list[str | int] = []
    for step in path:
        at: str | int | None = None
        if isinstance(value, list) and isinstance(other, list) and isinstance(step, int):
            at = _index(value, step, other)
        elif isinstance(value, dict) and isinstance(other, dict) and step in other:
            at = step
        if at is None:
            return None
        value, other = value_at(value, (step,)), value_at(other, (at,))
        result.append(at)
    return tuple(result)


def _index(value: list[Any], step: int, other: list[Any]) -> int | None:
    item = value[step]
    if step < len(other) and other[step] == item:
        return step
    if item in other:
        return other.index(item)
    name = _name(item)
    if name is None:
        return step if step < len(other) else None
    return next((index for index, entry in enumerate(other) if _name(entry) == name), None)


def _name(item: object) -> object:
    """The name of a volume, of a disk or of a dataVolumeTemplate."""
    metadata = object_at(item, "metadata")
    return metadata.get("name") if metadata else object_at(item).get("name")
