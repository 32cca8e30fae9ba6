"""The pieces of a tree become one outcome: objects, and what may be missing among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.deploy.render import tree_gaps
from vmsnap_lint.deploy.render.dry_run import applied, moved
from vmsnap_lint.deploy.render.jobs import Outcome
from vmsnap_lint.objects.provenance import RenderedTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.deploy.render.dry_run import Chain, DryRun
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph, KustomizationNode
    from vmsnap_lint.deploy.render.kustomize_jobs import KustomizeBuilds
    from vmsnap_lint.deploy.render.pieces import TemplatePiece
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import Deployed

__all__ = ["TreeOutcomes"]


class TreeOutcomes:
    """Puts the pieces of trees together."""

    def __init__(
        self, graph: Graph, cache: FileCache, dry_run: DryRun, builds: KustomizeBuilds
    ) -> None:
        self._graph = graph
        self._cache = cache
        self._dry_run = dry_run
        self._builds = builds

    def outcome(self, root: KustomizationNode, pieces: Sequence[TemplatePiece]) -> Outcome:
        """All objects of a tree, whichever way each of them was read."""
        manifests: list[Manifest] = []
        deployed: list[Deployed] = []
        rewritten: set[str] = set()
        for piece in pieces:
            objects, tree = self.objects(piece)
            manifests += objects
            deployed += tree.objects
            rewritten |= tree.rewritten
        nodes = self._graph.closure(root)
        failed = [piece for piece in pieces if piece.build is not None and not piece.is_built]
        return Outcome(
            tuple(manifests), self.files(root), RenderedTree(tuple(deployed), frozenset(rewritten)),
            tuple(self.gaps(root, pieces)),
            tuple(self._notes(pieces)),
            tuple(piece.build.failure for piece in failed if piece.build and piece.build.failure),
            is_rendered=all(piece.is_built for piece in pieces),
            release=tree_gaps.release_of(nodes),
        )  # fmt: skip

    def objects(self, piece: TemplatePiece) -> tuple[list[Manifest], RenderedTree]:
        """The objects of a piece, with where they come from."""
        built = piece.build.manifests if piece.build is not None else None
        if built is not None:
            transformers = self._dry_run.transformers(piece.above)
            tree = self._dry_run.rendered(built)
            return [moved(one, transformers) if transformers else one for one in built], tree
        tree = self._dry_run.written(piece.node, piece.above, alone=True)
        objects = list(map(applied, tree.objects))
        return [*objects, *self._of_charts((piece.node, *piece.above))], tree

    def files(self, root: KustomizationNode) -> frozenset[str]:
        """The real paths of the files of a tree, with those of its charts."""
        return self._builds.files(root)

    def gaps(self, root: KustomizationNode, pieces: Iterable[TemplatePiece]) -> Iterator[Gap]:
        """What may make further objects of a tree."""
        yield from tree_gaps.left_out(root, self._graph)
        yield from tree_gaps.unrendered_charts(root, self._graph, self._builds)
        namespaces = tree_gaps.namespaces(root, self._graph)
        for piece in pieces:
            if piece.build is not None and not piece.is_built:
                namespace = namespaces.get(piece.node)
                yield tree_gaps.failed_build(piece.node, piece.build.reason, self._cache, namespace)

    def _of_charts(self, chain: Chain) -> Iterator[Manifest]:
        """The objects of the charts of a kustomization that is not built."""
        node = chain[0]
        transformers = self._dry_run.transformers(chain)
        for result in self._builds.charts(node).values() if node.charts else ():
            if not isinstance(result, str):
                yield from (moved(one, transformers) for one in result)

    def _notes(self, pieces: Iterable[TemplatePiece]) -> Iterator[NotChecked]:
        """One note for each tree that is not built: about the first kustomization of it."""
        for piece in pieces:
            if piece.build is not None and not piece.is_built:
                shown = self._cache.shown(piece.node.location)
                yield NotChecked(shown, f"not rendered: {piece.build.reason}")
                return
