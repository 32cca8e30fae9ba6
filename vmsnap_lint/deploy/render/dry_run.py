"""The names and namespaces that kustomizations give to objects, from their text or build."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from vmsnap_lint.deploy.render.align import array_at, objects_at
from vmsnap_lint.deploy.render.kustomize_document import RenderedDocument, fields_set_by
from vmsnap_lint.deploy.render.origins import RENAMERS, renamed
from vmsnap_lint.deploy.render.patches import patches
from vmsnap_lint.objects.provenance import Deployed, RenderedTree, Transformer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph, KustomizationNode
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["DryRun"]

_FIELDS = RENAMERS | {"NamespaceTransformer": "namespace"}
# kustomize does not rename these (api/internal/builtins/PrefixTransformer.go).
_NOT_RENAMED = frozenset(("APIService", "CustomResourceDefinition", "Namespace"))


class DryRun:
    """Creates RenderedTrees; each field of a kustomization is read once."""

    def __init__(self, graph: Graph, cache: FileCache) -> None:
        self._graph = graph
        self._cache = cache
        self._transformer = functools.cache(_transformer)

    def rendered(self, manifests: Iterable[Manifest]) -> RenderedTree:
        """The tree of objects that were rendered."""
        objects = []
        for final in manifests:
            document = final.document
            if isinstance(document, RenderedDocument) and document.origin.original is not None:
                steps = [(step.node, _FIELDS.get(step.kind, "")) for step in document.origin.steps]
                original, transformers = document.origin.original, self._transformers(steps)
                objects.append(Deployed(original, final, final.name, final.namespace, transformers))
        return RenderedTree(tuple(objects), frozenset())

    def written(self, root: KustomizationNode) -> RenderedTree:
        """The tree as a build would create it, where nothing is rendered."""
        objects: list[Deployed] = []
        stack: list[tuple[KustomizationNode, ...]] = [(root,)]
        while stack:
            chain = stack.pop()
            steps = [(node, field) for node in chain for field in _FIELDS.values()]
            transformers = self._transformers(steps)
            objects += [
                _deployed(original, transformers)
                for file in chain[0].resources
                for original in self._cache.manifests(file)
                if original.kind != "Kustomization"
            ]
            below = map(self._graph.node, reversed(chain[0].below))
            stack += [(node, *chain) for node in below if node not in chain]
        rewritten = {path for node in self._graph.closure(root) for path in self._rewritten(node)}
        return RenderedTree(tuple(objects), frozenset(rewritten))

    def _transformers(
        self, steps: Iterable[tuple[KustomizationNode, str]]
    ) -> tuple[Transformer, ...]:
        return tuple(filter(None, (self._transformer(node, field) for node, field in steps)))

    def _rewritten(self, node: KustomizationNode) -> Iterator[str]:
        paths = array_at(node.value, "configurations")
        for location in (node.local(path) for path in paths if isinstance(path, str)):
            for part in self._cache.documents(location):
                for reference in objects_at(part.value, "nameReference"):
                    for field in objects_at(reference, "fieldSpecs"):
                        yield str(field.get("path")).strip("/")
        for replacement in self._replacements(node):
            yield from fields_set_by(replacement)
        for patch in patches(node, self._cache):
            yield from patch.sets()

    def _replacements(self, node: KustomizationNode) -> Iterator[dict[str, Any]]:
        for replacement in objects_at(node.value, "replacements"):
            path = replacement.get("path")
            source = self._cache.source(node.local(path)) if isinstance(path, str) else None
            if source is None:
                yield replacement
            for part in source.documents if source is not None else ():
                yield from objects_at(part.value if isinstance(part.value, list) else [part.value])


def _transformer(node: KustomizationNode, field: str) -> Transformer | None:
    value = node.value.get(field)
    return (
        Transformer(field, value, node.at((field,))) if isinstance(value, str) and value else None
    )


def _deployed(original: Manifest, transformers: tuple[Transformer, ...]) -> Deployed:
    """The object with the name and namespace that the transformers give to it."""
    changes = [(transformer.field, transformer.value) for transformer in transformers]
    is_renamed = original.kind not in _NOT_RENAMED
    name = renamed(original.name, changes) if is_renamed else original.name
    namespace = dict(changes).get("namespace", original.namespace)
    return Deployed(original, None, name, namespace, transformers)
