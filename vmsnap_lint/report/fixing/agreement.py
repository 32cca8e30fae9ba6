"""Whether several fixes of one file, together, make what each of them makes by itself."""

from __future__ import annotations

from vmsnap_lint import document
from vmsnap_lint.core.file_names import is_page
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.document.editing.operations import same
from vmsnap_lint.document.editing.rewriting import rewritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.document import Document

    Change = tuple[int, int, str]

__all__ = ["agree"]

_MOST_CHARACTERS = 2_000_000  # that are read again; what was tried together before needs it not
_MISSING = object()


class _Read(NamedTuple):
    """The documents of a file by their places, and how many faults it has."""

    documents: dict[tuple[int, int], Document]
    faults: int


def agree(file: str, text: str, fixes: Sequence[Sequence[Change]]) -> bool:
    """Whether the changes of all fixes make of each document what they make of it one by one."""
    every = sorted(change for changes in fixes for change in changes)
    before, after = _read(file, text), _read(file, rewritten(text, every))
    if after.faults > before.faults:
        return False
    if len(fixes) < 2:
        return True
    if before.documents.keys() != after.documents.keys():
        return False
    left = _MOST_CHARACTERS
    for at, new in after.documents.items():
        old = before.documents[at]
        if same(old.value, new.value):
            continue
        start, end = _extent(old, text)
        own = [changes for changes in fixes if _are_within(changes, start, end)]
        left -= (end - start) * len(own)
        if len(own) < 2 or left < 0:
            continue
        versions = [_version(file, text[start:end], start, changes, at) for changes in own]
        values = [each.value for each in versions if each is not None]
        if len(values) < len(own) or not _is_sum(old.value, values, new.value):
            return False
    return True


def _version(
    file: str, part: str, base: int, changes: Sequence[Change], at: tuple[int, int]
) -> Document | None:
    """A document after the changes of one fix; `part` holds only it, or is a page."""
    read = _read(file, rewritten(part, sorted(changes), base)).documents
    return read.get(at) if is_page(file) else next(iter(read.values()), None)


def _is_sum(old: Any, versions: Sequence[Any], new: Any) -> bool:
    """Whether a value is the one that has what each version has changed."""
    try:
        return same(_merged(old, versions), new)
    except LookupError:
        return False


def _merged(old: Any, versions: Sequence[Any]) -> Any:
    """The value with the changes of all versions. Raises LookupError where they contradict."""
    changed = [version for version in versions if not same(version, old)]
    if len(changed) < 2:
        return changed[0] if changed else old
    if all(isinstance(each, dict) for each in (old, *changed)):
        keys = dict.fromkeys(key for each in (old, *changed) for key in each)
        merged = {
            key: _merged(old.get(key, _MISSING), [each.get(key, _MISSING) for each in changed])
            for key in keys
        }
        return {key: value for key, value in merged.items() if value is not _MISSING}
    lists = all(isinstance(each, list) for each in (old, *changed))
    if lists and all(len(each) == len(old) for each in changed):
        return [_merged(*pair) for pair in zip(old, zip(*changed, strict=True), strict=True)]
    if all(same(changed[0], each) for each in changed):
        return changed[0]
    raise LookupError


def _read(file: str, text: str) -> _Read:
    sources = [*_sources(file, text)]
    known = {
        (number, each.index): each for number, of in enumerate(sources) for each in of.documents
    }
    return _Read(known, sum(len(source.faults) for source in sources))


def _sources(file: str, text: str) -> Iterator[document.Source]:
    if not is_page(file):
        yield document.read(file, _data(text))
        return
    from vmsnap_lint.document.embedded import page  # few fixes are for pages

    for block in page.read(file, _data(text)).excerpts:
        yield block.source


def _extent(of: Document, text: str) -> tuple[int, int]:
    """The characters of the file that a document is read from; of a page all of them."""
    if of.source.is_excerpt:
        return 0, len(text)
    piece = of.source.piece(of.index)
    return piece.start, piece.end


def _are_within(changes: Sequence[Change], start: int, end: int) -> bool:
    return all(start <= change[0] and change[1] <= end for change in changes)


def _data(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
