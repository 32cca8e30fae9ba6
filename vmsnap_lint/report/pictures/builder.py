"""Collects the nodes and edges of a graph, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.kubevirt.storage.volume_trail import VOLUME
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.report.pictures.graph import Chain, Edge, Graph, Node, State

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from vmsnap_lint.kubevirt.trail import ChainLink

__all__ = ["GraphBuilder", "Step"]

_RANK = {state: rank for rank, state in enumerate(State)}


class Step(NamedTuple):
    """An edge to be drawn, by the positions of its ends."""

    start: int
    end: int
    state: State = State.OK
    reason: str = ""


class GraphBuilder:
    """Nodes and edges so far: those that are added again keep the worst state."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._numbers: dict[Hashable, int] = {}
        self._edges: list[Edge] = []
        self._steps: dict[tuple[int, int], int] = {}
        self._chains: list[Chain] = []

    def node(
        self, link: ChainLink, cluster: str, state: State = State.OK, owner: int | None = None
    ) -> int:
        """The number of the node of an object; `owner` is the VM of a volume."""
        place = link.at
        at = None if place is None else place.manifest.position
        step = place.path if place is not None and link.kind == VOLUME else ()
        key = (cluster, link.kind, link.namespace, link.name, link.note, owner, at, step)
        state = max(state, _of_absence(link.absence), key=_RANK.__getitem__)
        number = self._numbers.setdefault(key, len(self._nodes))
        if number == len(self._nodes):
            name, home = f"n{number + 1}", link.namespace
            node = Node(name, link.kind, home, link.name, cluster, state)
            self._nodes.append(node._replace(note=link.note, place=place))
        elif _RANK[state] > _RANK[self._nodes[number].state]:
            self._nodes[number] = self._nodes[number]._replace(state=state)
        return number

    def root(
        self, link: ChainLink, cluster: str, state: State, verdict: str, reasons: tuple[str, ...]
    ) -> int:
        """The number of the node of an object with a verdict."""
        number = self.node(link, cluster, state)
        if not self._nodes[number].verdict or self._nodes[number].state is state:
            told = self._nodes[number]._replace(verdict=verdict, reasons=reasons)
            self._nodes[number] = told
        return number

    def chain(self, root: int, state: State, steps: Iterable[Step]) -> None:
        """Adds a chain of steps for a root."""
        edges = tuple(map(self._edge, steps))
        self._chains.append(Chain(self._nodes[root].id, state, edges))

    def _edge(self, step: Step) -> int:
        start, end, state, reason = step
        number = self._steps.setdefault((start, end), len(self._edges))
        edge = Edge(self._nodes[start].id, self._nodes[end].id, state, reason)
        if number == len(self._edges):
            self._edges.append(edge)
        elif _RANK[state] > _RANK[self._edges[number].state]:
            self._edges[number] = edge
        return number

    def graph(self) -> Graph:
        """All that was added."""
        return Graph(tuple(self._nodes), tuple(self._edges), tuple(self._chains))


def _of_absence(absence: Absence | None) -> State:
    if absence is None:
        return State.OK
    return State.MISSING if absence is Absence.ABSENT else State.UNKNOWN
