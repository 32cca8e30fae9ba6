"""The names and namespaces that kustomizations give to objects, from their text or build."""

from __future__ import annotations

import functools

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.render.align import array_at, objects_at
from vmsnap_lint.deploy.render.kustomize_document import (
    RenderedDocument,
    fields_set_by,
    original_of,
)
from vmsnap_lint.deploy.render.origins import RENAMERS, renamed
from vmsnap_lint.deploy.render.patches import patch_files, patches
from vmsnap_lint.deploy.render.scopes import is_of_cluster
from vmsnap_lint.objects.manifest import in_namespace
from vmsnap_lint.objects.provenance import Deployed, FieldPlace, RenderedTree, Transformer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.objects.manifest import Manifest

    Chain = tuple[KustomizationNode, ...]

__all__ = ["DryRun", "applied", "moved"]

_FIELDS = RENAMERS | {"NamespaceTransformer": "namespace"}
# kustomize does not rename these (api/internal/builtins/PrefixTransformer.go).
_NOT_RENAMED = frozenset(("APIService", "CustomResourceDefinition", "Namespace"))


class DryRun:
    """Creates RenderedTrees; each field of a kustomization is read once."""

    def __init__(self, graph: Graph, cache: FileCache) -> None:
        self._graph = graph
        self._cache = cache
        self._transformer = functools.cache(_transformer)
        self._open = functools.cache(self._opened)

    def rendered(self, manifests: Iterable[Manifest]) -> RenderedTree:
        """The tree of objects that were rendered."""
        objects = []
        for final in manifests:
            document, original = final.document, original_of(final)
            if isinstance(document, RenderedDocument) and original is not None:
                steps = [(step.node, _FIELDS.get(step.kind, "")) for step in document.origin.steps]
                transformers = self._transformers(steps)
                objects.append(Deployed(original, final, final.name, final.namespace, transformers))
        return RenderedTree(tuple(objects))

    def written(self, node: KustomizationNode, above: Chain = ()) -> RenderedTree:
        """The files that a kustomization names, as a build would create them.

        `above` are the kustomizations that include it, the innermost first.
        """
        transformers = self.transformers((node, *above))
        objects = [
            _deployed(original, transformers)
            for file in node.resources
            for original in self._cache.manifests(file)
            if not _is_configuration(original)
        ]
        chain = (node, *above)
        for each in chain:
            self._open(each)
        return RenderedTree(tuple(objects), functools.cache(lambda: self._rewritten(chain)))

    def transformers(self, chain: Chain) -> tuple[Transformer, ...]:
        """What gives names and namespaces in kustomizations, the innermost first."""
        return self._transformers((node, field) for node in chain for field in _FIELDS.values())

    def _transformers(
        self, steps: Iterable[tuple[KustomizationNode, str]]
    ) -> tuple[Transformer, ...]:
        return tuple(filter(None, (self._transformer(node, field) for node, field in steps)))

    def _opened(self, node: KustomizationNode) -> None:
        """Decodes the files that set fields: what is wrong in them is reported in any case."""
        replacements = objects_at(node.value, "replacements")
        paths = [
            *array_at(node.value, "configurations"),
            *(replacement.get("path") for replacement in replacements),
            *patch_files(node),
        ]
        for path in paths:
            if isinstance(path, str):
                self._cache.source(node.local(path))

    def _rewritten(self, chain: Chain) -> frozenset[str]:
        """The field paths that kustomizations set."""
        return frozenset(path for node in chain for path in self._set_by(node))

    def _set_by(self, node: KustomizationNode) -> Iterator[str]:
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


def moved(original: Manifest, transformers: Iterable[Transformer]) -> Manifest:
    """The object with the name and namespace that the transformers give to it, in its place."""
    return applied(_deployed(original, tuple(transformers)))


def applied(deployed: Deployed) -> Manifest:
    """The object as it is applied; its places are where it is written."""
    original, name, namespace = deployed.original, deployed.name, deployed.namespace
    if (name, namespace) == (original.name, original.namespace):
        return original
    return in_namespace(original, namespace, name)


def _transformer(node: KustomizationNode, field: str) -> Transformer | None:
    value = node.value.get(field)
    if not isinstance(value, str) or not value or node.document is None:
        return None
    is_given = node.is_given((field,))
    path = () if is_given or node.is_generated else node.written_as((field,))
    return Transformer(field, value, FieldPlace(node.document, path), is_given)


def _deployed(original: Manifest, transformers: tuple[Transformer, ...]) -> Deployed:
    """The object with the name and namespace that the transformers give to it."""
    changes = [(transformer.field, transformer.value) for transformer in transformers]
    is_renamed = original.kind not in _NOT_RENAMED
    name = renamed(original.name, changes) if is_renamed else original.name
    namespace = original.namespace
    if not is_of_cluster(original.group_kind):
        namespace = dict(changes).get("namespace", namespace)
    return Deployed(original, None, name, namespace, transformers)


def _is_configuration(manifest: Manifest) -> bool:
    """Whether a file that is named as a resource holds a kustomization."""
    return manifest.kind == "Kustomization" and manifest.group in ("", "kustomize.config.k8s.io")
