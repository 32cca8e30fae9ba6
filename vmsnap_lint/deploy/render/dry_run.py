"""The text of a kustomization becomes what it would make of its objects' names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument, field_path
from vmsnap_lint.deploy.render.origins import RENAMERS
from vmsnap_lint.deploy.render.patches import patches
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.provenance import Deployed, RenderedTree, Transformer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph, KustomizationNode
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["DryRun"]

_NAMESPACE = {"NamespaceTransformer": "namespace"}
_FIELDS = RENAMERS | _NAMESPACE
# kustomize leaves their names alone (api/internal/builtins/PrefixTransformer.go).
_KEPT = frozenset(("APIService", "CustomResourceDefinition", "Namespace"))


class DryRun:
    """Makes Trees; what each field of a kustomization is and where, it works out once."""

    def __init__(self, graph: Graph, shelf: FileCache) -> None:
        self._graph = graph
        self._shelf = shelf
        self._known: dict[tuple[str, str], Transformer | None] = {}

    def rendered(self, manifests: Iterable[Manifest]) -> RenderedTree:
        """What was made of objects that were rendered."""
        objects = []
        for final in manifests:
            document = final.document
            if isinstance(document, RenderedDocument) and document.lineage.origin is not None:
                steps = [(step.node, _FIELDS.get(step.kind, "")) for step in document.lineage.steps]
                objects.append(
                    Deployed(
                        document.lineage.origin,
                        final,
                        final.name,
                        final.namespace,
                        tuple(self._transformers(steps)),
                    )
                )
        return RenderedTree(tuple(objects), frozenset())

    def written(self, root: KustomizationNode) -> RenderedTree:
        """What would be made of them, where nothing is rendered."""
        objects: list[Deployed] = []
        stack: list[tuple[KustomizationNode, tuple[KustomizationNode, ...]]] = [(root, ())]
        while stack:
            node, above = stack.pop()
            chain = (node, *above)
            steps = [(one, field) for one in chain for field in _FIELDS.values()]
            transformers = tuple(self._transformers(steps))
            for file in node.resources:
                objects += [
                    _deployed(one, transformers)
                    for one in self._shelf.manifests(file)
                    if one.kind != "Kustomization"
                ]
            below = [self._graph.node(location) for location in node.below]
            stack += [(one, chain) for one in reversed(below) if one not in chain]
        rewritten = {path for node in self._graph.closure(root) for path in self._rewritten(node)}
        return RenderedTree(tuple(objects), frozenset(rewritten))

    def _transformers(
        self, steps: Iterable[tuple[KustomizationNode, str]]
    ) -> Iterator[Transformer]:
        for node, field in steps:
            found = self._transformer(node, field) if field else None
            if found is not None:
                yield found

    def _transformer(self, node: KustomizationNode, field: str) -> Transformer | None:
        key = (node.location, field)
        if key not in self._known:
            value, document = node.value.get(field), node.document
            self._known[key] = None
            if isinstance(value, str) and value and document is not None:
                at = SourceSpan(document.source, document.span((field,)))
                self._known[key] = Transformer(field, value, at)
        return self._known[key]

    def _rewritten(self, node: KustomizationNode) -> Iterator[str]:
        value = node.value
        for name in _strings(value.get("configurations")):
            source = self._shelf.source(node.local(name))
            for part in source.documents if source is not None else ():
                for reference in _mappings(part.value, "nameReference"):
                    for spec in _mappings(reference, "fieldSpecs"):
                        yield str(spec.get("path")).strip("/")
        for replacement in self._replacements(node):
            for target in _mappings(replacement, "targets"):
                yield from map(field_path, _strings(target.get("fieldPaths")))
        for patch in patches(node, self._shelf):
            yield from patch.sets()

    def _replacements(self, node: KustomizationNode) -> Iterator[dict[str, Any]]:
        for one in _mappings(node.value, "replacements"):
            path = one.get("path")
            source = self._shelf.source(node.local(path)) if isinstance(path, str) else None
            if source is None:
                yield one
            for part in source.documents if source is not None else ():
                parts = part.value if isinstance(part.value, list) else [part.value]
                yield from (part for part in parts if isinstance(part, dict))


def _deployed(original: Manifest, transformers: tuple[Transformer, ...]) -> Deployed:
    name, namespace = original.name, original.namespace
    for one in transformers:
        if one.field == "namespace":
            namespace = one.value
        elif original.kind not in _KEPT:
            name = one.value + name if one.field == "namePrefix" else name + one.value
    return Deployed(original, None, name, namespace, transformers)


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _mappings(value: object, key: str) -> list[dict[str, Any]]:
    listed = value.get(key) if isinstance(value, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
