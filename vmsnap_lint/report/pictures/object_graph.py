"""A graph of the objects that the verdicts of a run were derived from."""

from __future__ import annotations

from enum import StrEnum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Place

__all__ = ["EdgeChain", "Fold", "ObjectEdge", "ObjectGraph", "ObjectNode", "State"]


class State(StrEnum):
    """What an object, or the step from one to the next, means for the verdict."""

    OK = "ok"
    SKIPPED = "skipped"
    """Not part of a snapshot by its nature, or a snapshot without data."""
    UNKNOWN = "unknown"
    BROKEN = "broken"
    MISSING = "missing"
    """An object that does not exist."""


class ObjectNode(NamedTuple):
    """An object. `id` is "n" with a number, the same in each run over the same input.

    `verdict` and `reasons` are those of a snapshot, restore, clone or export, and of a VM that one
    is previewed for, else "" and (). `name` is "" for an object that nothing names; `note` then
    says which. Of a previewed VM `note` is the reason that no step tells. `place` is where it is
    declared; its line is computed only when it is asked for.
    """

    id: str
    kind: str
    namespace: str | None
    name: str
    cluster: str
    state: State
    verdict: str = ""
    reasons: tuple[str, ...] = ()
    note: str = ""
    place: Place | None = None

    @property
    def file(self) -> str:
        """The file that declares it, as the run names it; "" where the input does not show it."""
        return self.position[0]

    @property
    def line(self) -> int | None:
        """The line of its name in that file."""
        return self.position[1]

    @property
    def position(self) -> tuple[str, int | None]:
        """File and line together."""
        from vmsnap_lint.report.findings import where  # only what is shown has a line

        if self.place is None:
            return "", None
        file, span = where(self.place)
        return file, span.line


class ObjectEdge(NamedTuple):
    """A step from the object `start` to `end`, by their ids; `reason` says why it is not ok."""

    start: str
    end: str
    state: State
    reason: str = ""


class EdgeChain(NamedTuple):
    """The steps for one volume of a snapshot, restore, clone or export, or for that itself.

    `root` is the id of the latter, `edges` the positions of the steps in the graph.
    """

    root: str
    state: State
    edges: tuple[int, ...] = ()


class Fold(NamedTuple):
    """A number of complete snapshots and the like of a namespace that are not drawn.

    `namespace` is None as well where they are of several, `namespaces` the number of these.
    """

    cluster: str
    namespace: str | None
    kind: str
    number: int
    namespaces: int = 1


class ObjectGraph(NamedTuple):
    """The objects, each once, the steps between them, and the chains that these make up.

    `folded` are complete objects that are not drawn; `left_out` counts others for which there is no
    room.
    """

    nodes: tuple[ObjectNode, ...] = ()
    edges: tuple[ObjectEdge, ...] = ()
    chains: tuple[EdgeChain, ...] = ()
    folded: tuple[Fold, ...] = ()
    left_out: int = 0
