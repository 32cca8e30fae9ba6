"""One rule that is ignored somewhere, on whose word, until when; what came of it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.scope import Scope

if TYPE_CHECKING:
    from vmsnap_lint.core.model import HasFile
    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Place, SourceSpan


__all__ = [
    "Cover",
    "OneLine",
    "OneObject",
    "Suppression",
    "SuppressionFlaw",
    "SuppressionResult",
    "WholeFile",
    "speaks_to_us",
]


class SuppressionFlaw(Enum):
    """Why a suppression cannot hold as it is written."""

    BLANKET = "it names no rule"
    DATE = "its end is no date"
    LATE = "it is meant for the file and does not stand at its head"
    UNREADABLE = "it is none of the forms that we read"


class OneLine(NamedTuple):
    """What is found at a line of a file."""

    file: str
    line: int


class WholeFile(NamedTuple):
    """What is found anywhere in a file."""

    file: str


class OneObject(NamedTuple):
    """What is found of an object, wherever that is written."""

    manifest: HasFile


Cover = OneLine | WholeFile | OneObject | Scope


class Suppression(NamedTuple):
    """One rule that is not to be reported somewhere.

    `at` is where the rule is named, `whole` the comment, annotation or entry that names it (None
    where nothing can be said about that). `until` is the last day, "" for no end. `rule` is "" and
    `cover` None where the flaw leaves nothing to say of them.
    """

    rule: str
    cover: Cover | None
    at: Place | SourceSpan | None
    whole: Place | SourceSpan | None
    reason: str = ""
    until: str = ""
    flaw: SuppressionFlaw | None = None

    def has_ended(self, today: str) -> bool:
        """Whether `today` (YYYY-MM-DD, "" where nobody knows) is past the last day."""
        return bool(self.until) and self.until < today


class SuppressionResult(NamedTuple):
    """What became of a suppression in a run; `hint` is for a rule that does not exist."""

    suppression: Suppression
    unknown: bool = False
    unused: bool = False
    expired: bool = False
    hint: str = ""


_MARK = b"vmsnap-lint"


def speaks_to_us(source: Source) -> bool:
    """Whether our name stands in the file, in any encoding that is read."""
    data = source.data
    return _MARK in data or (b"\0" in data and _MARK in data.replace(b"\0", b""))
