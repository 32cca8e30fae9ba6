"""Why a volume is left out, blocks the snapshot, or cannot be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Severity
    from vmsnap_lint.objects.manifest import Place

__all__ = ["Cause"]


class Cause(NamedTuple):
    """One reason, named by the rule that reports it.

    `severity` lowers the card's where the evidence is weaker than the rule assumes. `at` is where
    the user mends it, if that is not the volume; `about` names what the input does not hold, so
    that it is told once.
    """

    rule: str
    reason: str
    related: tuple[Place, ...] = ()
    severity: Severity | None = None
    at: Place | None = None
    about: str = ""
