"""The patches and kustomizations that name an object, and would lose it by a new name."""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.core.file_names import KUSTOMIZATIONS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from vmsnap_lint.document import Document
    from vmsnap_lint.editor.view import View
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["patch_naming"]

_NAMING = (
    "patches", "patchesJson6902", "patchesStrategicMerge", "replacements", "vars",
)  # fmt: skip
_MOST_VALUES = 10_000


def patch_naming(view: View, objects: Collection[Manifest], name: str) -> str:
    """The file of the first patch or kustomization that names one of the objects, or ""."""
    found = chain(_applied(objects, name), _written(view, objects, name))
    return next(found, "")


def _applied(objects: Collection[Manifest], name: str) -> Iterator[str]:
    """The patches that built objects were changed with."""
    for manifest in objects:
        document = manifest.document
        for patch in document.patches() if isinstance(document, RenderedDocument) else ():
            if patch.is_for(name):
                yield patch.document.file


def _written(view: View, objects: Collection[Manifest], name: str) -> Iterator[str]:
    """The files that are no objects of a world, and name one of that kind."""
    kinds = {manifest.group_kind for manifest in objects}
    text = name.encode()
    for source in view.sources():
        if not view.mentions(source, text) or source.is_excerpt:
            continue
        for document in source.documents:
            if _is_kustomization(document):
                if any(_holds(document.value.get(field), name) for field in _NAMING):
                    yield source.file
            elif not view.objects(source.file) and any(
                each.group_kind in kinds and each.name == name for each in manifests(document)
            ):
                yield source.file


def _is_kustomization(document: Document) -> bool:
    return document.file.rpartition("/")[2] in KUSTOMIZATIONS and isinstance(document.value, dict)


def _holds(value: Any, name: str) -> bool:
    """Whether a name is one of the values, or in one that is a text of its own."""
    stack, left = [value], _MOST_VALUES
    while stack and left:
        inner = stack.pop()
        left -= 1
        if isinstance(inner, str) and (inner == name or ("\n" in inner and name in inner)):
            return True
        if isinstance(inner, dict | list):
            stack += inner.values() if isinstance(inner, dict) else inner
    return False
