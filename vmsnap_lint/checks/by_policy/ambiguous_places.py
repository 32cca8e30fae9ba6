"""Which objects a finding must name, as its place is that of several of them."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["of_several", "place_of_name"]


def place_of_name(manifest: Manifest) -> Place:
    """Where an object is named."""
    return manifest.at("metadata", "name" if manifest.name else "generateName")


def of_several(manifests: Iterable[Manifest]) -> frozenset[Manifest]:
    """The objects that share the place of their names with others of another name.

    A kustomization or a chart may build many from the same lines.
    """
    by_place: dict[tuple[str, Span], list[Manifest]] = {}
    for manifest in manifests:
        if type(manifest.document) is not Document:  # those of a file as it stands have their own
            path = (*manifest.root, *place_of_name(manifest).path)
            by_place.setdefault(manifest.document.where(path), []).append(manifest)
    return frozenset(
        manifest
        for alike in by_place.values()
        if len({each.name for each in alike}) > 1
        for manifest in alike
    )
