"""A page with another text becomes the values of its documents again."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.editing.operations import same
from vmsnap_lint.document.embedded import page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from vmsnap_lint.core.model import Edit
    from vmsnap_lint.document.source import Document

__all__ = ["are_in_page"]


def are_in_page(values: Mapping[Document, Any], text: str, edits: Sequence[Edit]) -> bool:
    """Whether the documents of a page have these values where it has a text, after the edits."""
    file = next(iter(values)).file
    read = page.read(file, text.encode("utf-8", "surrogatepass"))
    found = {
        (block.source.start, document.index): document
        for block in read.excerpts
        for document in block.source.documents
    }
    moved = _moved(edits)
    for document, value in values.items():
        line, *rest = document.source.start
        there = found.get(((line + moved(line), *rest), document.index))
        if there is None or not same(there.value, value):
            return False
    return True


def _moved(edits: Sequence[Edit]) -> Callable[[int], int]:
    """By how many lines the edits above it move a line."""
    ordered = sorted(edits, key=lambda edit: edit.span)
    lines = [edit.span.line for edit in ordered]
    added = (_breaks(edit.text) - (edit.span.end_line - edit.span.line) for edit in ordered)
    by = [0, *accumulate(added)]
    return lambda line: by[bisect_left(lines, line)]


def _breaks(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")
