"""Suppressions: the ignored rule, its cover, reason and end, and their results."""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.scope import Scope

if TYPE_CHECKING:
    from vmsnap_lint.core.model import HasFile
    from vmsnap_lint.objects.manifest import Place, SourceSpan


__all__ = [
    "Cover", "OneLine", "OneObject", "Suppression", "SuppressionFlaw", "SuppressionResult",
    "WholeFile",
]  # fmt: skip


class SuppressionFlaw(Enum):
    """Why a suppression has no effect as it is written."""

    BLANKET = "it names no rule"
    DATE = "its end is not a date"
    LATE = "it is for the file, but not above the first object"
    MANY = "the file has too many before it"
    UNREADABLE = "it has an unknown form"


class OneLine(NamedTuple):
    """Covers the findings on a line of a file."""

    file: str
    line: int


class WholeFile(NamedTuple):
    """Covers the findings in a file."""

    file: str


class OneObject(NamedTuple):
    """Covers the findings of an object, in any file."""

    manifest: HasFile


Cover = OneLine | WholeFile | OneObject | Scope


class Suppression(NamedTuple):
    """One rule that is not reported for a part of the input.

    `at` is the place of the rule id, `directive` that of its comment, annotation or entry (None if
    it has no place). `until` is the last day, "" for no end. `rule` is "" and `cover` None if the
    flaw leaves them unknown.
    """

    rule: str
    cover: Cover | None
    at: Place | SourceSpan | None
    directive: Place | SourceSpan | None
    reason: str = ""
    until: str = ""
    flaw: SuppressionFlaw | None = None

    def has_ended(self, today: str) -> bool:
        """Whether `today` (YYYY-MM-DD, "" for unknown) is after the last day."""
        return bool(self.until) and self.until < today


class SuppressionResult(NamedTuple):
    """The result of a suppression in a run; `meant` are rules of nearly the name of none.

    `unmatched` says what an entry of the configuration names that does not exist, "" if it does.
    One that is `alone` might be used if the run had seen what is applied with its file.
    """

    suppression: Suppression
    unknown: bool = False
    unused: bool = False
    expired: bool = False
    meant: tuple[str, ...] = ()
    unmatched: str = ""
    alone: bool = False
