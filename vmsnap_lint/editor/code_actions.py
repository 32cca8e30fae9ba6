"""What an editor offers at findings: their fixes, and to suppress them where they stand."""

from __future__ import annotations

from lsprotocol import types

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Safety
from vmsnap_lint.editor.suppressing_here import comment_for
from vmsnap_lint.report.fixing.stretches import Stretches

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
    taken = Stretches()
    chosen: set[Edit] = set()
    for finding in findings:
        fix = finding.fixes[0] if finding.fixes else None
        if fix is None or fix.safety is not Safety.SAFE:
            continue
        new = [edit for edit in fix.edits if edit not in chosen]
        stretches = [(edit.span[:2], edit.span[2:]) for edit in new]
        is_here = all(edit.file == finding.file for edit in fix.edits)
        if is_here and taken.are_free(stretches):
            taken.take(stretches)
            chosen.update(new)
    edit = changes(sorted(chosen)) if chosen else None
    if edit is not None:
        yield types.CodeAction("fix all that is safe to fix", FIX_ALL, edit=edit)
