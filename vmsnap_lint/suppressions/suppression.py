"""One rule that is ignored somewhere, on whose word, until when; what came of it. Floor 2.3."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.scope import Scope

if TYPE_CHECKING:
    from vmsnap_lint.manifest import Manifest, Place, Spot
    from vmsnap_lint.suppressions.flaw import Flaw

__all__ = ["Cover", "Judged", "OneLine", "OneObject", "Suppression", "WholeFile"]


class OneLine(NamedTuple):
    """What is found at a line of a file."""

    file: str
    line: int


class WholeFile(NamedTuple):
    """What is found anywhere in a file."""

    file: str


class OneObject(NamedTuple):
    """What is found of an object, wherever that is written."""

    manifest: Manifest


Cover = OneLine | WholeFile | OneObject | Scope


class Suppression(NamedTuple):
    """One rule that is not to be reported somewhere.

    `at` is where the rule is named, `whole` the comment, annotation or entry that names it (None
    where nothing can be said about that). `until` is the last day, "" for no end. `rule` is "" and
    `cover` None where the flaw leaves nothing to say of them.
    """

    rule: str
    cover: Cover | None
    at: Place | Spot | None
    whole: Place | Spot | None
    reason: str = ""
    until: str = ""
    flaw: Flaw | None = None

    def has_ended(self, today: str) -> bool:
        """Whether `today` (YYYY-MM-DD, "" where nobody knows) is past the last day."""
        return bool(self.until) and self.until < today


class Judged(NamedTuple):
    """What became of a suppression in a run; `hint` is for a rule that does not exist."""

    suppression: Suppression
    unknown: bool = False
    unused: bool = False
    expired: bool = False
    hint: str = ""
