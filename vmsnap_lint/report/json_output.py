"""Values become lines of JSON in ASCII, on which neither terminals nor CI systems act."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vmsnap_lint.report.terminal import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["json_line", "json_lines"]


def json_lines(value: Any) -> Iterator[str]:
    r"""The value, indented, line by line.

    Azure Pipelines reads `##vso[` anywhere in a line: the first `#` is written as \u0023, which is
    the same text for every reader of JSON.
    """
    yield from _text(value, indent=2).splitlines()


def json_line(value: Any) -> str:
    """The value on one line."""
    return _text(value)


def _text(value: Any, indent: int | None = None) -> str:
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, indent=indent, separators=separators, default=_value)
    return COMMAND.sub(r"\\u0023", text)


def _value(member: Any) -> Any:
    return member.value
