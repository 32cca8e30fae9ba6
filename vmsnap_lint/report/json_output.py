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
    text = json.dumps(value, indent=2, default=lambda member: member.value)
    yield from COMMAND.sub(r"\\u0023", text).splitlines()


def json_line(value: Any) -> str:
    """The value on one line."""
    return COMMAND.sub(r"\\u0023", json.dumps(value, separators=(",", ":")))
