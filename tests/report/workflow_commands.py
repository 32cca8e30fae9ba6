"""Reads workflow commands as the runner of GitHub does, for tests of what we write.

ActionCommand.cs of https://github.com/actions/runner: a line is a command if it begins with `::`
after white space, up to the next `::` stand the name and the properties, and what was escaped is
read in one order, `%25` last.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["WorkflowCommand", "is_annotation", "read"]

_OF_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_OF_PROPERTIES = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_OURS = {"error", "warning", "notice"}
_PLACE = {"file", "line", "endLine", "col", "endColumn"}


class WorkflowCommand(NamedTuple):
    """A command as the runner sees it, all text decoded."""

    name: str
    properties: dict[str, str]
    message: str


def read(line: str) -> WorkflowCommand | None:
    """The command of a line, None for one that is no command."""
    text = line.lstrip()
    if not text.startswith("::") or "::" not in text[2:]:
        return None
    head, _, data = text[2:].partition("::")
    name, _, given = head.partition(" ")
    pairs = (pair.partition("=") for pair in given.strip().split(",") if "=" in pair)
    properties = {key: _decoded(value, _OF_PROPERTIES) for key, _, value in pairs}
    return WorkflowCommand(name, properties, _decoded(data, _OF_DATA))


def is_annotation(line: str) -> bool:
    """Whether a line is a command as we write it: at its beginning, an annotation, properly named.

    The title is a rule or the program, and columns stand only within one line.
    """
    command = read(line)
    if command is None or not line.startswith("::") or command.name not in _OURS:
        return False
    places = set(command.properties) - {"title"}
    title = command.properties.get("title", "")
    is_one_line = command.properties.get("line") == command.properties.get("endLine")
    expected = _PLACE if is_one_line else {"file", "line", "endLine"}
    return title.replace("-", "").isalpha() and (not places or places == expected)


def _decoded(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for written, meant in escapes:
        text = text.replace(written, meant)
    return text
