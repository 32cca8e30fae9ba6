"""Parts of a graph: what is not complete, and what remains where complete chains are folded."""

from __future__ import annotations

from collections import Counter

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.pictures.object_graph import Fold, ObjectGraph, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vmsnap_lint.report.pictures.object_graph import EdgeChain

__all__ = ["broken", "fitting", "folded", "part"]

_COMPLETE = "complete"
_FEW = 36  # as many complete snapshots as are drawn one by one


def broken(graph: ObjectGraph) -> ObjectGraph:
    """The chains that are not complete: their objects, and no others of the same VMs."""
    kept = [each for each in graph.chains if each.state not in (State.OK, State.SKIPPED)]
    empty = _roots(graph, "empty")
    heads = [each for each in graph.chains if each.root in empty and not each.edges[1:]]
    chosen = {id(each) for each in (*kept, *heads)}
    return part(graph, [each for each in graph.chains if id(each) in chosen])


def folded(graph: ObjectGraph, most: int = _FEW) -> ObjectGraph:
    """The graph; more than `most` complete snapshots and the like are counted and not drawn."""
    complete = _roots(graph, _COMPLETE)
    if len(complete) <= most:
        return graph
    kept = part(graph, [each for each in graph.chains if each.root not in complete])
    homes = (node for node in graph.nodes if node.id in complete)
    counts = Counter((node.cluster, node.namespace, node.kind) for node in homes)
    return kept._replace(folded=tuple(Fold(*home, number) for home, number in counts.items()))


def fitting(graph: ObjectGraph, fits: Callable[[ObjectGraph], bool]) -> ObjectGraph:
    """The graph as far as `fits` allows: first complete objects are folded, then what is left out.

    What surely breaks stays longest.
    """
    if fits(graph):
        return graph
    few = folded(graph, 0)
    if fits(few):
        return few
    few = broken(few)._replace(folded=few.folded)
    kept = _by_urgency(few)
    low, high = 0, len(kept)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(_first(few, kept, middle)) else (low, middle - 1)
    return _first(few, kept, low)


def _by_urgency(graph: ObjectGraph) -> list[str]:
    """The roots of a graph, those that break first."""
    listed = dict.fromkeys(chain.root for chain in graph.chains)
    roots = [node for node in graph.nodes if node.id in listed]
    order = (State.BROKEN, State.UNKNOWN, State.SKIPPED, State.MISSING, State.OK)
    return [node.id for node in sorted(roots, key=lambda node: order.index(node.state))]


def _first(graph: ObjectGraph, roots: list[str], number: int) -> ObjectGraph:
    """The graph of the first roots; the others are counted."""
    kept = set(roots[:number])
    chosen = part(graph, [chain for chain in graph.chains if chain.root in kept])
    return chosen._replace(left_out=len(roots) - number)


def part(graph: ObjectGraph, chains: Iterable[EdgeChain]) -> ObjectGraph:
    """The graph of some of its chains; nodes keep their ids."""
    listed = tuple(chains)
    numbers: dict[int, int] = {}
    for chain in listed:
        for edge in chain.edges:
            numbers.setdefault(edge, len(numbers))
    edges = tuple(graph.edges[edge] for edge in numbers)
    ids = {chain.root for chain in listed}
    ids.update(name for edge in edges for name in (edge.start, edge.end))
    return graph._replace(
        nodes=tuple(node for node in graph.nodes if node.id in ids),
        edges=edges,
        chains=tuple(
            each._replace(edges=tuple(numbers[edge] for edge in each.edges)) for each in listed
        ),
    )


def _roots(graph: ObjectGraph, verdict: str) -> set[str]:
    """The ids of the objects with that verdict."""
    return {node.id for node in graph.nodes if node.verdict == verdict}
