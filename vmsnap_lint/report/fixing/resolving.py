"""The remedies of problems become fixes: edits of files that change what they say, and no more."""

from __future__ import annotations

from vmsnap_lint.core import workers
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import Edit, Fix
from vmsnap_lint.document.editing.operations import (
    EntryAdded,
    EntryRemoved,
    ItemAdded,
    KeyRenamed,
    RepeatRemoved,
    ScalarSet,
    same,
)
from vmsnap_lint.document.editing.rewriting import edits_of
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.remedies import (
    AddEntry,
    AddItem,
    QuoteScalar,
    RemoveEntry,
    RemoveRepeated,
    RenameKey,
    ReplaceText,
    SetScalar,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from vmsnap_lint.core.model import Path, Span
    from vmsnap_lint.document import Document
    from vmsnap_lint.document.editing.operations import Operation
    from vmsnap_lint.document.source import HomeText
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.objects.remedies import Change, Remedy

__all__ = ["resolved"]

_SECONDS = 600e-6  # about what one fix takes
_MOST_CHARACTERS = 4_000_000  # that are read again for the fixes of one document, beside the first


def resolved(problems: Sequence[tuple[str, Problem]]) -> dict[int, tuple[Fix, ...]]:
    """The fixes of the problems that have some, by their number; what is not certain has none."""
    groups: dict[object, list[int]] = {}
    for number, (_, problem) in enumerate(problems):
        if problem.fixes:
            at = problem.at
            of = at.source if isinstance(at, SourceSpan) else at.manifest.document
            groups.setdefault(of, []).append(number)

    def fixes(numbers: list[int]) -> Iterator[tuple[Fix, ...]]:
        budget = _Budget()
        return (_fixes(problems[number][1], budget) for number in numbers)

    numbers = [*groups.values()]
    found = workers.spread(numbers, fixes, [len(each) * _SECONDS for each in numbers])
    return {
        number: each
        for group, of_group in zip(numbers, found, strict=True)
        for number, each in zip(group, of_group, strict=True)
        if each
    }


class _Budget:
    """How many characters may still be read again."""

    def __init__(self) -> None:
        self.left = _MOST_CHARACTERS


class _UnsureError(Exception):
    """It is not certain what to write, or where."""


def _fixes(problem: Problem, budget: _Budget) -> tuple[Fix, ...]:
    return tuple(fix for remedy in problem.fixes if (fix := _fix(remedy, budget)) is not None)


def _fix(remedy: Remedy, budget: _Budget) -> Fix | None:
    edits: list[Edit] = []
    operations: dict[Document, tuple[HomeText, list[Operation]]] = {}
    try:
        for change in remedy.changes:
            if isinstance(change, ReplaceText):
                edits.append(_text_edit(change))
                continue
            home = _home(change)
            _, of_document = operations.setdefault(home.document, (home, []))
            of_document.append(_operation(change, home))
        for home, of_document in operations.values():
            edits += _edits(home, of_document, budget)
    except _UnsureError:
        return None
    return Fix(remedy.title, remedy.safety, tuple(edits)) if edits else None


def _edits(home: HomeText, operations: Sequence[Operation], budget: _Budget) -> tuple[Edit, ...]:
    if budget.left < 0:
        raise _UnsureError
    document = home.document
    piece = document.source.piece(document.index)
    budget.left -= piece.end - piece.start if home.holds is None else len(document.source.data)
    edits = edits_of(home, operations)
    if not edits:
        raise _UnsureError
    return edits


def _home(change: Change) -> HomeText:
    """Where it is made: the document there says the same as the object that was judged."""
    manifest, path, *_ = change.place  # type: ignore[union-attr] # no ReplaceText
    home = manifest.document.home((*manifest.root, *path))
    if home is None:
        raise _UnsureError
    if home.holds is None and home.document.source.is_excerpt:
        home = home._replace(holds=_of_page(home.document))
    there, judged = _value(home.document.value, home.path), manifest.get(*path)
    if isinstance(change, AddEntry | AddItem):
        is_same = type(there) is type(judged)
    else:
        is_same = same(there, judged)
    if not is_same:
        raise _UnsureError
    return home


def _of_page(document: Document) -> Callable[[str, Any], bool]:
    from vmsnap_lint.document.embedded.rereading import in_page  # few fixes are for pages

    return lambda text, value: in_page(document, text, value)


def _value(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (LookupError, TypeError):
            raise _UnsureError from None
    return value


def _operation(change: Change, home: HomeText) -> Operation:
    path = home.path
    match change:
        case SetScalar():
            return ScalarSet(path, change.value)
        case QuoteScalar():
            return ScalarSet(path, _written(home))
        case RenameKey():
            return KeyRenamed(path, change.key)
        case AddEntry():
            return EntryAdded(path, change.key, change.value, change.before)
        case AddItem():
            return ItemAdded(path, change.value)
        case RemoveEntry():
            return EntryRemoved(path)
        case RemoveRepeated():
            return RepeatRemoved(path, _index(home, change.key))
    raise TypeError


def _index(home: HomeText, span: Span) -> int:
    """The character of the text at which a span begins."""
    lines = home.document.source.lines
    index = lines.index(*span[:2]) if lines.inset is None else None
    if index is None:
        raise _UnsureError
    return index


def _written(home: HomeText) -> str:
    """The text of a scalar without quotes."""
    text = home.document.written_scalar(home.path)
    if not text or text[0] in "\"'!&*|>":
        raise _UnsureError
    return text


def _text_edit(change: ReplaceText) -> Edit:
    source, span = change.span.source, change.span.span
    lines = source.lines
    start = lines.index(*span[:2]) if lines.inset is None else 0
    if start is None:
        raise _UnsureError
    mark = lines.ending(span.line) or lines.ending(span.line - 1) or "\n"
    return Edit(source.file, span, change.text.replace("\n", mark))
