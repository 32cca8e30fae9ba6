"""What an editor offers at findings: their fixes, and to suppress them where they stand."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter

from lsprotocol import types

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Safety
from vmsnap_lint.editor.suppressing_here import comment_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from vmsnap_lint.core.model import Edit, Finding
    from vmsnap_lint.editor.merged import Found

    ChangesOf = Callable[[Sequence[Edit]], types.WorkspaceEdit | None]

__all__ = ["FIX_ALL", "KINDS", "Offered", "actions"]

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.vmsnap-lint"
KINDS = (types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll, FIX_ALL)
_NOTES = {Safety.SAFE: "", Safety.UNSAFE: " (unsafe)", Safety.DISPLAY: " (by hand)"}


class Offered(NamedTuple):
    """The diagnostics at a place, with the kinds of actions that are wanted, all where None."""

    diagnostics: Sequence[types.Diagnostic]
    only: Sequence[str] | None

    def wants(self, kind: str) -> bool:
        """Whether actions of a kind are wanted: of that kind or one above it."""
        if self.only is None:
            return True
        return any(kind == each or kind.startswith(f"{each}.") for each in self.only)


def actions(found: Found, asked: Offered, changes: ChangesOf) -> list[types.CodeAction]:
    """The actions for what was found in a file; `changes` makes edits those of the editor."""
    offered: list[types.CodeAction] = []
    if asked.wants(types.CodeActionKind.QuickFix):
        known = {finding.fingerprint: finding for finding in found.findings}
        for told in asked.diagnostics:
            finding = known.get(told.data) if isinstance(told.data, str) else None
            if finding is not None:
                offered += _fixes(finding, told, changes)
                offered += _suppression(finding, told, found, changes)
    kinds = (types.CodeActionKind.SourceFixAll.value, FIX_ALL)
    if asked.only is not None and any(map(asked.wants, kinds)):
        offered += _all_fixes(found.findings, changes)
    return offered


def _fixes(
    finding: Finding, told: types.Diagnostic, changes: ChangesOf
) -> Iterator[types.CodeAction]:
    for fix in finding.fixes:
        edit = changes(fix.edits)
        if edit is not None:
            yield types.CodeAction(
                f"{fix.title}{_NOTES[fix.safety]}",
                types.CodeActionKind.QuickFix,
                [told],
                is_preferred=fix.safety is Safety.SAFE,
                edit=edit,
            )


def _suppression(
    finding: Finding, told: types.Diagnostic, found: Found, changes: ChangesOf
) -> Iterator[types.CodeAction]:
    comment = comment_for(finding, found.source) if found.source is not None else None
    edit = changes((comment,)) if comment is not None else None
    if edit is not None:
        title = f"suppress {finding.rule} here, with a reason"
        yield types.CodeAction(title, types.CodeActionKind.QuickFix, [told], edit=edit)


def _all_fixes(findings: Iterable[Finding], changes: ChangesOf) -> Iterator[types.CodeAction]:
    """One action for the safe fixes of a file that do not touch each other."""
    chosen = _Apart()
    for finding in findings:
        fix = finding.fixes[0] if finding.fixes else None
        if fix is not None and fix.safety is Safety.SAFE:
            chosen.add([edit for edit in fix.edits if edit.file == finding.file], len(fix.edits))
    edit = changes(chosen.edits) if chosen.edits else None
    if edit is not None:
        yield types.CodeAction("fix all that is safe to fix", FIX_ALL, edit=edit)


class _Apart:
    """Edits of one file in their order, none of which touches another one."""

    def __init__(self) -> None:
        self.edits: list[Edit] = []

    def add(self, edits: Sequence[Edit], number: int) -> None:
        """Adds all edits of a fix that has so many, or none."""
        if len(edits) == number and all(map(self._fits, edits)):
            for edit in edits:
                if edit not in self.edits[self._at(edit) - 1 :][:1]:
                    self.edits.insert(self._at(edit), edit)

    def _at(self, edit: Edit) -> int:
        return bisect_right(self.edits, edit.span, key=attrgetter("span"))

    def _fits(self, edit: Edit) -> bool:
        at = self._at(edit)
        beside = self.edits[max(at - 1, 0) : at + 1]
        return all(
            edit == other or edit.span[2:] < other.span[:2] or other.span[2:] < edit.span[:2]
            for other in beside
        )
