"""What the kustomizations of a build select objects by, and which of their values they copy."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.deploy.render import align
from vmsnap_lint.deploy.render.patches import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode

    Fields = dict[str, Any]

__all__ = ["IDENTITY", "Selections", "field_path", "selections"]

_NAME = ("metadata", "name")
IDENTITY: dict[align.Path, tuple[str, ...]] = {
    ("apiVersion",): ("apiVersion", "version"),
    ("kind",): ("kind",),
    _NAME: ("name",),
    ("metadata", "namespace"): ("namespace",),
}
"""What an object is known by to a kustomization, with the fields of a selector for it."""


class Selections(NamedTuple):
    """`targets` select what is changed, `sources` what is copied, with the path of its value."""

    targets: tuple[Fields, ...]
    sources: tuple[tuple[Fields, str], ...]

    def know_by(self, value: object, path: align.Path) -> bool:
        """Whether one selects the object by what it has at `path`, and may lose it without that."""
        fields = IDENTITY.get(path, ())
        every = (*self.targets, *(fields for fields, _ in self.sources))
        return any(
            selector.get(field) and _may_select(selector, value)
            for field in fields
            for selector in every
        )

    def take(self, value: object, path: align.Path) -> bool:
        """Whether what the object has at `path`, or some of it, is copied elsewhere."""
        own = "/".join(step for step in path if isinstance(step, str))
        return any(
            f"{own}/".startswith(f"{copied}/") or f"{copied}/".startswith(f"{own}/")
            for selector, copied in self.sources
            if _may_select(selector, value)
        )


def selections(nodes: Iterable[KustomizationNode], cache: FileCache) -> Selections:
    """Those of all these kustomizations."""
    targets: list[Fields] = []
    sources: list[tuple[Fields, str]] = []
    for node in nodes:
        for field in ("patches", "patchesJson6902"):
            targets += (align.object_at(entry, "target") for entry in _objects(node.value, field))
        for replacement in _replacements(node, cache):
            source = align.object_at(replacement, "source")
            sources.append((source, field_path(source.get("fieldPath"))))
            for target in _objects(replacement, "targets"):
                targets += (align.object_at(target, "select"), *_objects(target, "reject"))
        for variable in _objects(node.value, "vars"):
            at = align.object_at(variable, "fieldref").get("fieldpath")
            sources.append((align.object_at(variable, "objref"), field_path(at)))
    return Selections(tuple(filter(None, targets)), tuple(each for each in sources if each[0]))


def field_path(text: object) -> str:
    """The steps of a field path without what selects array items; those of the name for none."""
    steps = (text if isinstance(text, str) and text else ".".join(_NAME)).replace(r"\.", "\0")
    kept = (s for s in steps.split(".") if not (s.isdecimal() or s in ("-", "*") or s[:1] == "["))
    return "/".join(step.replace("\0", ".") for step in kept)


def _replacements(node: KustomizationNode, cache: FileCache) -> Iterator[Fields]:
    for entry in _objects(node.value, "replacements"):
        path = entry.get("path")
        if not isinstance(path, str):
            yield entry
            continue
        for document in cache.documents(node.local(path)):
            yield from _objects(document.value) or (align.object_at(document.value),)


def _objects(value: object, *path: str) -> list[Fields]:
    return align.objects_at(value, *path)


def _may_select(selector: Fields, value: object) -> bool:
    """Whether it is for objects of that kind, and of a name that this one may have had."""
    kind = str(align.value_at(value, ("kind",)))
    name, selected = str(align.value_at(value, _NAME)), selector.get("name")
    is_named = not isinstance(selected, str) or selected in name or fits(selected, name)
    return is_named and fits(selector.get("kind") or None, kind)
