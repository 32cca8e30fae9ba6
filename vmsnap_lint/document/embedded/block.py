"""A block of a page: its lines and their places."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["LONGEST", "SHELL", "YAML", "Block", "hidden", "language_of"]

SHELL = frozenset((
    "bash", "console", "ksh", "sh", "sh-session", "shell", "shell-session", "shellsession",
    "terminal", "zsh",
))  # fmt: skip
YAML = frozenset(("json", "yaml", "yml"))
LONGEST = 1000  # characters; what only people write is looked for in no longer line
_WORD = re.compile(r"[\w-]+")
_NO_WORD = re.compile(r"^[0-9]|[^A-Za-z0-9_]")


class Block(NamedTuple):
    """Consecutive lines of a page.

    `first` counts from 1. `indents` has the number of columns of the page before each line, `cut`
    says that something is left out, `filled` that a shell or a tool fills in some of it.
    """

    language: str
    first: int
    lines: tuple[str, ...]
    indents: tuple[int, ...]
    cut: bool = False
    filled: bool = False

    def part(self, start: int, end: int, language: str) -> Block:
        """Some of the lines."""
        lines, indents = self.lines[start:end], self.indents[start:end]
        return self._replace(
            language=language, first=self.first + start, lines=lines, indents=indents
        )


def language_of(info: str) -> str:
    """The language that the words after a fence name: `yaml title="x"`, `{.yaml .copy}`."""
    match = _WORD.search(info)
    word = match[0].lower() if match else ""
    if word == "code-block":  # of MyST: the language follows the directive
        return language_of(info[match.end() :]) if match else ""
    return word


def hidden(text: str) -> str:
    """A placeholder for what is filled in, as long as its text, at least 2: its value is unknown.

    It has no braces, so that it is allowed between those of YAML. Equal texts have equal ones.
    """
    return "$" + _NO_WORD.sub("_", text[1:])
