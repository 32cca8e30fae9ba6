"""What can be built of a tree: all of it, else the kustomizations in it, else the files.

More tools never mean that less is seen: whatever fails, the files of objects are read as written.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from vmsnap_lint.deploy.render.dry_run import Chain
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.deploy.render.kustomize_jobs import Build

__all__ = ["TreePiece", "pieces"]

_MOST_ROUNDS = 4  # each starts programs; what is left then is read as written
_MOST_ABOVE = 50  # kustomizations around one that change its names
_MOST_PIECES = 1_000  # of a tree; more of them only where a kustomization is in none of these
_NAMES = ("namePrefix", "nameSuffix", "namespace")


class TreePiece(NamedTuple):
    """A kustomization of a tree: built, or read as written without the ones that it includes.

    `above` are the kustomizations that include it, which could not be built, the innermost first.
    `build` is None where none was tried.
    """

    node: KustomizationNode
    above: Chain
    build: Build | None

    @property
    def is_built(self) -> bool:
        """Whether its objects are those of kustomize."""
        return self.build is not None and self.build.manifests is not None


class _Next(NamedTuple):
    """A kustomization that is to become a piece.

    `is_stopped` says that one around it met a limit, so that no build of it is tried.
    """

    node: KustomizationNode
    above: Chain
    is_stopped: bool

    @property
    def is_tried(self) -> bool:
        """Whether a build of it is tried."""
        return not (self.node.is_component or self.is_stopped)


def pieces(
    roots: Iterable[KustomizationNode],
    build: Callable[[list[KustomizationNode]], Mapping[KustomizationNode, Build]],
    graph: Graph,
) -> dict[KustomizationNode, list[TreePiece]]:
    """The pieces of each tree. One that is included with several names is as many pieces."""
    cuts = {root: _Cut(root, graph) for root in roots}
    for _ in range(_MOST_ROUNDS):
        tried = [each.node for cut in cuts.values() for each in cut.waiting if each.is_tried]
        built = build(list(dict.fromkeys(tried)))
        for cut in cuts.values():
            cut.take(built)
    for cut in cuts.values():
        cut.finish()
    return {root: cut.pieces for root, cut in cuts.items()}


class _Cut:
    """The pieces of one tree so far, and what is still to be cut."""

    def __init__(self, root: KustomizationNode, graph: Graph) -> None:
        self.pieces: list[TreePiece] = []
        self.waiting = [_Next(root, (), is_stopped=False)]
        self._graph = graph
        self._seen = {root.location}
        self._seen_as: set[object] = set()

    def take(self, built: Mapping[KustomizationNode, Build]) -> None:
        """Makes pieces of all that waits; what is in those that could not be built waits then."""
        stack, self.waiting = self.waiting[::-1], []
        while stack:
            node, above, is_stopped = stack.pop()
            piece = TreePiece(node, above, None if is_stopped else built.get(node))
            self.pieces.append(piece)
            if not piece.is_built:
                is_stopped = is_stopped or (piece.build is not None and piece.build.is_stopped)
                for below in self._below(piece, is_stopped=is_stopped):
                    (self.waiting if below.is_tried else stack).append(below)

    def finish(self) -> None:
        """Makes pieces of all that is left, without a build."""
        while self.waiting:
            self.waiting = [each._replace(is_stopped=True) for each in self.waiting]
            self.take({})

    def _below(self, piece: TreePiece, *, is_stopped: bool) -> Iterator[_Next]:
        """What the kustomization of a piece includes, each with other names once."""
        above = (piece.node, *piece.above)[:_MOST_ABOVE]
        names = tuple(filter(any, map(_names, above)))
        around = {each.location for each in above}
        for location in piece.node.included:
            is_new = location not in self._seen
            key = (location, names)
            is_one_more = is_new or len(self.pieces) < _MOST_PIECES
            if location in around or key in self._seen_as or not is_one_more:
                continue
            self._seen.add(location)
            self._seen_as.add(key)
            yield _Next(self._graph.node(location), above, is_stopped)


def _names(node: KustomizationNode) -> tuple[str, ...]:
    """What a kustomization does to names."""
    return tuple(str(node.value.get(field) or "") for field in _NAMES)
