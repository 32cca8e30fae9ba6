"""Scalars that kustomize makes strings of.

It reads YAML 1.2, in which `y` and `off` are strings, and writes them in quotes, as YAML 1.1 has
booleans there (kustomize, kyaml/yaml/compatibility.go, IsYaml1_1NonString).
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.render import align

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import RenderedTree

__all__ = ["becomes_string", "requoted_originals"]

Position = tuple[str, int, align.Path]


def requoted_originals(
    trees: Iterable[RenderedTree], applied: Iterable[Manifest]
) -> Mapping[Position, tuple[Manifest, ...]]:
    """What is built of objects with such scalars, by their position.

    Not of those that are also applied as they are written.
    """
    built: dict[Position, tuple[Manifest, ...]] = {}
    for each in (each for tree in trees for each in tree.objects):
        if each.final is not None and each.original.document.odd:
            position = each.original.position
            built[position] = (*built.get(position, ()), each.final)
    if built:
        for manifest in applied:
            if manifest.document.odd:
                built.pop(manifest.position, None)
    return built


def becomes_string(
    original: Manifest, builds: Sequence[Manifest], path: align.Path, text: str, *, is_key: bool
) -> bool:
    """Whether the scalar at `path` (of a key, its entry) is the string `text` in all builds."""
    return bool(builds) and all(
        _is_string(original.value, final.value, path, text, is_key=is_key) for final in builds
    )


def _is_string(
    original: object, final: object, path: align.Path, text: str, *, is_key: bool
) -> bool:
    at = align.path_in(final, original, path[:-1] if is_key else path)
    value = align.value_at(final, at) if at is not None else None
    return (isinstance(value, dict) and text in value) if is_key else value == text
