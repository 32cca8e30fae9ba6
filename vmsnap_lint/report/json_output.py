"""Values become lines of JSON in ASCII, on which neither terminals nor CI systems act."""

from __future__ import annotations

import json

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.report.terminal import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["json_line", "json_lines", "well_formed"]


def json_lines(value: Any) -> Iterator[str]:
    """The value, indented, line by line."""
    yield from _inert(json.dumps(value, indent=2, default=_plain)).splitlines()


def json_line(value: Any) -> str:
    """The value on one line."""
    return _inert(json.dumps(value, default=_plain))


def well_formed(text: str) -> str:
    """The text with U+FFFD for lone surrogates: what stands for bytes that are not UTF-8."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _inert(text: str) -> str:
    r"""The text, in which nothing is a command.

    Azure Pipelines reads `##vso[` anywhere in a line: the first `#` is written as \u0023, which is
    the same text for every reader of JSON.
    """
    return COMMAND.sub(r"\\u0023", text)


def _plain(member: Any) -> Any:
    """The value of a member of an enumeration."""
    return member.value
