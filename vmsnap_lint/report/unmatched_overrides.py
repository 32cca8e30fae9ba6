"""Finds the entries of a configuration that name no file, or no object, of a whole run."""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.config.suppressions.suppression import Suppression, SuppressionResult
from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.scope import Scope, Scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.config.settings import Override
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.input.seen import Seen
    from vmsnap_lint.objects.gaps import Gap

__all__ = ["unmatched"]

_KINDS = [kind for kind in vars(kinds).values() if isinstance(kind, Kind)]


def unmatched(
    overrides: Sequence[Override], seen: Seen, loaded: LoadedInput, today: str
) -> Iterator[SuppressionResult]:
    """The results of those that the run saw all of, without a file or an object that they name.

    Deleted files and objects count, too: findings are reported on them.
    """
    entries = [
        entry for entry in overrides if entry.at is not None and not _has_ended(entry, today)
    ]
    scopes = [entry.scope for entry in entries]
    whole = seen.whole(scopes)
    sources = chain(loaded.sources, loaded.history.sources)
    files = chain((source.file for source in sources), seen.files)
    with_file = _named_by(scopes, whole, files)
    with_object = _naming(scopes, whole, loaded)
    for index, entry in enumerate(entries):
        scope = entry.scope
        if not whole[index]:
            continue
        if scope.paths and not with_file >> index & 1:
            yield _result(entry, scope.paths, "file")
        elif scope.objects and not with_object >> index & 1 and not _may_be(scope, loaded):
            yield _result(entry, scope.objects, "object that is read")


def _named_by(scopes: Sequence[Scope], whole: Sequence[bool], files: Iterable[str]) -> int:
    """The scopes that name one of the files, as bits; files are looked at while one is open."""
    open_ones = _bits(bool(scope.paths) and seen for scope, seen in zip(scopes, whole, strict=True))
    known = Scopes(scopes)
    for file in files:
        if not open_ones:
            break
        open_ones &= ~known.with_file(file)
    return ~open_ones


def _naming(scopes: Sequence[Scope], whole: Sequence[bool], loaded: LoadedInput) -> int:
    """The scopes that name one of the objects, as bits."""
    open_ones = _bits(
        bool(scope.objects) and seen for scope, seen in zip(scopes, whole, strict=True)
    )
    known = Scopes(scopes)
    deleted = (change.old for change in loaded.history.changes if change.new is None)
    for manifest in chain(deleted, *(unit.manifests for unit in loaded.units)):
        if not open_ones:
            break
        open_ones &= ~known.fitting(manifest.file, manifest.ref)
    return ~open_ones


def _bits(are_set: Iterable[bool]) -> int:
    return sum(1 << index for index, is_set in enumerate(are_set) if is_set)


def _has_ended(entry: Override, today: str) -> bool:
    """Whether all of it has, so that nothing of it is in effect."""
    ends = [waiver.until for waiver in entry.waivers]
    return bool(ends) and not entry.levels and all(end and end < today for end in ends)


def _result(entry: Override, globs: Sequence[str], noun: str) -> SuppressionResult:
    what = f"{quoted(globs)} {'names' if len(globs) == 1 else 'name'} no {noun}"
    suppression = Suppression("", entry.scope, entry.at, entry.at)
    return SuppressionResult(suppression, unmatched=what)


def _may_be(scope: Scope, loaded: LoadedInput) -> bool:
    """Whether an object that the scope names may be in what the run cannot see."""
    if loaded.unread or loaded.rendered_later or loaded.failures or not loaded.sources:
        return True
    gaps = [gap for unit in loaded.units for gap in unit.gaps]
    return any(_may_be_made(glob, loaded.damaged_kinds, gaps) for glob in scope.objects)


def _may_be_made(glob: str, damaged: Iterable[str], gaps: Iterable[Gap]) -> bool:
    kind, *namespaces, name = glob.split("/")
    is_any = "*" in kind or "?" in kind
    if damaged if is_any else kind in damaged:
        return True
    namespace = _fixed(namespaces[0]) if namespaces else ""
    return any(
        is_any or gap.may_make(known, namespace or None, _fixed(name))
        for gap in gaps
        for known in [each for each in _KINDS if each.kind == kind] or [Kind("", kind)]
    )


def _fixed(glob: str) -> str:
    """The glob as a name, "" where it stands for several."""
    return "" if "*" in glob or "?" in glob else glob
