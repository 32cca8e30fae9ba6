"""Operations on the value of a document become edits of its file, if they can be certain.

What the document is read as after the edits is compared with what was meant: where an alias, a tag
or a way to write something that is not foreseen here makes another value of it, there are none.
"""

from __future__ import annotations

from itertools import islice, pairwise, product

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document import compose, reader
from vmsnap_lint.document.editing.additions import entry_edits, item_edits
from vmsnap_lint.document.editing.file_edits import file_edit, with_breaks
from vmsnap_lint.document.editing.operations import (
    EntryAdded,
    ItemAdded,
    KeyRenamed,
    RepeatRemoved,
    ScalarSet,
    intended,
    same,
)
from vmsnap_lint.document.editing.removals import removal_edit, repeat_edit
from vmsnap_lint.document.editing.replacements import key_edit, scalar_edit
from vmsnap_lint.document.editing.spot import UneditableError, Written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.model import Edit
    from vmsnap_lint.document.editing.operations import Operation
    from vmsnap_lint.document.positions import Lines
    from vmsnap_lint.document.source import HomeText

    Change = tuple[int, int, str]

__all__ = ["edits_of", "rewritten"]

_MOST_WAYS = 4  # to write the same that are tried


def edits_of(home: HomeText, operations: Sequence[Operation]) -> tuple[Edit, ...]:
    """The edits that make the document hold what the operations say, nothing else changed.

    There are none where that is not certain.
    """
    document = home.document
    piece, lines = document.source.piece(document.index), document.source.lines
    try:
        value = intended(document.value, operations)
        written = Written(lines.text, compose.places(lines.text, piece), piece.json)
        ways = [tuple(_ways(written, operation)) for operation in operations]
    except (UneditableError, LookupError):
        return ()
    for changes in islice(product(*ways), _MOST_WAYS):
        ordered = sorted(with_breaks(change, lines) for change in changes)
        if not _are_apart(ordered):
            continue
        old = lines.text[piece.start : piece.end]
        if not _is_read_as(rewritten(old, ordered, piece.start), value, old):
            continue
        edits = [file_edit(document.file, change, lines) for change in ordered]
        if home.holds is None or home.holds(_in_file(lines, edits), value):
            return tuple(filter(None, edits)) if all(edits) else ()
    return ()


def rewritten(text: str, changes: Sequence[Change], base: int = 0) -> str:
    """The text, which begins at `base`, after changes in their order, none of which overlap."""
    parts, position = [], 0
    for start, end, new in changes:
        parts += [text[position : start - base], new]
        position = end - base
    return "".join((*parts, text[position:]))


def _ways(written: Written, operation: Operation) -> Iterator[Change]:
    match operation:
        case ScalarSet():
            yield scalar_edit(written, operation)
        case KeyRenamed():
            yield key_edit(written, operation)
        case EntryAdded():
            yield from entry_edits(written, operation)
        case ItemAdded():
            yield from item_edits(written, operation)
        case RepeatRemoved():
            yield repeat_edit(written, operation)
        case _:
            yield removal_edit(written, operation)


def _are_apart(changes: Sequence[Change]) -> bool:
    """Whether no two of them are about the same characters."""
    pairs = pairwise(changes)
    return all(one[1] <= other[0] and one[:2] != other[:2] for one, other in pairs)


def _in_file(lines: Lines, edits: Sequence[Edit | None]) -> str:
    """The text of the file after the edits, as far as there are any."""
    page = lines
    while page.inset is not None:
        page = page.inset.page
    changes = []
    for edit in filter(None, edits):
        line, column, last, end = edit.span
        changes.append((page.index(line, column) or 0, page.index(last, end) or 0, edit.text))
    return rewritten(page.text, changes)


def _is_read_as(text: str, value: object, old: str) -> bool:
    """Whether Kubernetes reads the text as one document of that value, with no further faults."""
    readings, faults = reader.parts(text.encode("utf-8", "surrogatepass"))
    if len(readings) != 1:
        return False
    if faults and len(faults) > len(reader.parts(old.encode("utf-8", "surrogatepass"))[1]):
        return False
    (reading,) = readings
    read = compose.value_of(reading.text) if reading.outline is not None else reading.value
    return same(read, value)
