"""One more entry in an object, or item in an array, written as its neighbours are."""

from __future__ import annotations

import json

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.editing.edit_spot import UneditableError, spot
from vmsnap_lint.document.editing.value_text import entry_text, flow_entry, flow_text, item_text
from vmsnap_lint.document.nodes import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.editing.edit_spot import EditSpot, Written
    from vmsnap_lint.document.editing.operations import EntryAdded, ItemAdded

__all__ = ["entry_edits", "item_edits"]

Edit = tuple[int, int, str]
_INDENT = 2


def entry_edits(written: Written, operation: EntryAdded) -> Iterator[Edit]:
    """The edits that add the entry, the best first: each is enough."""
    at = spot(written, operation.path)
    places = written.places
    if not places.is_object(at.node):
        yield _for_nothing(written, at, operation)
        return
    entries = places.entries(at.node)
    number = next((n for n, (key, *_) in enumerate(entries) if key == operation.before), -1)
    if places.is_flow(at.node):
        style = written.style(entries[-1][1]) if entries else Style.PLAIN
        nodes = [(key, value) for _, key, value in entries]
        if _is_dense(written, nodes):
            text = json.dumps({operation.key: operation.value}, separators=(",", ":"))[1:-1]
        else:
            text = flow_entry(operation.key, operation.value, style, as_json=written.as_json)
        yield _within_brackets(written, at.node, nodes, number, text)
        return
    first = places.starts[entries[0][1]]
    column, style = written.column(first), written.style(entries[-1][1])
    near = _quotes(written.style(entries[number][2]))
    text = entry_text(operation.key, operation.value, column, _quotes(style), near)
    for chosen in (number, -1, 0):
        if chosen >= 0:
            start = places.starts[entries[chosen][1]]
            if written.column(start) == column:
                start = _above_comments(written, start, column)
                yield start, start, f"{text}\n{' ' * column}"
        else:
            end = written.line_end(written.end(entries[-1][2]))
            yield end, end, f"\n{' ' * column}{text}"


def item_edits(written: Written, operation: ItemAdded) -> Iterator[Edit]:
    """The edits that add the item, the best first: each is enough."""
    at = spot(written, operation.path)
    places = written.places
    if not places.is_array(at.node):
        yield _for_nothing(written, at, operation)
        return
    items = places.items(at.node)
    if places.is_flow(at.node):
        style = written.style(items[-1]) if items else Style.PLAIN
        text = flow_text(operation.value, style, as_json=written.as_json)
        yield _within_brackets(written, at.node, [(item, item) for item in items], -1, text)
        return
    column = written.column(places.starts[at.node])
    end = written.line_end(written.end(items[-1]))
    yield end, end, f"\n{' ' * column}{item_text(operation.value, column)}"


def _within_brackets(
    written: Written, node: int, nodes: list[tuple[int, int]], before: int, text: str
) -> Edit:
    """The entry between brackets: in a line of its own where the last one has one."""
    places = written.places
    start = places.starts[node]
    if not nodes:
        opening = written.text.find("{" if places.is_object(node) else "[", start)
        return opening + 1, opening + 1, text
    number = before if before >= 0 else len(nodes) - 1
    own = places.starts[nodes[number][0]]
    above = places.ends[nodes[number - 1][1]] if number else start
    gap = written.text[written.line_start(own) : own]
    is_apart = not gap.strip() and written.line_start(own) > above - 1
    usual = "," if _is_dense(written, nodes) else ", "
    separator = f",\n{gap}" if is_apart else usual
    if before >= 0:
        return own, own, f"{text}{separator}"
    end = places.ends[nodes[-1][1]]
    return end, end, f"{separator}{text}"


def _is_dense(written: Written, nodes: list[tuple[int, int]]) -> bool:
    """Whether it is JSON without blanks, as the last two parts of an object or array show."""
    parts = [part for pair in nodes[-2:] for part in dict.fromkeys(pair)]
    if not written.as_json or len(parts) < 2:
        return False
    start, end = written.places.ends[parts[-2]], written.places.starts[parts[-1]]
    return written.text[start:end] in (":", ",")


def _for_nothing(written: Written, at: EditSpot, operation: EntryAdded | ItemAdded) -> Edit:
    """The first entry of what has no value yet."""
    places = written.places
    style = places.style(at.node)
    start, end = places.starts[at.node], places.ends[at.node]
    if style is not Style.PLAIN or places.values[at.node] is not None or at.key < 0:
        raise UneditableError
    is_entry = hasattr(operation, "key")
    value = {operation.key: operation.value} if is_entry else [operation.value]  # type: ignore[union-attr] # told by the line above
    if start < end or places.is_flow(at.parent):
        text = flow_text(value, Style.PLAIN, as_json=written.as_json)
        is_apart = start < end or written.text[start - 1 : start] in (" ", "\t")
        return start, end, text if is_apart else f" {text}"
    column = written.column(places.starts[at.key]) + _INDENT
    line = written.line_end(start)
    if is_entry:
        body = entry_text(operation.key, operation.value, column)  # type: ignore[union-attr] # as above
    else:
        body = item_text(operation.value, column)
    return line, line, f"\n{' ' * column}{body}"


def _above_comments(written: Written, start: int, column: int) -> int:
    """Where the comments begin that are right above an entry; at the margin, the entry itself."""
    mark = f"{' ' * column}#"
    if not column or written.text[written.line_start(start) : start].strip():
        return start
    while (line := written.line_start(start)) > 0:
        above = written.line_start(line - (2 if written.text[line - 2 : line] == "\r\n" else 1))
        if not written.text.startswith(mark, above):
            break
        start = above + column
    return start


def _quotes(style: Style) -> Style:
    return style if style in (Style.SINGLE, Style.DOUBLE) else Style.PLAIN
