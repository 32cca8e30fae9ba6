"""Why a volume is left out, blocks the snapshot, or cannot be judged. Floor 4."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.manifest import Place
    from vmsnap_lint.model import Severity

__all__ = ["Cause"]


class Cause(NamedTuple):
    """One reason, named by the rule that reports it.

    `severity` lowers the card's where the evidence is weaker than the rule assumes.
    """

    rule: str
    reason: str
    related: tuple[Place, ...] = ()
    severity: Severity | None = None
