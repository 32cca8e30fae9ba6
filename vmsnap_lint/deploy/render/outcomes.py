"""The pieces of a tree become one outcome: objects, and what may be missing among them."""

from __future__ import annotations

from functools import cached_property

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.core.relevance import Relevance
from vmsnap_lint.deploy.render import tree_gaps
from vmsnap_lint.deploy.render.dry_run import applied, moved
from vmsnap_lint.deploy.render.failures import may_matter, not_whole, reason_of
from vmsnap_lint.deploy.render.jobs import Outcome
from vmsnap_lint.deploy.render.own_objects import chart_may_hold, hold
from vmsnap_lint.objects.provenance import RenderedTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vmsnap_lint.config.settings import Settings
    from vmsnap_lint.deploy.render.chart_renders import ChartRenders
    from vmsnap_lint.deploy.render.dry_run import DryRun
    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.deploy.render.kustomize_jobs import KustomizeBuilds
    from vmsnap_lint.deploy.render.pieces import TreePiece
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import BuildFailure, Deployed

__all__ = ["TreeOutcomes"]


class TreeOutcomes:
    """Puts the pieces of trees together."""

    def __init__(
        self,
        graph: Graph,
        cache: FileCache,
        dry_run: DryRun,
        builds: KustomizeBuilds,
        charts: ChartRenders,
        settings: Settings,
    ) -> None:
        self._charts = charts
        self._settings = settings
        self._graph = graph
        self._cache = cache
        self._dry_run = dry_run
        self._builds = builds

    def outcome(self, root: KustomizationNode, pieces: Sequence[TreePiece]) -> Outcome:
        """All objects of a tree, whichever way each of them was read."""
        manifests: list[Manifest] = []
        deployed: list[Deployed] = []
        rewritten: list[Callable[[], frozenset[str]]] = []
        for piece in pieces:
            objects, tree = self.objects(piece)
            manifests += objects
            deployed += tree.objects
            rewritten.append(tree.rewritten)
        failure = _failure(pieces)
        matters = failure is not None and (failure.at_limit or self._matters(root))
        gaps = tuple(self.gaps(root, pieces))
        failures = (failure,) if failure is not None and matters else ()
        if self._settings.render == "require":
            failures = (*failures, *not_whole(gaps))
        return Outcome(
            tuple(manifests), self.files(root),
            RenderedTree(tuple(deployed), lambda: frozenset().union(*(by() for by in rewritten))),
            gaps,
            tuple(self._note(root, pieces, matters=matters)),
            failures,
            is_rendered=all(piece.is_built for piece in pieces),
            release=tree_gaps.release_of(self._graph.closure(root)),
            changed=frozenset(
                self._cache.shown(file)
                for piece in pieces
                for file in (() if piece.is_built else piece.node.resources)
            ),
        )  # fmt: skip

    def _matters(self, root: KustomizationNode) -> bool:
        """Whether the failure of a tree is an error: it holds what decides about disks."""
        if not self._failures_matter or self._settings.render == "require":
            return self._failures_matter
        if hold(self._builds.files(root), self._cache, Relevance.BUILT):
            return True
        jobs = (each.job for node in self._graph.closure(root) for each in node.charts)
        return any(
            chart_may_hold(job, self._charts.files(job.directory), self._cache, Relevance.BUILT)
            for job in jobs
        )

    @cached_property
    def _failures_matter(self) -> bool:
        return may_matter(self._cache, self._settings)

    def objects(self, piece: TreePiece) -> tuple[list[Manifest], RenderedTree]:
        """The objects of a piece, with where they come from."""
        built = piece.build.manifests if piece.build is not None else None
        if built is not None:
            transformers = self._dry_run.transformers(piece.above)
            tree = self._dry_run.rendered(built)
            return [moved(one, transformers) if transformers else one for one in built], tree
        tree = self._dry_run.written(piece.node, piece.above)
        objects = list(map(applied, tree.objects))
        transformers = self._dry_run.transformers((piece.node, *piece.above))
        charts = (moved(one, transformers) for one in self.of_charts(piece.node))
        return [*objects, *charts], tree

    def files(self, root: KustomizationNode) -> frozenset[str]:
        """The real paths of the files of a tree, with those of the charts that helm rendered."""
        nodes = self._graph.closure(root)
        return self._builds.files(root).union(*map(self.chart_files, nodes))

    def chart_files(self, node: KustomizationNode) -> frozenset[str]:
        """The real paths of the files of the charts of one kustomization that helm rendered."""
        results = self._builds.charts(node) if node.charts else {}
        rendered = (job for job, result in results.items() if not isinstance(result, str))
        return frozenset().union(*(self._charts.owned(job.directory) for job in rendered))

    def gaps(self, root: KustomizationNode, pieces: Iterable[TreePiece]) -> Iterator[Gap]:
        """What may make further objects of a tree."""
        yield from tree_gaps.left_out(root, self._graph)
        yield from tree_gaps.unrendered_charts(root, self._graph, self._builds)
        yield from tree_gaps.unread(root, self._graph)
        namespaces = self._graph.namespaces(root)
        for piece in pieces:
            if piece.build is not None and not piece.is_built:
                namespace = namespaces.get(piece.node)
                yield tree_gaps.failed_build(piece.node, piece.build.reason, self._cache, namespace)

    def left_out(self, root: KustomizationNode, *, is_built: bool = True) -> Iterator[NotChecked]:
        """One note for each tree that is built, or else read, without some of its entries."""
        gaps = [
            *tree_gaps.left_out(root, self._graph),
            *tree_gaps.unrendered_charts(root, self._graph, self._builds),
        ]
        if gaps:
            first, more = gaps[0], f", and {len(gaps) - 1} more" if len(gaps) > 1 else ""
            reason = (
                f"{'built' if is_built else 'read'} without {first.what} ({first.reason}){more}"
            )
            yield NotChecked(tree_gaps.shown(root, self._cache), reason)

    def of_charts(self, node: KustomizationNode) -> Iterator[Manifest]:
        """The objects of the charts of a kustomization, as helm makes them."""
        for result in self._builds.charts(node).values() if node.charts else ():
            yield from () if isinstance(result, str) else result

    def _note(
        self, root: KustomizationNode, pieces: Sequence[TreePiece], *, matters: bool
    ) -> Iterator[NotChecked]:
        """Why a tree is not built as a whole, in one note."""
        first = next((each for each in pieces if each.build and not each.is_built), None)
        if first is None or first.build is None:
            yield from self.left_out(root, is_built=all(each.is_built for each in pieces))
            return
        shown, failure = tree_gaps.shown(first.node, self._cache), first.build.failure
        reason = first.build.reason
        if failure is not None and not matters:
            reason = reason_of(failure, shown)
        yield NotChecked(shown, f"not rendered: {reason}")


def _failure(pieces: Iterable[TreePiece]) -> BuildFailure | None:
    """The error of the first kustomization that is not built: those in it are a part of that."""
    builds = (piece.build for piece in pieces if piece.build is not None)
    return next((build.failure for build in builds if build.manifests is None), None)
