"""How a check is listed: what finds its problems, and what that is called with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.problem import Problem

    Condition = Callable[[Any, World], bool]
    CauseSource = Callable[[Any, World], Iterator[tuple[str, Problem]]]

__all__ = ["ANY", "FILE", "RUN", "SUPPRESSION", "Check", "row"]

ANY = "any"
"""Called with every manifest of the input, whatever its kind."""
FILE = "file"
"""Called with every Source."""
RUN = "run"
"""Called once, with the world alone."""
SUPPRESSION = "suppression"
"""Called with every suppression alone, after all others, with what became of it."""


class Check(NamedTuple):
    """What finds the problems of a rule: a function, sources of causes, or both.

    The function is a generator: `function(subject, world)`, or `function(world)` for RUN.
    `on` is ANY, FILE, RUN, SUPPRESSION, or the kinds whose manifests are asked about.
    `prefilter` (see prefilters) is asked once for all functions that share it; it saves time and
    decides nothing. `sources` (see causes) yield problems with the ids of their rules: those of
    this rule count, `unless` the condition holds.
    """

    function: Callable[..., Iterator[Problem]] | None
    on: tuple[Kind, ...] | str
    prefilter: Condition | None = None
    sources: tuple[CauseSource, ...] = ()
    unless: Condition | None = None

    def kinds(self) -> tuple[str, ...]:
        """The kinds as a card lists them."""
        return (self.on,) if isinstance(self.on, str) else tuple(kind.kind for kind in self.on)


def row(
    on: tuple[Kind, ...] | str, *sources: CauseSource, unless: Condition | None = None
) -> Check:
    """A check that is answered by sources of causes alone."""
    return Check(None, on, sources=sources, unless=unless)
