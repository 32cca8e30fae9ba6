"""A block of a page: its lines, and where they stand."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["LONGEST", "SHELL", "YAML", "Block", "hidden", "language_of"]

SHELL = frozenset((
    "bash", "console", "ksh", "sh", "sh-session", "shell", "shell-session", "shellsession",
    "terminal", "zsh",
))  # fmt: skip
YAML = frozenset(("json", "yaml", "yml"))
LONGEST = 1000  # characters; what only people write is looked for in no longer line
_WORD = re.compile(r"[\w-]+")


class Block(NamedTuple):
    """Consecutive lines of a page.

    `first` counts from 1. `indents` tells for each line how many columns of the page precede it,
    `cut` that something is left out of it, `filled` that a shell or a tool fills in some of it.
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
    """The language that the words behind a fence name: `yaml title="x"`, `{.yaml .copy}`."""
    found = _WORD.search(info)
    word = found[0].lower() if found else ""
    if word == "code-block":  # of MyST: the language stands behind the directive
        return language_of(info[found.end() :]) if found else ""
    return word


def hidden(length: int) -> str:
    """A placeholder of that many columns, of at least 2: nobody judges what will stand there.

    Without braces, so that it can stand between those of YAML.
    """
    return "$" + "x" * (length - 1)
