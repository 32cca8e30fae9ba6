"""The suppressions of a configuration, and which of them a finding is in."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.scope import Scope, Scopes
from vmsnap_lint.report.findings import where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.config.suppressions.suppression import Suppression
    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.input.seen import Seen
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Configured", "Spot", "place_of"]

Spot = tuple[str, int]
"""A file and a line of it."""


def place_of(suppression: Suppression) -> Spot | None:
    """The line of its comment, annotation or entry; None where it has no place."""
    if suppression.directive is None:
        return None
    file, span = where(suppression.directive)
    return file, span.line


class Configured:
    """Entries by their index; a set of them is a number that has a bit for each."""

    def __init__(self, entries: Sequence[Suppression]) -> None:
        self._entries = entries
        scopes = [entry.cover for entry in entries if isinstance(entry.cover, Scope)]
        self._scopes = Scopes(scopes)
        self._index = {id(entry): index for index, entry in enumerate(entries)}
        self._by_rule: dict[str, int] = {}
        self._by_place: dict[Spot | None, int] = {}
        for index, entry in enumerate(entries):
            place = place_of(entry)
            self._by_rule[entry.rule] = self._by_rule.get(entry.rule, 0) | 1 << index
            self._by_place[place] = self._by_place.get(place, 0) | 1 << index
        self._used = 0
        self._read: int | None = None
        self._seen: list[bool] | None = None

    def use(self, finding: Finding, own: Spot | None) -> Suppression | None:
        """The first entry for a finding that is not written at `own`; all of these are used."""
        of_rule = self._by_rule.get(finding.rule, 0)
        if own is not None:
            of_rule &= ~self._by_place.get(own, 0)
        fitting = of_rule and of_rule & self._scopes.fitting(finding.file, finding.object)
        self._used |= fitting
        return self._entries[(fitting & -fitting).bit_length() - 1] if fitting else None

    def used(self) -> Iterator[Suppression]:
        """The entries that match a finding."""
        return (entry for index, entry in enumerate(self._entries) if self._used >> index & 1)

    def covers_input(
        self, entry: Suppression, files: Iterable[str], manifests: Iterable[Manifest]
    ) -> bool:
        """Whether one of the files or objects that were read is in the scope of an entry."""
        if self._read is None:
            self._read = self._holding(files, manifests)
        return bool(self._read >> self._index[id(entry)] & 1)

    def saw_all(self, entry: Suppression, seen: Seen) -> bool:
        """Whether a run saw all that an entry covers, which is unknown for one without a base."""
        if self._seen is None:
            scopes = [one.cover for one in self._entries if isinstance(one.cover, Scope)]
            whole = seen.whole(scopes)
            pairs = zip(scopes, whole, strict=True)
            self._seen = [is_whole or not scope.base for scope, is_whole in pairs]
        return self._seen[self._index[id(entry)]]

    def _holding(self, files: Iterable[str], manifests: Iterable[Manifest]) -> int:
        of_files = of_objects = with_objects = 0
        for file in files:
            of_files |= self._scopes.fitting(file, None)
        for manifest in manifests:
            of_objects |= self._scopes.fitting(manifest.file, manifest.ref)
        for index, entry in enumerate(self._entries):
            if isinstance(entry.cover, Scope) and entry.cover.objects:
                with_objects |= 1 << index
        return of_objects & with_objects | of_files & ~with_objects
