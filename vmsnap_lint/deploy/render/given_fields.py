"""Fields that an object of Flux or Argo CD adds to a kustomization, as places in that object."""

from __future__ import annotations

import json

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render.align import MISSING, array_at, object_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.objects.manifest import Manifest

    PatchPlaces = dict[object, Path]

__all__ = ["TARGET", "field_in", "patch_in", "patches_in"]

TARGET = ("group", "version", "kind", "name", "namespace", "labelSelector", "annotationSelector")
"""The fields that select the objects of a patch."""
_NAMES: dict[str, tuple[Path, ...]] = {
    "commonAnnotations": (("commonMetadata", "annotations"), ("commonAnnotations",)),
    "labels": (("commonMetadata", "labels"), ("commonLabels",)),
    "namespace": (("targetNamespace",), ("namespace",)),
}
_PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")


def field_in(pointer: Manifest, field: str, value: object) -> Path | None:
    """Where a pointer sets a field of a kustomization to that value, None where it does not.

    Only strings are compared; of other fields the first one counts.
    """
    for holder in _holders(pointer):
        for name in _NAMES.get(field, ((field,),)):
            found = pointer.get(*holder, *name)
            if found == value or (found and not isinstance(value, str)):
                return (*holder, *name)
    return None


def patches_in(pointer: Manifest) -> PatchPlaces:
    """Where a pointer has the texts of the patches that it adds."""
    places: PatchPlaces = {}
    for holder in _holders(pointer):
        settings = pointer.get(*holder)
        for field in _PATCHES:
            for index, entry in enumerate(array_at(settings, field)):
                at: Path = (field, index) if field == _PATCHES[1] else (field, index, "patch")
                written = value_at(settings, at)
                if written is not MISSING:
                    text = written if isinstance(written, str) else json.dumps(written)
                    places.setdefault(_key(text, entry), (*holder, *at))
    return places


def patch_in(places: PatchPlaces, patch: dict[str, Any]) -> Path | None:
    """The place of a patch among those of its pointer, None where it has none."""
    return places.get(_key(patch.get("patch"), patch))


def _holders(pointer: Manifest) -> Iterator[Path]:
    """The objects in a pointer that have fields of a kustomization."""
    yield ("spec",)
    yield ("spec", "source", "kustomize")
    yield ("spec", "sourceHydrator", "drySource", "kustomize")
    for name in ("sources", "postRenderers"):
        for index, _ in pointer.items("spec", name):
            yield ("spec", name, index, "kustomize")


def _key(text: object, patch: object) -> object:
    """What tells a patch from others: its text and its target."""
    target = object_at(patch, "target")
    names = ((key, target.get(key)) for key in TARGET)
    return text, tuple(pair for pair in names if isinstance(pair[1], str) and pair[1])
