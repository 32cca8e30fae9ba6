"""The remedies of problems become fixes: edits of files that change what they say, and no more."""

from __future__ import annotations

from functools import partial

from vmsnap_lint.core import workers
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.memo import Memo
from vmsnap_lint.core.model import Edit, Fix, Safety, Span
from vmsnap_lint.document.editing.operations import (
    EntryAdded,
    EntryRemoved,
    ItemAdded,
    KeyRenamed,
    RepeatRemoved,
    ScalarSet,
    same,
)
from vmsnap_lint.document.editing.rewriting import drafted
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
from vmsnap_lint.report.fixing.trials import Trials, characters_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document import Document, Source
    from vmsnap_lint.document.editing.operations import Operation
    from vmsnap_lint.document.editing.rewriting import TextDraft
    from vmsnap_lint.document.source import HomeText
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.objects.remedies import Change, Remedy

__all__ = ["resolved"]

_SECONDS = 600e-6  # about what one fix takes
_MOST_CHARACTERS = 2_000_000  # that are read again to try what is doubtful
_LEAST_TRIALS = 4  # as many times each text is read again if it must, a very long one once


def resolved(
    problems: Sequence[tuple[str, Problem]], rendered_later: frozenset[str] = frozenset()
) -> dict[int, tuple[Fix, ...]]:
    """The fixes of the problems that have some, by their number; what is not certain has none.

    The objects in the files `rendered_later` may have patches, which are not known where these are
    judged as they are written.
    """
    groups: dict[object, list[int]] = {}
    sizes: dict[object, int] = {}
    for number, (_, problem) in enumerate(problems):
        if problem.fixes:
            text, size = _text_of(problem)
            groups.setdefault(text, []).append(number)
            sizes.setdefault(text, size)
    numbers = [*groups.values()]
    again = _MOST_CHARACTERS // max(sum(sizes.values()), 1)
    items = [
        (
            [problems[number][1] for number in of_group],
            max(again * size, min(_LEAST_TRIALS * size, _MOST_CHARACTERS)),
        )
        for of_group, size in zip(numbers, sizes.values(), strict=True)
    ]
    fixes = partial(_fixes, Memo(_is_sealed), rendered_later)
    found = workers.spread(items, fixes, [len(each) * _SECONDS for each in numbers])
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


def _text_of(problem: Problem) -> tuple[object, int]:
    """What is read again to try one of its fixes, a document or a file, and about how much it is.

    For what is a part of a text all of that is read, so that the parts of a file go together.
    """
    at = problem.at
    if isinstance(at, SourceSpan):
        return at.source, len(at.source.data)
    document = at.manifest.document
    home = document.home((*at.manifest.root, *at.path))
    if home is None:
        return document, len(document.source.data)
    source = home.document.source
    is_part = source.is_excerpt or home.holds is not None
    return source.file if is_part else document, characters_of(home)


def _fixes(
    sealed: Memo[Source, bool],
    rendered_later: frozenset[str],
    of_text: tuple[Sequence[Problem], int],
) -> list[tuple[Fix, ...]]:
    """The fixes of each of the problems of a text, for which so many characters may be read."""
    problems, characters = of_text
    plans = [[_plan(remedy, rendered_later) for remedy in each.fixes] for each in problems]
    trials = Trials(characters)
    trials.together(draft for each in plans for plan in filter(None, each) for draft in plan.drafts)
    return [
        tuple(filter(None, (_fix(plan, trials, sealed) for plan in filter(None, each))))
        for each in plans
    ]


def _plan(remedy: Remedy, rendered_later: frozenset[str]) -> _Plan | None:
    edits: list[Edit] = []
    operations: dict[Document, tuple[HomeText, list[Operation]]] = {}
    is_sure = True
    try:
        for change in remedy.changes:
            if isinstance(change, NewFile):
                edits.append(_new_file(change))
                continue
            if isinstance(change, ReplaceText):
                edits.append(_text_edit(change))
                continue
            home = _home(change)
            is_patched = home.document.file in rendered_later and _may_be_patched(change, home)
            is_sure = is_sure and not (home.is_shared or is_patched)
            _, of_document = operations.setdefault(home.document, (home, []))
            of_document.append(_operation(change, home))
    except _UnsureError:
        return None
    if remedy.safety is Safety.SAFE and not is_sure:
        remedy = remedy._replace(safety=Safety.UNSAFE)
    drafts = tuple(draft for each in operations.values() if (draft := drafted(*each)) is not None)
    return _Plan(remedy, tuple(edits), drafts) if len(drafts) == len(operations) else None


def _fix(plan: _Plan, trials: Trials, sealed: Memo[Source, bool]) -> Fix | None:
    edits = [*plan.edits]
    for draft in plan.drafts:
        found = trials.edits(draft)
        if not found:
            return None
        edits += found
    sources = [draft.home.document.source for draft in plan.drafts]
    sources += [each.span.source for each in plan.remedy.changes if isinstance(each, ReplaceText)]
    safety = Safety.DISPLAY if any(sealed[source] for source in sources) else plan.remedy.safety
    return Fix(plan.remedy.title, safety, tuple(edits))


def _is_sealed(source: Source) -> bool:
    """Whether SOPS keeps a code of all values, also of readable ones, so that edits spoil the file.

    https://getsops.io/docs/#message-authentication-code
    """
    if b"sops" not in source.data:
        return False
    seals = (each.value.get("sops") for each in source.documents if isinstance(each.value, dict))
    return any(isinstance(seal, dict) and "mac" in seal for seal in seals)


def _home(change: Change) -> HomeText:
    """Where it is made: the document there says the same as the object that was judged."""
    manifest, path, *_ = change.place  # type: ignore[union-attr] # no ReplaceText
    is_entry = isinstance(change, RenameKey | RemoveEntry)
    home = manifest.document.home((*manifest.root, *path), is_entry)
    if home is None:
        raise _UnsureError
    there, judged = _value(home.document.value, home.path), manifest.get(*path)
    if isinstance(change, AddEntry | AddItem):
        is_same = type(there) is type(judged) and _is_part(there, judged)
    else:
        is_same = same(there, judged)
    if not is_same:
        raise _UnsureError
    return home


def _may_be_patched(change: Change, home: HomeText) -> bool:
    """Whether a patch of an object that is judged as it is written may not fit it any more."""
    if change.place.manifest.document is not home.document:  # type: ignore[union-attr] # as above
        return False
    is_type = home.path in (("apiVersion",), ("kind",))
    return is_type or isinstance(change, RenameKey | RemoveEntry)


def _is_part(there: Any, judged: Any) -> bool:
    """Whether an object that is added to has no key that the judged one does not have."""
    return not isinstance(there, dict) or there.keys() <= judged.keys()


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
