"""A change of a text becomes an edit of the file that the text is, or is a part of."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Edit

if TYPE_CHECKING:
    from vmsnap_lint.document.positions import Lines

__all__ = ["file_edit", "with_breaks"]

Change = tuple[int, int, str]


def with_breaks(change: Change, lines: Lines) -> Change:
    """The change with the line breaks that a file has there; a part of one has only LF."""
    start, end, text = change
    if "\n" not in text or lines.inset is not None:
        return change
    mark = lines.usual_ending(lines.span(start, start).line)
    return start, end, text.replace("\n", mark)


def file_edit(file: str, change: Change, lines: Lines) -> Edit | None:
    """The edit, None where the file has another text at its place.

    What precedes the lines of a part of a file, such as blanks, also precedes new ones.
    """
    start, end, text = change
    span = lines.span(start, end)
    inset = lines.inset
    if inset is None:
        return Edit(file, span, text)
    if not (inset.exact and _is_same(lines, start, end)):
        return None
    if "\n" in text:
        line = inset.page.line(span.line)
        before = line[: _indent(lines, span.line)]
        text = text.replace("\n", f"{lines.usual_ending(span.line)}{before}")
    return Edit(file, span, text)


def _is_same(lines: Lines, start: int, end: int) -> bool:
    """Whether the file has the text of a stretch, in lines of the same lengths."""
    text, inset = lines.text, lines.inset
    first, last = lines.span(start, start).line, lines.span(end, end).line
    position = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    for number in range(first, last + 1):
        stop = position
        while stop < len(text) and text[stop] not in "\r\n":
            stop += 1
        there = inset.page.line(number)[_indent(lines, number) :] if inset else ""
        if len(there) != stop - position:
            return False
        own = slice(max(start - position, 0), max(min(end, stop) - position, 0))
        if there[own] != text[position:stop][own]:
            return False
        position = stop + 1
    return True


def _indent(lines: Lines, number: int) -> int:
    """How many characters of the file precede a line of it that the text has."""
    inset = lines.inset
    if inset is None or not 0 <= number - inset.first < len(inset.indents):
        return 0
    return inset.indents[number - inset.first]
