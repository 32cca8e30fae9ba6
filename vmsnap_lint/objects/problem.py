"""The result of a check: a fault at a symbolic place."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Severity
    from vmsnap_lint.objects.manifest import Place, SourceSpan
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["Problem"]


class Problem(NamedTuple):
    """One fault. `severity` and `help` are set only if they differ from the card.

    `fixes` are what would mend it, the first is the one that --fix applies. `explains` are places
    whose faults are consequences of this one. `more` counts further faults of the same rule and
    object that it stands for. `cluster` is the declared cluster that it is found in, "" for none.
    """

    at: Place | SourceSpan
    message: str
    related: tuple[Place | SourceSpan, ...] = ()
    severity: Severity | None = None
    fixes: tuple[Remedy, ...] = ()
    help: str = ""
    explains: tuple[Place, ...] = ()
    more: int = 0
    cluster: str = ""
