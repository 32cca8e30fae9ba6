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
    """The diagnostics at a place, with the kinds of actions that are wanted, all where None.

    Of an editor that names no diagnostics, those that touch the lines (from 0) are meant.
    """

    diagnostics: Sequence[types.Diagnostic]
    only: Sequence[str] | None
    lines: range = range(0)

    def of(self, findings: Iterable[Finding]) -> list[tuple[Finding, list[types.Diagnostic]]]:
        """The findings that are meant, each with its diagnostic if the editor named it."""
        if not self.diagnostics:
            return [(each, []) for each in findings if _touches(each, self.lines)]
        known = {finding.fingerprint: finding for finding in findings}
        named = ((told.data, told) for told in self.diagnostics)
        return [
            (known[key], [told]) for key, told in named if isinstance(key, str) and key in known
        ]

    def wants(self, kind: str) -> bool:
        """Whether actions of a kind are wanted: of that kind or one above it."""
        if self.only is None:
            return True
        return any(kind == each or kind.startswith(f"{each}.") for each in self.only)


def actions(found: Found, asked: Offered, changes: ChangesOf) -> list[types.CodeAction]:
    """The actions for what was found in a file; `changes` makes edits those of the editor."""
    offered: list[types.CodeAction] = []
    if asked.wants(types.CodeActionKind.QuickFix):
        for finding, told in asked.of(found.findings):
            offered += _fixes(finding, told, changes)
            offered += _suppression(finding, told, found, changes)
    kinds = (types.CodeActionKind.SourceFixAll.value, FIX_ALL)
    if asked.only is not None and any(map(asked.wants, kinds)):
        offered += _all_fixes(found.findings, changes)
    return offered


def _touches(finding: Finding, lines: range) -> bool:
    return finding.span.line <= lines.stop and finding.span.end_line > lines.start


def _fixes(
    finding: Finding, told: list[types.Diagnostic], changes: ChangesOf
) -> Iterator[types.CodeAction]:
    for fix in finding.fixes:
        edit = changes(fix.edits)
        if edit is not None:
            yield types.CodeAction(
                f"{fix.title}{_NOTES[fix.safety]}",
                types.CodeActionKind.QuickFix,
                told or None,
                is_preferred=fix.safety is Safety.SAFE,
                edit=edit,
            )


def _suppression(
    finding: Finding, told: list[types.Diagnostic], found: Found, changes: ChangesOf
) -> Iterator[types.CodeAction]:
    comment = comment_for(finding, found.source) if found.source is not None else None
    edit = changes((comment,)) if comment is not None else None
    if edit is not None:
        title = f"suppress {finding.rule} here, with a reason"
        yield types.CodeAction(title, types.CodeActionKind.QuickFix, told or None, edit=edit)


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
