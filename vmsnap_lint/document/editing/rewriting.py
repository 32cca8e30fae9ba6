"""Operations on the value of a document become edits of its file, if they can be certain.

What the document is read as after the edits is compared with what was meant: where an alias, a tag
or a way to write something that is not foreseen here makes another value of it, there are none.
"""

from __future__ import annotations

from itertools import islice, pairwise, product

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document import compose, reader
from vmsnap_lint.document.editing.additions import entry_edits, item_edits
from vmsnap_lint.document.editing.edit_spot import UneditableError, Written
from vmsnap_lint.document.editing.file_edits import file_edit, with_breaks
from vmsnap_lint.document.editing.operations import (
    EntryAdded,
    EntryRemoved,
    ItemAdded,
    KeyRenamed,
    RepeatRemoved,
    ScalarSet,
    intended,
    same,
)
from vmsnap_lint.document.editing.removals import removal_edits, repeat_edit
from vmsnap_lint.document.editing.replacements import key_edit, scalar_edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.model import Edit
    from vmsnap_lint.document.editing.operations import Operation
    from vmsnap_lint.document.positions import Lines
    from vmsnap_lint.document.source import Document, HomeText

    Change = tuple[int, int, str]

__all__ = ["TextDraft", "are_certain", "drafted", "edits_of", "rewritten"]

_MOST_WAYS = 4  # to write the same that are tried


class TextDraft(NamedTuple):
    """Operations on a document, and for each the changes of its text that may do it, best first."""

    home: HomeText
    operations: tuple[Operation, ...]
    ways: tuple[tuple[Change, ...], ...]

    def best(self) -> list[Change]:
        """The best changes, in the order of the text."""
        return sorted(way[0] for way in self.ways)


def drafted(home: HomeText, operations: Sequence[Operation]) -> TextDraft | None:
    """The draft, None where the text cannot be changed so."""
    lines, piece = home.document.source.lines, home.document.source.piece(home.document.index)
    written = Written(lines.text, home.document.places(), piece.json)
    removed = [each for each in operations if isinstance(each, EntryRemoved)]
    ways = []
    try:
        others = (_ways(written, each) for each in operations if each not in removed)
        ways += [tuple(with_breaks(way, lines) for way in each) for each in others]
        ways += [(with_breaks(edit, lines),) for edit in removal_edits(written, removed)]
    except UneditableError:
        return None
    return TextDraft(home, tuple(operations), tuple(ways)) if all(ways) else None


def are_certain(drafts: Sequence[TextDraft]) -> bool:
    """Whether the best changes of all drafts of a text make what is meant, together.

    The text is a document, or a page with documents, which only their file is read as.
    """
    of_document: dict[HomeText, tuple[list[Operation], list[Change]]] = {}
    for draft in drafts:
        home = draft.home._replace(path=())
        operations, changes = of_document.setdefault(home, ([], []))
        operations += draft.operations
        changes += draft.best()
    return _are_certain([(home, each[0], sorted(each[1])) for home, each in of_document.items()])


def edits_of(draft: TextDraft, *, is_certain: bool = False) -> tuple[Edit, ...]:
    """The edits that make the document hold what is meant; none where that is not certain."""
    home, operations, ways = draft
    for chosen in islice(product(*ways), _MOST_WAYS):
        changes = sorted(chosen)
        if is_certain or _are_certain([(home, operations, changes)]):
            lines = home.document.source.lines
            edits = [file_edit(home.document.file, change, lines) for change in changes]
            found = tuple(filter(None, edits))
            return found if len(found) == len(edits) else ()
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


def _are_certain(
    all_changes: Sequence[tuple[HomeText, Sequence[Operation], Sequence[Change]]],
) -> bool:
    """Whether each document has the value that is meant after the changes."""
    values, edits = {}, []
    for home, operations, changes in all_changes:
        document, lines = home.document, home.document.source.lines
        try:
            value = intended(document.value, operations)
        except LookupError:
            return False
        if not (_are_apart(changes) and _makes(value, document, changes)):
            return False
        values[document] = value
        edits += [file_edit(document.file, change, lines) for change in changes]
    made = [*filter(None, edits)]
    return len(made) == len(edits) and _is_in_file(all_changes[0][0], values, made)


def _makes(value: object, document: Document, changes: Sequence[Change]) -> bool:
    """Whether the document alone has that value after the changes."""
    piece = document.source.piece(document.index)
    old = document.source.lines.text[piece.start : piece.end]
    return _is_read_as(rewritten(old, changes, piece.start), value, old)


def _is_in_file(home: HomeText, values: dict[Document, object], edits: Sequence[Edit]) -> bool:
    """Whether the file has the values after the edits, where it is more than the documents."""
    document, lines = home.document, home.document.source.lines
    if home.holds is not None:
        return home.holds(_in_file(lines, edits), values[document])
    if not document.source.is_excerpt:
        return True
    from vmsnap_lint.document.embedded.rereading import are_in_page  # few fixes are for pages

    return are_in_page(values, _in_file(lines, edits), edits)


def _are_apart(changes: Sequence[Change]) -> bool:
    """Whether no two of them are about the same characters."""
    pairs = pairwise(changes)
    return all(one[1] <= other[0] and one[:2] != other[:2] for one, other in pairs)


def _in_file(lines: Lines, edits: Sequence[Edit]) -> str:
    """The text of the file after the edits."""
    page = lines
    while page.inset is not None:
        page = page.inset.page
    changes = []
    for edit in edits:
        line, column, last, end = edit.span
        changes.append((page.index(line, column) or 0, page.index(last, end) or 0, edit.text))
    return rewritten(page.text, sorted(changes))


def _is_read_as(text: str, value: object, old: str) -> bool:
    """Whether Kubernetes reads the text as one document of that value, with no further faults."""
    readings, faults = reader.parts(text.encode("utf-8", "surrogatepass"))
    if len(readings) != 1:
        return False
    if faults and len(faults) > len(reader.parts(old.encode("utf-8", "surrogatepass"))[1]):
        return False
    (reading,) = readings
    start, end = reading.piece[:2]
    read = (
        reading.value
        if reading.outline is None
        else compose.value_of(text[start:end], json=reading.piece.json)
    )
    return same(read, value)
