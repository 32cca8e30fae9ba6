"""Fields that an object of Flux or Argo CD adds to a kustomization, as places in that object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vmsnap_lint.deploy.render.align import MISSING, array_at, object_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["field_in", "patch_in"]

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


def patch_in(pointer: Manifest, patch: dict[str, Any]) -> Path | None:
    """Where a pointer has the text of a patch that it adds, None where it has not."""
    for holder in _holders(pointer):
        settings = pointer.get(*holder)
        for field in _PATCHES:
            for index, entry in enumerate(array_at(settings, field)):
                at: Path = (field, index) if field == _PATCHES[1] else (field, index, "patch")
                if _is_same(value_at(settings, at), object_at(entry, "target"), patch):
                    return (*holder, *at)
    return None


def _holders(pointer: Manifest) -> Iterator[Path]:
    """The objects in a pointer that have fields of a kustomization."""
    yield ("spec",)
    yield ("spec", "source", "kustomize")
    yield ("spec", "sourceHydrator", "drySource", "kustomize")
    for name in ("sources", "postRenderers"):
        for index, _ in pointer.items("spec", name):
            yield ("spec", name, index, "kustomize")


def _is_same(written: object, target: dict[str, Any], patch: dict[str, Any]) -> bool:
    if written is MISSING:
        return False
    text = written if isinstance(written, str) else json.dumps(written)
    is_target = all(target.get(key) == part for key, part in object_at(patch, "target").items())
    return text == patch.get("patch") and is_target
