"""A text that is being typed becomes a path and what is written there so far.

It rarely parses while somebody types. Within brackets the parser reads it up to there; elsewhere
only lines, their indentation, dashes and keys are looked at, from the cursor upwards. What is in a
block of text is not told.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import Span
from vmsnap_lint.document import split
from vmsnap_lint.editor.block_lines import (
    COMMENT,
    LONGEST,
    Climb,
    TypedEntry,
    TypedLine,
    read_line,
    scalar_text,
)
from vmsnap_lint.editor.brackets import bracketed
from vmsnap_lint.editor.way_of_writing import WayOfWriting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document.positions import Lines
    from vmsnap_lint.editor.brackets import Bracketed

__all__ = ["HalfWritten", "half_written", "within_object"]

_MEMBERS = re.compile(r"""[{,]\s*(name|namespace)\s*:\s+["']?([^\s"',{}]+)""")
_QUOTES = ('"', "'")
_JSON = r"\ufeff?\s*\{\s*(?:[\"}]|\Z)"  # a template begins with two braces
_MOST_LINES = 20_000  # above the cursor, and below


class HalfWritten(NamedTuple):
    """What is being typed: at `path`, a key of the object there, or its value.

    `written` is what stands before the cursor, `span` all of the word, without its quotes. `beside`
    are the other keys of the object, with what follows them. `fields` are scalars of the object of
    Kubernetes that it is a part of: apiVersion, kind, and name and namespace of its metadata. An
    item of an array may be a scalar or begin an object: then `is_key` and `is_value` are both true.
    """

    path: Path
    written: str
    span: Span
    is_key: bool
    is_value: bool
    beside: dict[str, str]
    fields: dict[str, str]
    way: WayOfWriting


def half_written(lines: Lines, line: int, column: int) -> HalfWritten | None:
    """What is typed at a place, None in comments and blocks of text, and outside."""
    found = _within_brackets(lines, line, column)
    if found is not None or re.match(_JSON, lines.text):
        return found
    above = max(0, line - 1 - _MOST_LINES)
    found = _typed(lines.stretch(above + 1, 2 * _MOST_LINES + 1), line - above, column)
    if found is None or not above:
        return found
    return found._replace(span=found.span._replace(line=line, end_line=line))


def within_object(path: Path) -> Path:
    """The path in its object of what may be an item of a List."""
    return path[2:] if path[:1] == ("items",) and len(path) > 1 else path


def _typed(lines: Sequence[str], line: int, column: int) -> HalfWritten | None:
    """The same in a part of the lines."""
    if not 1 <= line <= len(lines) or len(lines[line - 1]) > LONGEST:
        return None
    text, at = lines[line - 1], max(column, 1) - 1
    here = read_line(line, text)
    first = max(_top(lines, line), line - _MOST_LINES)
    if at > len(text) or text.startswith("---") or _is_comment(text, at):
        return None
    colon = _behind_key(here, text) if here.key is not None else len(text)
    if at == colon + 1:  # a value needs a blank before it
        return None
    is_value = at > colon
    here = here if here.key is not None else _placed(here, text, at)
    above = _above(lines, here, first)
    if above is None or (not is_value and at < here.column):
        return None
    entries, beside = above
    path = tuple(entry.step for entry in entries)
    word = _word(here, text, at, is_value=is_value)
    fields = _fields(lines, entries, first, _bottom(lines, line))
    if word is None:
        start = _behind_key(here, text) + 1 if is_value else here.column
        outer = (*path, here.key or "") if is_value else path
        return _in_brackets(outer, text[:LONGEST], (line, start, at), fields)
    written, start, end = word
    span = Span(line, start + 1, line, end + 1)
    quote = text[start - 1 : start] if start and text[start - 1] in _QUOTES else ""
    way = WayOfWriting(quote, bool(quote) and text.startswith(quote, end), here.key is not None)
    if is_value:
        own = (*path, here.key or "")
        return HalfWritten(own, written, span, False, True, beside, fields, way)
    is_item = bool(here.dashes) and here.key is None
    if is_item and not path:
        return None
    return HalfWritten(path, written, span, True, is_item, beside, fields, way)


def _within_brackets(lines: Lines, line: int, column: int) -> HalfWritten | None:
    """The same for what is in brackets of a document that can be read up to there."""
    text, at = lines.text, lines.index(line, max(column, 1))
    around = (piece for piece in split.pieces(text) if at is not None and at <= piece.end)
    piece = next(around, None)
    if at is None or piece is None:
        return None
    start = piece.start + text.startswith("\ufeff", piece.start)
    found = bracketed(text[start : piece.end], at - start)
    if found is None:
        return None
    written = text[start + found.start : at]
    span = lines.span(start + found.start, start + found.end)
    return _of_brackets(found, found.path, written, span, found.fields)


def _in_brackets(
    outer: Path, text: str, place: tuple[int, int, int], fields: dict[str, str]
) -> HalfWritten | None:
    """The same for what is in brackets that begin on the line."""
    line, start, at = place
    found = bracketed(text[start:], at - start)
    if found is None:
        return None
    span = Span(line, start + found.start + 1, line, start + found.end + 1)
    written = text[start + found.start : at]
    path = (*outer, *found.path)
    return _of_brackets(found, path, written, span, found.fields if not outer else fields)


def _of_brackets(
    found: Bracketed, path: Path, written: str, span: Span, fields: dict[str, str]
) -> HalfWritten:
    way = WayOfWriting(found.quote, found.is_closed, found.has_colon, True, found.is_json)
    return HalfWritten(
        path, written, span, found.is_key, not found.is_key, found.beside, fields, way
    )


def _placed(line: TypedLine, text: str, at: int) -> TypedLine:
    """A line without a key yet, with the column where that will be."""
    if line.rest.strip():
        return line._replace(column=len(text) - len(line.rest))
    return line._replace(column=max(at, line.dashes[-1] + 2) if line.dashes else at)


def _behind_key(line: TypedLine, text: str) -> int:
    """Where the colon of the key of a line is."""
    return text.index(":", line.column + len(line.key or ""))


def _is_comment(text: str, at: int) -> bool:
    return COMMENT.search(text[:at]) is not None


def _top(lines: Sequence[str], line: int) -> int:
    """The first line of the document."""
    for number in range(line - 1, max(0, line - _MOST_LINES), -1):
        if lines[number - 1].startswith("---"):
            return number + 1
    return 1


def _bottom(lines: Sequence[str], line: int) -> int:
    """The last line of the document."""
    for number in range(line + 1, min(len(lines), line + _MOST_LINES) + 1):
        if lines[number - 1].startswith("---"):
            return number - 1
    return min(len(lines), line + _MOST_LINES)


def _above(
    lines: Sequence[str], here: TypedLine, first: int
) -> tuple[tuple[TypedEntry, ...], dict[str, str]] | None:
    """The entries that lead to the object that a line is a part of, and the keys beside it.

    None within a block of text.
    """
    climb = Climb(here.column)
    for column in reversed(here.dashes):
        climb.dash(here.number, column)
    for number in range(here.number - 1, first - 1, -1):
        if climb.is_done:
            break
        text = lines[number - 1]
        if not text.strip() or text.lstrip().startswith("#") or len(text) > LONGEST:
            continue
        if not climb.line(read_line(number, text)):
            return None
    beside = dict(climb.beside)
    for number in range(here.number + 1, min(len(lines), here.number + _MOST_LINES) + 1):
        text = lines[number - 1]
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        below = read_line(number, text)
        if text.startswith("---") or min((*below.dashes, below.column)) < here.column:
            break
        if below.key is not None and below.column == here.column and not below.dashes:
            beside.setdefault(below.key, scalar_text(below.rest))
    return climb.entries(), beside


def _word(here: TypedLine, text: str, at: int, *, is_value: bool) -> tuple[str, int, int] | None:
    """What is written before the cursor, and where the word begins and ends, without quotes."""
    if is_value:
        start = _behind_key(here, text) + 1
        start += len(text[start:]) - len(text[start:].lstrip(" "))
        start = min(start, at)
    else:
        start = here.column
    comment = COMMENT.search(text, start)
    end = len(text[start : comment.start() if comment else len(text)].rstrip()) + start
    if not is_value and here.key is not None:
        end = _behind_key(here, text)
    end = max(end, at)
    if text[start:at].startswith(("{", "[", "|", ">", "*", "&", "!")):
        return None
    if text[start : start + 1] in ('"', "'") and at > start:
        quote, start = text[start], start + 1
        end -= end > start and text[end - 1 : end] == quote and end - 1 >= at
    return text[start:at], start, end


def _fields(
    lines: Sequence[str], entries: Sequence[TypedEntry], first: int, last: int
) -> dict[str, str]:
    """The scalars that tell what object of Kubernetes it is, an item of a List included."""
    column = 0
    if len(entries) > 1 and entries[0].step == "items" and isinstance(entries[1].step, int):
        first, column = (
            entries[1].line,
            read_line(entries[1].line, lines[entries[1].line - 1]).column,
        )
        last = _end_of_item(lines, entries[1], last)
    fields: dict[str, str] = {}
    within = ""
    inner = -1
    for number in range(first, last + 1):
        line = read_line(number, lines[number - 1])
        if line.key is None or (line.dashes and number != first):
            continue
        if line.column == column:
            within, inner = line.key, -1
            if line.key in ("apiVersion", "kind"):
                fields.setdefault(line.key, scalar_text(line.rest))
            elif line.key == "metadata":
                for name, text in _MEMBERS.findall(line.rest[:LONGEST]):
                    fields.setdefault(name, text)
        elif within == "metadata" and line.column > column:
            inner = line.column if inner < 0 else inner
            if line.column == inner and line.key in ("name", "namespace"):
                fields.setdefault(line.key, scalar_text(line.rest))
    return fields


def _end_of_item(lines: Sequence[str], item: TypedEntry, last: int) -> int:
    for number in range(item.line + 1, last + 1):
        text = lines[number - 1]
        if text.strip() and len(text) - len(text.lstrip(" ")) <= item.column:
            return number - 1
    return last
