"""What can be built of a tree: all of it, else the kustomizations in it, else the files.

More tools never mean that less is seen: whatever fails, the files of objects are read as written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vmsnap_lint.deploy.render.dry_run import Chain
    from vmsnap_lint.deploy.render.graph import Graph
    from vmsnap_lint.deploy.render.kustomization_node import KustomizationNode
    from vmsnap_lint.deploy.render.kustomize_jobs import Build

__all__ = ["TreePiece", "pieces"]

_MOST_ROUNDS = 4  # each starts programs; what is left then is read as written

_MOST_ABOVE = 50  # kustomizations around one that change its names


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


def pieces(
    roots: Iterable[KustomizationNode],
    build: Callable[[list[KustomizationNode]], Mapping[KustomizationNode, Build]],
    graph: Graph,
) -> dict[KustomizationNode, list[TreePiece]]:
    """The pieces of each tree; each kustomization of a tree is one of them at most once."""
    result: dict[KustomizationNode, list[TreePiece]] = {root: [] for root in roots}
    seen = {root: {root.location} for root in result}
    waiting: list[tuple[KustomizationNode, KustomizationNode, Chain]]
    waiting = [(root, root, ()) for root in result]
    for number in range(_MOST_ROUNDS + 1):
        tried = [] if number == _MOST_ROUNDS else _whole(node for _, node, _ in waiting)
        built = build(tried)
        stack, waiting = waiting[::-1], []
        while stack:
            root, node, above = stack.pop()
            piece = TreePiece(node, above, built.get(node))
            result[root].append(piece)
            if piece.is_built:
                continue
            for location in node.included:
                if location not in seen[root]:
                    seen[root].add(location)
                    below = graph.node(location)
                    is_tried = number < _MOST_ROUNDS and not below.is_component
                    (waiting if is_tried else stack).append(
                        (root, below, (node, *above)[:_MOST_ABOVE])
                    )
    return result


def _whole(nodes: Iterable[KustomizationNode]) -> list[KustomizationNode]:
    """Those that can be built by themselves."""
    return [node for node in dict.fromkeys(nodes) if not node.is_component]
