"""The entry of a check: its function and its arguments."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.problem import Problem

    Condition = Callable[[Any, World], bool]
    CauseSource = Callable[[Any, World], Iterator[tuple[str, Problem]]]

__all__ = ["ANY", "FILE", "RUN", "SUPPRESSION", "Check", "row"]

ANY = "any"
"""Called with every manifest of the input, of any kind."""
FILE = "file"
"""Called with every Source."""
RUN = "run"
"""Called once, with only the world."""
SUPPRESSION = "suppression"
"""Called with only a SuppressionResult, for each suppression, after all other checks."""


class Check(NamedTuple):
    """What yields the problems of a rule: a function, sources of causes, or both.

    The function is a generator: `function(subject, world)`, or `function(world)` for RUN.
    `on` is ANY, FILE, RUN, SUPPRESSION, or the kinds whose manifests it is called with.
    `prefilter` (see prefilters) is called once for all functions that share it. `sources` (see
    causes) yield problems with the ids of their rules: those of this rule count, `unless` the
    condition holds.
    """

    function: Callable[..., Iterator[Problem]] | None
    on: tuple[Kind, ...] | str
    prefilter: Condition | None = None
    sources: tuple[CauseSource, ...] = ()
    unless: Condition | None = None

    def kinds(self) -> tuple[str, ...]:
        """The kinds as a card lists them."""
        return (self.on,) if isinstance(self.on, str) else tuple(kind.kind for kind in self.on)

    def is_on(self, subject: tuple[str, str] | str) -> bool:
        """Whether it is called with manifests of this kind, or with every FILE."""
        if isinstance(self.on, str):
            return self.on == (FILE if subject == FILE else ANY)
        return subject in self.on


def row(
    on: tuple[Kind, ...] | str, *sources: CauseSource, unless: Condition | None = None
) -> Check:
    """A check without a function: its problems are causes."""
    return Check(None, on, sources=sources, unless=unless)
