"""Values become lines of JSON in ASCII, on which neither terminals nor CI systems act."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vmsnap_lint.report.terminal import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["json_line", "json_lines", "json_part"]


_ENCODER = json.JSONEncoder(default=lambda member: member.value)
_STEP = "  "


def json_lines(value: Any) -> Iterator[str]:
    r"""The value, indented, line by line.

    Azure Pipelines reads `##vso[` anywhere in a line: the first `#` is written as \u0023, which is
    the same text for every reader of JSON.
    """
    yield from COMMAND.sub(r"\\u0023", _indented(value, "")).splitlines()


def json_line(value: Any) -> str:
    """The value on one line."""
    return json_part(value)


def json_part(value: Any) -> str:
    """The value on one line, for a part of a document that has a schema elsewhere."""
    return COMMAND.sub(r"\\u0023", _ENCODER.encode(value))


def _indented(value: Any, lead: str) -> str:
    """The text that `json.dumps` makes with an indent, in a third of its time."""
    if not value or not isinstance(value, dict | list | tuple):
        return _ENCODER.encode(value)
    inner = lead + _STEP
    if isinstance(value, dict):
        items = (f"{_ENCODER.encode(key)}: {_indented(item, inner)}" for key, item in value.items())
        opened, closed = "{}"
    else:
        items = (_indented(item, inner) for item in value)
        opened, closed = "[]"
    between = f",\n{inner}"
    return f"{opened}\n{inner}{between.join(items)}\n{lead}{closed}"
