"""How a check is listed: its function and what it is called with. Floor 5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from vmsnap_lint.kinds import Kind
    from vmsnap_lint.problem import Problem
    from vmsnap_lint.world import World

    Gate = Callable[[Any, World], Container[str]]

__all__ = ["ANY", "FILE", "RUN", "SUPPRESSION", "Check"]

ANY = "any"
"""Called with every manifest of the input, whatever its kind."""
FILE = "file"
"""Called with every Source."""
RUN = "run"
"""Called once, with the world alone."""
SUPPRESSION = "suppression"
"""Called with every suppression alone, after all others, with what became of it."""


class Check(NamedTuple):
    """A generator of Problems: `function(subject, world)`, or `function(world)` for RUN.

    `on` is ANY, FILE, RUN, SUPPRESSION, or the kinds whose manifests it is called with. `when`
    (see gates) is asked once for all checks that share it, and gives the ids of those that may
    have something to say of it; it saves time and decides nothing.
    """

    function: Callable[..., Iterator[Problem]]
    on: tuple[Kind, ...] | str
    when: Gate | None = None

    def kinds(self) -> tuple[str, ...]:
        """The kinds as a card lists them."""
        return (self.on,) if isinstance(self.on, str) else tuple(kind.kind for kind in self.on)
