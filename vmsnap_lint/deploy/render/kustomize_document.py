"""A rendered object as a document whose places are in the files that it was built from."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render import align
from vmsnap_lint.deploy.render.given_fields import field_in
from vmsnap_lint.deploy.render.origins import RENAMERS
from vmsnap_lint.deploy.render.patches import patches
from vmsnap_lint.deploy.render.selections import IDENTITY, field_path
from vmsnap_lint.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Span
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.deploy.render.origins import Origin
    from vmsnap_lint.deploy.render.patches import Patch
    from vmsnap_lint.document.positions import Scalar
    from vmsnap_lint.document.source import HomeText
    from vmsnap_lint.objects.manifest import Manifest

    Place = tuple[str, Span]

__all__ = ["RenderedDocument", "fields_set_by", "original_of"]


def original_of(manifest: Manifest) -> Manifest | None:
    """What an object was before kustomize built it; None of one that it made, or did not build."""
    document = manifest.document
    return document.origin.original if isinstance(document, RenderedDocument) else None


class RenderedDocument(Document):
    """An object that kustomize built; no file contains it in this form.

    `file` is the file of the object before it was changed; for a value that a kustomization or a
    patch set, `where` gives the place in that; for one that the `pointer` set, an object of Flux or
    Argo CD, the place in this. Raises ValueError where the kustomization that built it does not
    parse.
    """

    __slots__ = ("_cache", "_home", "_pointer", "origin")

    def __init__(
        self,
        value: dict[str, Any],
        index: int,
        origin: Origin,
        cache: FileCache,
        pointer: Manifest | None = None,
    ) -> None:
        home = origin.original.document if origin.original is not None else origin.maker.document
        if home is None:
            message = "an object is built by a kustomization that parses"
            raise ValueError(message)
        self.source = home.source
        self.index = index
        self.value = value
        self.odd = False
        self.origin = origin
        self._home = home
        self._cache = cache
        self._pointer = pointer

    def applied_by(self, pointer: Manifest) -> RenderedDocument:
        """The same document, built with the fields of that pointer."""
        return RenderedDocument(self.value, self.index, self.origin, self._cache, pointer)

    def written(self, root: align.Path) -> tuple[object, ...]:
        """That of the object before it was changed, which several builds may have."""
        original = self.origin.original
        if original is None:
            return super().written(root)
        return original.document.written(original.root)

    def span(self, path: align.Path, key: bool = False) -> Span:
        """The place without its file."""
        return self.where(path, key)[1]

    def where(self, path: align.Path, key: bool = False) -> Place:
        """The file that set the value (or key) at `path` last, and the place in it."""
        existing = align.existing(self.value, path)
        key = key and existing == path
        while (place := self._place(existing, key=key)) is None:
            existing, key = existing[:-1], False
        return place

    def requoted(self, path: align.Path) -> str:
        """The text of an unquoted scalar that kustomize put in quotes, else ""."""
        value, original = align.value_at(self.value, path), self.origin.original
        old = align.path_in(original.value, self.value, path) if original is not None else None
        if original is None or old is None or not isinstance(value, str):
            return ""
        if not isinstance(align.value_at(original.value, old), bool | int | float):
            return ""
        span = self._home.span((*original.root, *old))
        written = self.source.line(span.line)[span.column - 1 : span.end_column - 1]
        return value if written == value else ""

    def home(self, path: align.Path, key: bool = False) -> HomeText | None:
        """The file of the object or the patch that alone sets what is at `path`."""
        original = self.origin.original
        touching = [patch for patch in self._patches() if patch.reaches(self.value, path)]
        if touching:
            is_sure = len(touching) == 1 and not key and path not in IDENTITY
            return touching[0].home(self.value, path) if is_sure else None
        old = None if original is None else align.path_in(original.value, self.value, path)
        if original is None or old is None or self.origin.selections().know_by(self.value, path):
            return None
        home = original.document.home((*original.root, *old), key)
        if home is None or not self.origin.selections().take(self.value, path):
            return home
        return None if key else home._replace(is_shared=True)

    def scalars(self) -> tuple[Scalar, ...]:
        """None: a rendered text was not written by a person."""
        return ()

    def patches(self) -> Iterator[Patch]:
        """The patches of the kustomizations that changed it, in which it may be named."""
        nodes = dict.fromkeys(step.node for step in self.origin.steps if step.kind in _PATCHERS)
        for node in nodes:
            yield from patches(node, self._cache, self._pointer)

    def _place(self, path: align.Path, *, key: bool) -> Place | None:
        original = self.origin.original
        if original is None:
            return self._generated(path)
        old = align.path_in(original.value, self.value, path)
        if old is None:
            return self._patched(path) or self._transformed(path)
        written = self._home.file, self._home.span((*original.root, *old), key)
        value, before = align.value_at(self.value, path), align.value_at(original.value, old)
        if key or not path or value == before:
            return written
        # a prefix is a part of all names: what is wrong with an object is told at its own name
        is_longer = path == _NAME and str(before) in str(value)
        return self._patched(path) or (not is_longer and self._transformed(path)) or written

    def _generated(self, path: align.Path) -> Place | None:
        """The place of the generator."""
        if path:
            return None
        generators = ("configMapGenerator", "secretGenerator", "generators")
        field = next(filter(align.object_at(self._home.value).__contains__, generators), None)
        span = self._home.span(()) if field is None else self._home.span((field,), True)
        return self._home.file, span

    def _patched(self, path: align.Path) -> Place | None:
        places = (patch.place(self.value, path) for patch in self._patches())
        return next((place for place in places if place is not None), None)

    def _patches(self) -> Iterator[Patch]:
        """The patches that may change the object, the last one first."""
        names = {str(align.value_at(self.value, ("metadata", "name")))}
        if self.origin.original is not None:
            names.add(self.origin.original.name)
        nodes = dict.fromkeys(step.node for step in self.origin.steps if step.kind in _PATCHERS)
        for node in reversed(nodes):
            for patch in reversed(patches(node, self._cache, self._pointer)):
                if patch.may_touch(str(self.value.get("kind")), names):
                    yield patch

    def _transformed(self, path: align.Path) -> Place | None:
        """The field of the kustomization in which the last matching transformer is configured."""
        same = align.value_at(self.value, path)
        for step in reversed(self.origin.steps):
            for field in filter(step.node.value.__contains__, _FIELDS.get(step.kind, ())):
                at = _setter(field, step.node.value[field], path, same)
                place = self._field(step.node, at) if at is not None else None
                if place is not None:
                    return place
        return None

    def _field(self, node: KustomizationNode, path: align.Path) -> Place | None:
        """The place of a field of a kustomization, or of the pointer that adds it."""
        if not node.is_given(path):
            place = node.at(path)
            return place.source.file, place.span
        field = str(path[0])
        pointer = self._pointer
        at = field_in(pointer, field, node.value[field]) if pointer is not None else None
        if pointer is None or at is None:
            return None
        rest = tuple(step for step in path[1:] if isinstance(step, str))
        return pointer.document.where((*pointer.root, *at, *rest))


def _setter(field: str, setting: object, path: align.Path, value: object) -> align.Path | None:
    """The path in the kustomization that may have set the value at `path` of an object."""
    if field == "replacements":
        written = "/".join(step for step in path if isinstance(step, str))
        for index, replacement in enumerate(align.array_at(setting)):
            if written in fields_set_by(replacement):
                return (field, index)
        return None
    if field in ("commonAnnotations", "commonLabels"):
        return (field, path[-1]) if align.value_at(setting, path[-1:]) == value else None
    if field in RENAMERS.values():
        edge = str(value).startswith if field == "namePrefix" else str(value).endswith
        may_set = path == ("metadata", "name") and isinstance(setting, str) and edge(setting)
    elif field == "namespace":
        may_set = path[-1:] == ("namespace",) and value == setting
    else:
        may_set = "labels" in path
    return (field,) if may_set else None


def fields_set_by(replacement: object) -> Iterator[str]:
    """The field paths that a replacement sets, without what selects array items."""
    for target in align.objects_at(replacement, "targets"):
        for path in align.array_at(target, "fieldPaths"):
            if isinstance(path, str):
                yield field_path(path)


_NAME = ("metadata", "name")
_PATCHERS = frozenset(("PatchJson6902Transformer", "PatchStrategicMergeTransformer",
                       "PatchTransformer"))  # fmt: skip
_FIELDS = {
    "AnnotationsTransformer": ("commonAnnotations",),
    "LabelTransformer": ("commonLabels", "labels"),
    "NamespaceTransformer": ("namespace",),
    "PrefixTransformer": ("namePrefix",),
    "ReplacementTransformer": ("replacements",),
    "SuffixTransformer": ("nameSuffix",),
}
