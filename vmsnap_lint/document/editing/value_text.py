"""A value that is added becomes text: in lines of its own, or within brackets."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.document.editing.scalar_text import scalar_text
from vmsnap_lint.document.nodes import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["entry_text", "flow_entry", "flow_text", "item_text"]

_INDENT = "  "


def entry_text(
    key: str, value: Any, column: int, style: Style = Style.PLAIN, of_value: Style = Style.PLAIN
) -> str:
    """`key: value` at a column, with further lines where the value takes them."""
    return ("\n" + " " * column).join(_entry(key, value, style, of_value))


def item_text(value: Any, column: int) -> str:
    """`- value` at a column, with further lines where the value takes them."""
    return ("\n" + " " * column).join(_item(value))


def flow_entry(key: str, value: Any, style: Style, *, as_json: bool) -> str:
    """`key: value` within brackets."""
    name = scalar_text(key, style, flow=True, as_json=as_json)
    return f"{name}: {flow_text(value, style, as_json=as_json)}"


def flow_text(value: Any, style: Style, *, as_json: bool) -> str:
    """The value in one line, its strings in a style where they can be."""
    if isinstance(value, dict):
        entries = (flow_entry(key, each, style, as_json=as_json) for key, each in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow_text(each, style, as_json=as_json) for each in value) + "]"
    return scalar_text(value, style, flow=True, as_json=as_json)


def _lines(value: dict[str, Any] | list[Any]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _entry(key, each, Style.PLAIN)
    else:
        for each in value:
            yield from _item(each)


def _entry(key: str, value: Any, style: Style, of_value: Style = Style.PLAIN) -> Iterator[str]:
    name = scalar_text(key, style)
    if isinstance(value, dict | list) and value:
        yield f"{name}:"
        yield from (f"{_INDENT}{line}" for line in _lines(value))
    else:
        yield f"{name}: {flow_text(value, of_value, as_json=False)}"


def _item(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        mark = "- "
        for line in _lines(value):
            yield f"{mark}{line}"
            mark = _INDENT
    else:
        yield f"- {flow_text(value, Style.PLAIN, as_json=False)}"
