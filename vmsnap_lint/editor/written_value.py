"""A value of an object at a place in a file."""

from __future__ import annotations

from bisect import bisect_right

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Path, Span
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["WrittenValue", "document_at", "holds"]


class WrittenValue(NamedTuple):
    """A value (or key) of an object, as one world has it.

    `span` is where it is written in the file that was asked about. `typed` is the text of a value
    that was changed since, None where nothing was; the world knows the object unless it `is_new`.
    """

    world: World
    manifest: Manifest
    path: Path
    is_key: bool
    span: Span
    typed: str | None = None
    is_new: bool = False

    @property
    def value(self) -> Any:
        """What stands there."""
        return self.manifest.get(*self.path) if self.typed is None else self.typed


def document_at(source: Source, line: int, column: int) -> Document | None:
    """The document of a file that a place is in."""
    index = source.lines.nearest(line, column)
    documents = source.documents
    if index is None or not documents:
        return None
    number = bisect_right(documents, index, key=lambda one: source.piece(one.index).start) - 1
    return documents[number] if number >= 0 else None


def holds(span: Span, line: int, column: int) -> bool:
    """Whether a place is in a span, or directly behind it."""
    return span[:2] <= (line, column) <= span[2:]
