"""What a check yields: a fault at a symbolic place, not yet a line in a file. Floor 2.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.manifest import Place, Spot
    from vmsnap_lint.model import Edit, Severity

__all__ = ["Problem", "Refusal"]


class Problem(NamedTuple):
    """One fault. `severity` and `help` are set only where they are other than the card's."""

    at: Place | Spot
    message: str
    related: tuple[Place | Spot, ...] = ()
    severity: Severity | None = None
    edits: tuple[Edit, ...] = ()
    help: str = ""


class Refusal(NamedTuple):
    """One reason why the API server or a webhook refuses an object, named by its rule."""

    rule: str
    problem: Problem
