"""The remedies of problems become fixes: edits of files that change what they say, and no more."""

from __future__ import annotations

from vmsnap_lint.core import workers
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.model import Edit, Fix, Span
from vmsnap_lint.document.editing.operations import (
    EntryAdded,
    EntryRemoved,
    ItemAdded,
    KeyRenamed,
    RepeatRemoved,
    ScalarSet,
    same,
)
from vmsnap_lint.document.editing.rewriting import are_certain, drafted, edits_of
from vmsnap_lint.input.files import location_of
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.remedies import (
    AddEntry,
    AddItem,
    NewFile,
    QuoteScalar,
    RemoveEntry,
    RemoveRepeated,
    RenameKey,
    ReplaceText,
    SetScalar,
)
from vmsnap_lint.report.fixing.stretches import Stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document import Document
    from vmsnap_lint.document.editing.operations import Operation
    from vmsnap_lint.document.editing.rewriting import TextDraft
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

    def fixes(numbers: list[int]) -> list[tuple[Fix, ...]]:
        return _fixes([problems[number][1] for number in numbers])

    numbers = [*groups.values()]
    found = workers.spread(numbers, fixes, [len(each) * _SECONDS for each in numbers])
    return {
        number: each
        for group, of_group in zip(numbers, found, strict=True)
        for number, each in zip(group, of_group, strict=True)
        if each
    }


class _UnsureError(Exception):
    """It is not certain what to write, or where."""


class _Plan(NamedTuple):
    """What a remedy changes: texts as they are given, and documents."""

    remedy: Remedy
    edits: tuple[Edit, ...]
    drafts: tuple[TextDraft, ...]


def _fixes(problems: Sequence[Problem]) -> list[tuple[Fix, ...]]:
    """The fixes of each of the problems in one document."""
    plans = [[_plan(remedy) for remedy in problem.fixes] for problem in problems]
    certain = _certain([plan for each in plans for plan in each if plan is not None])
    left = _MOST_CHARACTERS
    result = []
    for each in plans:
        found = []
        for plan in filter(None, each):
            doubtful = [draft for draft in plan.drafts if id(draft) not in certain]
            if left >= 0:
                found.append(_fix(plan, certain))
            left -= sum(map(_length, doubtful))
        result.append(tuple(filter(None, found)))
    return result


def _plan(remedy: Remedy) -> _Plan | None:
    edits: list[Edit] = []
    operations: dict[Document, tuple[HomeText, list[Operation]]] = {}
    try:
        for change in remedy.changes:
            if isinstance(change, NewFile):
                edits.append(_new_file(change))
                continue
            if isinstance(change, ReplaceText):
                edits.append(_text_edit(change))
                continue
            home = _home(change)
            _, of_document = operations.setdefault(home.document, (home, []))
            of_document.append(_operation(change, home))
    except _UnsureError:
        return None
    drafts = tuple(draft for each in operations.values() if (draft := drafted(*each)) is not None)
    return _Plan(remedy, tuple(edits), drafts) if len(drafts) == len(operations) else None


def _certain(plans: Sequence[_Plan]) -> set[int]:
    """The drafts that were tried all together: that costs as much as to try one of them."""
    of_document: dict[Document, list[TextDraft]] = {}
    taken: dict[Document, Stretches] = {}
    for draft in (draft for plan in plans for draft in plan.drafts):
        document = draft.home.document
        stretches = [change[:2] for change in draft.best()]
        known = taken.setdefault(document, Stretches())
        if draft.home.holds is None and known.are_free(stretches):
            known.take(stretches)
            of_document.setdefault(document, []).append(draft)
    sure = (drafts for drafts in of_document.values() if len(drafts) > 1 and are_certain(drafts))
    return {id(draft) for drafts in sure for draft in drafts}


def _fix(plan: _Plan, certain: set[int]) -> Fix | None:
    edits = [*plan.edits]
    for draft in plan.drafts:
        found = edits_of(draft, is_certain=id(draft) in certain)
        if not found:
            return None
        edits += found
    return Fix(plan.remedy.title, plan.remedy.safety, tuple(edits))


def _length(draft: TextDraft) -> int:
    """How many characters are read to try it."""
    document = draft.home.document
    piece = document.source.piece(document.index)
    return piece.end - piece.start if draft.home.holds is None else len(document.source.data)


def _home(change: Change) -> HomeText:
    """Where it is made: the document there says the same as the object that was judged."""
    manifest, path, *_ = change.place  # type: ignore[union-attr] # no ReplaceText
    is_entry = isinstance(change, RenameKey | RemoveEntry)
    home = manifest.document.home((*manifest.root, *path), is_entry)
    if home is None:
        raise _UnsureError
    if home.holds is None and home.document.source.is_excerpt:
        home = home._replace(holds=_of_page(home.document))
    there, judged = _value(home.document.value, home.path), manifest.get(*path)
    if isinstance(change, AddEntry | AddItem):
        is_same = type(there) is type(judged) and _is_part(there, judged)
    else:
        is_same = same(there, judged)
    if not is_same:
        raise _UnsureError
    return home


def _is_part(there: Any, judged: Any) -> bool:
    """Whether an object that is added to has no key that the judged one does not have."""
    return not isinstance(there, dict) or there.keys() <= judged.keys()


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


def _new_file(change: NewFile) -> Edit:
    from vmsnap_lint.core import buffers  # few fixes make a file

    if buffers.exists(location_of(change.file)):
        raise _UnsureError
    return Edit(change.file, Span(1, 1, 1, 1), change.text)


def _text_edit(change: ReplaceText) -> Edit:
    source, span = change.span.source, change.span.span
    lines = source.lines
    start = lines.index(*span[:2]) if lines.inset is None else 0
    if start is None:
        raise _UnsureError
    mark = lines.usual_ending(span.line)
    return Edit(source.file, span, change.text.replace("\n", mark))
