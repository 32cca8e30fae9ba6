"""A rendered object becomes a document whose places lie in the files it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.deploy.render import align
from vmsnap_lint.deploy.render.origins import RENAMERS
from vmsnap_lint.deploy.render.patches import patches
from vmsnap_lint.document import Document

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Span
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.origins import Origin
    from vmsnap_lint.document.positions import Scalar

__all__ = ["RenderedDocument"]

if TYPE_CHECKING:
    Place = tuple[str, Span]


class RenderedDocument(Document):
    """An object that kustomize built; it stands in no file as it is.

    `file` is the file of the object before it was changed; a value that something else set has its
    place there (`where`).
    """

    __slots__ = ("_home", "_shelf", "lineage")

    def __init__(
        self, value: dict[str, Any], index: int, lineage: Origin, shelf: FileCache
    ) -> None:
        home = lineage.origin.document if lineage.origin is not None else lineage.maker.document
        if home is None:
            message = "an object is built by a kustomization that parses"
            raise ValueError(message)
        self.source = home.source
        self.index = index
        self.value = value
        self.odd = False
        self.lineage = lineage
        self._home = home
        self._shelf = shelf

    def span(self, path: align.Path, key: bool = False) -> Span:
        """The place without its file."""
        return self.where(path, key)[1]

    def where(self, path: align.Path, key: bool = False) -> Place:
        """The file that the value (or key) at `path` was written in last, and where."""
        there = align.existing(self.value, path)
        key = key and there == path
        while True:
            place = self._place(there, key=key)
            if place is not None:
                return place
            there, key = there[:-1], False

    def scalars(self) -> tuple[Scalar, ...]:
        """None: a rendered text is not what anybody wrote."""
        return ()

    def _place(self, path: align.Path, *, key: bool) -> Place | None:
        origin = self.lineage.origin
        if origin is None:
            return self._generated(path)
        old = align.way(self.value, path, origin.value)
        wanted = align.value_at(self.value, path)
        if old is not None and (key or not path or wanted == align.value_at(origin.value, old)):
            return self._original(old, key=key)
        place = self._patched(path) or self._transformed(path)
        if place is None and old is not None:
            return self._original(old, key=key)
        return place

    def _original(self, path: align.Path, *, key: bool) -> Place:
        origin = self.lineage.origin
        root = origin.root if origin is not None else ()
        return self._home.file, self._home.span((*root, *path), key)

    def _generated(self, path: align.Path) -> Place | None:
        """The place of the generator."""
        value = self._home.value
        for field in ("configMapGenerator", "secretGenerator", "generators"):
            if not path and isinstance(value, dict) and field in value:
                return self._home.file, self._home.span((field,), True)
        return None if path else (self._home.file, self._home.span(()))

    def _patched(self, path: align.Path) -> Place | None:
        lineage = self.lineage
        name = str(align.value_at(self.value, ("metadata", "name")))
        names = {name, lineage.origin.name} if lineage.origin is not None else {name}
        nodes = dict.fromkeys(step.node for step in lineage.steps if step.kind in _PATCHERS)
        for node in reversed(nodes):
            for patch in reversed(patches(node, self._shelf)):
                if patch.may_touch(str(self.value.get("kind")), names):
                    place: Place | None = patch.place(self.value, path)
                    if place is not None:
                        return place
        return None

    def _transformed(self, path: align.Path) -> Place | None:
        """The field of the kustomization that the last fitting transformer is told by."""
        for step in reversed(self.lineage.steps):
            document = step.node.document
            for field in _FIELDS.get(step.kind, ()) if document is not None else ():
                if field in step.node.value and document is not None:
                    at = _setter(field, path, self.value, step.node.value)
                    if at is not None:
                        return document.file, document.span(at)
        return None


def _setter(
    field: str, path: align.Path, value: object, kustomization: dict[str, Any]
) -> align.Path | None:
    """The path in the kustomization that may have set what the object has at `path`."""
    wanted = align.value_at(value, path)
    setting = kustomization[field]
    if field in RENAMERS.values() and path == ("metadata", "name"):
        name = str(wanted)
        edge = name.startswith if field == "namePrefix" else name.endswith
        return (field,) if isinstance(setting, str) and edge(setting) else None
    if field == "namespace":
        return (field,) if path[-1:] == ("namespace",) and wanted == setting else None
    if field in ("commonAnnotations", "commonLabels"):
        named = isinstance(setting, dict) and setting.get(path[-1]) == wanted
        return (field, path[-1]) if named else None
    if field == "replacements":
        written = "/".join(step for step in path if isinstance(step, str))
        return _replacing(written, setting)
    return (field,) if field == "labels" and "labels" in path else None


def _replacing(written: str, replacements: object) -> align.Path | None:
    for index, one in enumerate(replacements if isinstance(replacements, list) else ()):
        targets = one.get("targets") if isinstance(one, dict) else None
        for target in targets if isinstance(targets, list) else ():
            fields = target.get("fieldPaths") if isinstance(target, dict) else None
            for field in fields if isinstance(fields, list) else ():
                if field_path(str(field)) == written:
                    return ("replacements", index)
    return None


def field_path(text: str) -> str:
    """A field path of a replacement without what selects list entries."""
    steps = (step for step in text.replace(r"\.", "\0").split("."))
    kept = [s for s in steps if not (s.isdecimal() or s in ("-", "*") or s.startswith("["))]
    return "/".join(step.replace("\0", ".") for step in kept)


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
