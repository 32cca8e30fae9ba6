"""What can be wrong with a text before it is a document. Floor 1."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.model import Span

__all__ = ["Fault", "FaultKind", "Flaw", "RefusedError"]


class FaultKind(Enum):
    """Why a text, or a part of it, cannot be taken as it is written."""

    SYNTAX = "syntax"
    ENCODING = "encoding"
    BUDGET = "budget"
    DUPLICATE_KEY = "duplicate-key"
    NOT_MAPPING = "not-mapping"
    TEMPLATE = "template"


class Fault(NamedTuple):
    """One fault at one place.

    `document` counts as `Document.index` does; it is -1 where the whole file is meant. `ours` says
    that the text it stands in looks like a manifest of a kind we know about.
    """

    kind: FaultKind
    message: str
    span: Span
    document: int
    ours: bool


class Flaw(NamedTuple):
    """A fault before lines are counted: a stretch of characters of the text that was read.

    `other` is the character where the place begins that it clashes with, or -1.
    """

    kind: FaultKind
    message: str
    start: int
    end: int
    other: int = -1


class RefusedError(Exception):
    """The input's fault: Kubernetes would refuse the document. Becomes a Fault, never escapes."""

    def __init__(
        self, message: str, start: int, end: int, kind: FaultKind = FaultKind.SYNTAX
    ) -> None:
        super().__init__(message)
        self.flaw = Flaw(kind, message, start, end)
