"""A page with another text becomes the value of one of its documents again."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.editing.operations import same
from vmsnap_lint.document.embedded import page

if TYPE_CHECKING:
    from vmsnap_lint.document.source import Document

__all__ = ["in_page"]


def in_page(document: Document, text: str, value: Any) -> bool:
    """Whether the document at the same place of the page has this value, where that has a text."""
    start = document.source.start
    read = page.read(document.file, text.encode("utf-8", "surrogatepass"))
    sources = (block.source for block in read.excerpts if block.source.start == start)
    return any(
        each.index == document.index and same(each.value, value)
        for source in sources
        for each in source.documents
    )
