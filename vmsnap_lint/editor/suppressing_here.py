"""A finding is suppressed where it stands: the comment that does so, if one can."""

from __future__ import annotations

from itertools import zip_longest

from vmsnap_lint import document
from vmsnap_lint.config.suppressions.directives import find
from vmsnap_lint.config.suppressions.suppression import OneLine
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Edit, Span

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Finding
    from vmsnap_lint.document import Source

__all__ = ["REASON", "comment_for"]

REASON = "TODO: the reason"
"""What stands in the place of a reason until somebody writes one."""


def comment_for(finding: Finding, source: Source) -> Edit | None:
    """The edit that adds a comment behind the line of a finding, or above it.

    None where neither suppresses it and leaves all values as they are: in JSON, in the text of a
    block scalar, in a part of another file.
    """
    line = source.line(finding.span.line)
    if source.is_excerpt or not line or _is_json(source):
        return None
    comment = f"# vmsnap-lint: ignore[{finding.rule}] {REASON}"
    indent = line[: len(line) - len(line.lstrip())]
    at, end = finding.span.line, len(line) + 1
    behind = Edit(finding.file, Span(at, end, at, end), f"  {comment}")
    above = Edit(
        finding.file, Span(at, 1, at, 1), f"{indent}{comment}{source.lines.usual_ending(at)}"
    )
    return next((each for each in (behind, above) if _suppresses(each, finding, source)), None)


def _is_json(source: Source) -> bool:
    """Whether clients read it as JSON, which has no comments."""
    return source.lines.text.lstrip("\ufeff \t\r\n").startswith(("{", "["))


def _suppresses(edit: Edit, finding: Finding, source: Source) -> bool:
    """Whether the text with the edit has the suppression, and the values that it had."""
    text = source.lines.text
    at = source.lines.nearest(edit.span.line, edit.span.column)
    if at is None:
        return False
    changed = f"{text[:at]}{edit.text}{text[at:]}".encode("utf-8", "surrogatepass")
    after = document.read(source.file, changed)
    pairs = zip_longest(source.documents, after.documents)
    if any(old is None or new is None or old.value != new.value for old, new in pairs):
        return False
    line = finding.span.line + edit.text.count("\n")
    covers = (each.cover for each in find([after], ()) if each.rule == finding.rule)
    return OneLine(source.file, line) in covers
