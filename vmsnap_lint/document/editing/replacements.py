"""Another scalar in the place of one, and another key in that of one."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.editing.edit_spot import UneditableError, spot
from vmsnap_lint.document.editing.scalar_text import is_simple, scalar_text
from vmsnap_lint.document.nodes import Style

if TYPE_CHECKING:
    from vmsnap_lint.document.editing.edit_spot import EditSpot, Written
    from vmsnap_lint.document.editing.operations import KeyRenamed, ScalarSet

__all__ = ["key_edit", "scalar_edit"]

Edit = tuple[int, int, str]
_BLOCKS = (Style.LITERAL, Style.FOLDED)


def scalar_edit(written: Written, operation: ScalarSet) -> Edit:
    """The edit that writes the scalar, in the style of the old one if that can be."""
    at = spot(written, operation.path)
    places = written.places
    style = places.style(at.node)
    if style is None:
        raise UneditableError
    start, end = places.starts[at.node], places.ends[at.node]
    value = operation.value
    if style in _BLOCKS:
        if isinstance(value, str) and not is_simple(value):
            return _block_text(written, start, end, value)
        style = Style.PLAIN
    flow = at.parent >= 0 and places.is_flow(at.parent)
    text = scalar_text(value, style, flow=flow, as_json=written.as_json)
    is_touching = start == end and start > 0 and not written.text[start - 1].isspace()
    return start, end, f" {text}" if is_touching else text


def key_edit(written: Written, operation: KeyRenamed) -> Edit:
    """The edit that writes the key, in the style of the old one."""
    at = spot(written, operation.path)
    places = written.places
    style = places.style(at.key) if at.key >= 0 else None
    if style is None or style in _BLOCKS:
        raise UneditableError
    return places.starts[at.key], places.ends[at.key], _key_text(written, at, style, operation.key)


def _key_text(written: Written, at: EditSpot, style: Style, key: str) -> str:
    flow = written.places.is_flow(at.parent)
    return scalar_text(key, style, flow=flow, as_json=written.as_json)


def _block_text(written: Written, start: int, end: int, value: str) -> Edit:
    """The lines of a literal text, with the header and the indentation that they have."""
    text = written.text
    first = _behind_break(text, written.line_end(start))
    line = text[first : written.line_end(first)]
    indentation = line[: len(line) - len(line.lstrip(" "))]
    if text[start] != Style.LITERAL.value or not indentation or first > end:
        raise UneditableError
    lines = value.rstrip("\n").split("\n")
    return first, end, "\n".join(f"{indentation}{each}" if each else "" for each in lines)


def _behind_break(text: str, index: int) -> int:
    return index + 2 if text.startswith("\r\n", index) else index + 1
