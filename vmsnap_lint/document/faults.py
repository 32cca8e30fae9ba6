"""Faults of a text that keep it from being a document, and the limits on its size."""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.relevance import Relevance

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Span

__all__ = ["Allowance", "Budget", "Fault", "FaultKind", "RawFault", "RejectedError"]


class Budget(NamedTuple):
    """Limits that keep hostile input from using up time or memory; each has its own fault.

    All but the depth hold for a whole file. Real manifests nest some 40 levels (CRDs); 250 leaves
    recursive readers of values far below Python's own limit. Kubernetes stops at 10,000 levels and
    at 3 MiB a request, but an exported file may hold many objects.
    """

    bytes: int = 10 * 1024 * 1024
    nodes: int = 400_000
    containers: int = 300_000
    """Objects and arrays: even an empty one costs some hundred bytes."""
    depth: int = 250
    documents: int = 10_000
    repeats: int = 1_000
    """Duplicate keys."""


class Allowance:
    """What the documents of one file may still cost together: values and duplicate keys.

    `characters` are those of texts that are parsed again, so that a run costs no more than a
    multiple of its input. Where something is spent, the rest of the file is not read. What
    `is_ample` need not be counted: no text of that length costs more.
    """

    __slots__ = ("characters", "containers", "is_ample", "is_spent", "nodes", "repeats")

    def __init__(self, limits: Budget, length: int = 0, *, is_ample: bool = False) -> None:
        self.is_ample = is_ample
        self.nodes = limits.nodes
        self.containers = limits.containers
        self.repeats = limits.repeats
        self.characters = _FEW_CHARACTERS + 2 * length
        self.is_spent = False

    def spent(self, what: str, start: int, end: int) -> RejectedError:
        """The fault of a file with more of something than is left."""
        self.is_spent = True
        message = f"the file holds more than {what}; the rest is not read"
        return RejectedError(message, start, end, FaultKind.BUDGET)


_FEW_CHARACTERS = 2_000


class FaultKind(Enum):
    """Why a text, or a part of it, is not a document."""

    SYNTAX = "syntax"
    ENCODING = "encoding"
    BUDGET = "budget"
    DUPLICATE_KEY = "duplicate key"
    NOT_MAPPING = "not-mapping"
    TEMPLATE = "template"
    DROPPED = "dropped"
    """Text that kubectl passes over, in silence."""


class Fault(NamedTuple):
    """One fault at one place.

    `document` counts as `Document.index` does; it is -1 where the whole file is meant.
    `relevance` is what the text around it would mean as a manifest. `extent` has the characters of
    that text, `first` the place that the fault conflicts with, if there is one. `top` is the key
    that the outermost object has twice, and `at` the character where it is the second time.
    """

    kind: FaultKind
    message: str
    span: Span
    document: int
    relevance: Relevance
    extent: tuple[int, int] = (0, 0)
    first: Span | None = None
    top: str = ""
    at: int = 0

    @property
    def ours(self) -> bool:
        """Whether it is in what looks like a manifest of KubeVirt's or the snapshotter's."""
        return self.relevance >= Relevance.MARKER


class RawFault(NamedTuple):
    """A fault at characters `start` to `end` of the text, before lines are counted.

    `other` has the characters of the value that it conflicts with, if there is one. `top` is the
    key that the outermost object has twice, where that is written in lines.
    """

    kind: FaultKind
    message: str
    start: int
    end: int
    other: tuple[int, int] | None = None
    top: str = ""


class RejectedError(Exception):
    """The input's fault: Kubernetes would reject the document. `read` turns it into a Fault."""

    def __init__(
        self, message: str, start: int, end: int, kind: FaultKind = FaultKind.SYNTAX
    ) -> None:
        super().__init__(message)
        self.fault = RawFault(kind, message, start, end)
