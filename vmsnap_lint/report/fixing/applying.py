"""The fixes of findings become changed files: a round of all those that can be together."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.memo import Memo
from vmsnap_lint.core.model import Safety
from vmsnap_lint.document.positions import Lines
from vmsnap_lint.report.fixing.agreement import agree
from vmsnap_lint.report.fixing.stretches import Stretches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.core.model import Edit, Finding, Fix
    from vmsnap_lint.report.fixing.edited_file import EditedFile

    Change = tuple[int, int, str]
    FixOf = tuple[Finding, Fix]
    Open = Callable[[str], EditedFile | str]

__all__ = ["Round", "applied", "wanted"]

_LOST = "it would not be read as it is meant after the fix, change it by hand"
_OTHER = "it is not what was linted, run it again"


class Round(NamedTuple):
    """The files that changed, the findings that were fixed, and why other files are left."""

    files: Mapping[str, EditedFile]
    fixed: tuple[FixOf, ...]
    refused: Mapping[str, str]


def wanted(findings: Iterable[Finding], *, unsafe: bool) -> Iterator[FixOf]:
    """The first fix of each finding, if it may be applied."""
    allowed = (Safety.SAFE, Safety.UNSAFE) if unsafe else (Safety.SAFE,)
    for finding in findings:
        if finding.fixes and finding.fixes[0].safety in allowed:
            yield finding, finding.fixes[0]


def applied(fixes: Iterable[FixOf], known: Open) -> Round:
    """The files after one round of the fixes; `known` gives a file, or why it is to be left.

    A fix is applied with all of its edits or not at all. One that touches another one waits.
    """
    chosen = _Chosen(known)
    for finding, fix in fixes:
        chosen.add(finding, fix)
    while wrong := chosen.wrong():
        chosen.drop(wrong)
    return chosen.round()


class _Chosen:
    """The fixes of a round, with their changes by file."""

    def __init__(self, known: Open) -> None:
        self._known = known
        self._files: dict[str, EditedFile] = {}
        self._lines = Memo(Lines)
        self._refused: dict[str, str] = {}
        self._taken: dict[str, Stretches] = {}
        self._fixes: dict[FixOf, dict[str, list[Change]]] = {}
        self._firsts: dict[tuple[Edit, ...], FixOf] = {}
        self._equal: list[tuple[FixOf, FixOf]] = []  # each with the first one of its edits
        self._good: dict[str, int] = {}  # of how many fixes it is known

    def add(self, finding: Finding, fix: Fix) -> None:
        """Adds a fix if nothing is in its way; an equal one of another finding comes with it."""
        first = self._firsts.get(fix.edits)
        if first is not None and first[0].file == finding.file:  # else it has several names
            self._equal.append(((finding, fix), first))
            return
        changes = self._changes(fix)
        if changes is None:
            return
        stretches = {file: [each[:2] for each in of_file] for file, of_file in changes.items()}
        taken = {file: self._taken.setdefault(file, Stretches()) for file in stretches}
        if all(taken[file].are_free(of_file) for file, of_file in stretches.items()):
            for file, of_file in stretches.items():
                taken[file].take(of_file)
            self._fixes[finding, fix] = changes
            self._firsts.setdefault(fix.edits, (finding, fix))

    def wrong(self) -> set[FixOf]:
        """The fixes that break a file together: all but its first, or that if it is alone."""
        left = {each for each, of in self._fixes.items() if not self._refused.keys().isdisjoint(of)}
        if left:
            return left
        for file in self._files:
            own = {each: changes[file] for each, changes in self._fixes.items() if file in changes}
            if not own or self._good.get(file) == len(own):
                continue
            if self._is_good(file, own.values()):
                self._good[file] = len(own)
                continue
            first, *others = own
            if not others:
                self._refused[file] = _LOST
            return set(others) or {first}
        return set()

    def drop(self, fixes: Iterable[FixOf]) -> None:
        """Leaves out fixes."""
        for fix in fixes:
            del self._fixes[fix]

    def round(self) -> Round:
        """What comes of the fixes."""
        of_file: dict[str, list[Change]] = {}
        for changes in self._fixes.values():
            for file, own in changes.items():
                of_file.setdefault(file, []).extend(own)
        files = {file: self._files[file].changed(sorted(own)) for file, own in of_file.items()}
        equal = (each for each, first in self._equal if first in self._fixes)
        return Round(files, (*self._fixes, *equal), self._refused)

    def _is_good(self, file: str, changes: Iterable[Sequence[Change]]) -> bool:
        known, every = self._files[file], [*changes]
        try:
            known.changed(sorted(change for each in every for change in each))
        except UnicodeError:
            return False
        return agree(file, known.text, every)

    def _changes(self, fix: Fix) -> dict[str, list[Change]] | None:
        """The changes by file, None where one of the files is left as it is."""
        edits: dict[str, list[Edit]] = {}
        for edit in fix.edits:
            edits.setdefault(edit.file, []).append(edit)
        changes = {}
        for file, of_file in edits.items():
            opened = self._open(file)
            own = opened.changes(of_file, self._lines[opened.text]) if opened is not None else None
            if own is None:
                self._refused.setdefault(file, _OTHER)
                return None
            changes[file] = own
        return changes

    def _open(self, file: str) -> EditedFile | None:
        if file not in self._files and file not in self._refused:
            known = self._known(file)
            if isinstance(known, str):
                self._refused[file] = known
            else:
                self._files[file] = known
        return self._files.get(file) if file not in self._refused else None
