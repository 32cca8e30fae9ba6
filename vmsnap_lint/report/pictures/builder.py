"""Collects the nodes and edges of a graph, each once."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.storage.volume_trail import VOLUME
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.report.pictures.object_graph import (
    EdgeChain,
    ObjectEdge,
    ObjectGraph,
    ObjectNode,
    State,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from vmsnap_lint.kubevirt.chain_link import ChainLink

__all__ = ["GraphBuilder", "NewEdge"]

_ORDER = tuple(State)


class NewEdge(NamedTuple):
    """An edge to be drawn, by the positions of its ends."""

    start: int
    end: int
    state: State = State.OK
    reason: str = ""


class GraphBuilder:
    """Nodes and edges so far: those that are added again keep the worst state."""

    def __init__(self) -> None:
        self._nodes: list[ObjectNode] = []
        self._numbers: dict[Hashable, int] = {}
        self._edges: list[ObjectEdge] = []
        self._steps: dict[tuple[int, int], int] = {}
        self._chains: list[EdgeChain] = []

    def node(
        self, link: ChainLink, cluster: str, state: State = State.OK, owner: int | None = None
    ) -> int:
        """The number of the node of an object; `owner` is the VM of a volume."""
        kind, home, name, place, absence, note = link
        at = None if place is None else place.manifest.position
        step = place.path if place is not None and kind == VOLUME else ()
        key = (cluster, kind, home, name, note, owner, at, step)
        if absence is not None:
            state = _worse(state, State.MISSING if absence is Absence.ABSENT else State.UNKNOWN)
        number = self._numbers.setdefault(key, len(self._nodes))
        if number == len(self._nodes):
            named = f"n{number + 1}"
            node = ObjectNode(named, kind, home, name, cluster, state, "", (), note, place)
            self._nodes.append(node)
        elif state is not State.OK:
            node = self._nodes[number]
            self._nodes[number] = node._replace(state=_worse(node.state, state))
        return number

    def root(
        self, link: ChainLink, cluster: str, state: State, verdict: str, reasons: tuple[str, ...]
    ) -> int:
        """The number of the node of an object with a verdict."""
        number = self.node(link, cluster, state)
        node = self._nodes[number]
        if not node.verdict or node.state is state:
            self._nodes[number] = node._replace(verdict=verdict, reasons=reasons)
        return number

    def tell(self, number: int, note: str) -> None:
        """Gives a node with a verdict a note, where no step tells the reason."""
        self._nodes[number] = self._nodes[number]._replace(note=note)

    def chain(self, root: int, state: State, steps: Iterable[NewEdge]) -> None:
        """Adds a chain of steps for a root."""
        edges = tuple(map(self._edge, steps))
        self._chains.append(EdgeChain(self._nodes[root].id, state, edges))

    def _edge(self, step: NewEdge) -> int:
        start, end, state, reason = step
        number = self._steps.setdefault((start, end), len(self._edges))
        if number == len(self._edges):
            edge = ObjectEdge(self._nodes[start].id, self._nodes[end].id, state, reason)
            self._edges.append(edge)
        elif state is not State.OK:
            edge = self._edges[number]
            if _worse(edge.state, state) is not edge.state:
                self._edges[number] = edge._replace(state=state, reason=reason)
        return number

    def graph(self) -> ObjectGraph:
        """All that was added."""
        return ObjectGraph(tuple(self._nodes), tuple(self._edges), tuple(self._chains))


def _worse(one: State, other: State) -> State:
    """The worse of two states, the first of equal ones."""
    return other if _ORDER.index(other) > _ORDER.index(one) else one
