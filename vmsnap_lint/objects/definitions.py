"""Several definitions of one object become the nearest one to a directory, if they agree."""

from __future__ import annotations

from operator import attrgetter

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["agreed", "by_directory", "upwards"]


def upwards(directory: str) -> Iterator[str]:
    """The directory and those above it, up to ""."""
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def by_directory(candidates: list[Manifest]) -> dict[str, list[Manifest]]:
    """The candidates below each directory; "" has all of them."""
    tree: dict[str, list[Manifest]] = {}
    for candidate in candidates:
        for directory in upwards(candidate.directory):
            tree.setdefault(directory, []).append(candidate)
    return tree


def agreed(candidates: list[Manifest]) -> Manifest | None:
    """The first of the input, None unless all are equal in what references depend on."""
    first = min(candidates, key=attrgetter("position"))
    content = _content(first)
    return first if all(_content(other) == content for other in candidates) else None


def _content(manifest: Manifest) -> tuple[object, ...]:
    """Namespace, annotations, and all fields except other metadata and status."""
    rest = ("metadata", "status", "apiVersion")
    fields = {key: value for key, value in manifest.value.items() if key not in rest}
    return fields, manifest.namespace, manifest.get("metadata", "annotations")
