"""Writes pieces of Markdown: tables, fenced blocks, code in a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vmsnap_lint.report.writers import markdown_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["code", "fenced", "page", "plain", "table"]

_LINE_END = re.compile(r"\s*\n\s*")


def page(blocks: Iterable[str]) -> str:
    """A page of blocks with an empty line between them; empty blocks are left out."""
    return "\n\n".join(filter(None, blocks)) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or "" without rows; its cells are Markdown."""
    lines = [_row(row) for row in rows]
    return "\n".join([_row(head), f"|{'---|' * len(head)}", *lines]) if lines else ""


def fenced(text: str, language: str) -> str:
    """A fenced block that its text cannot end."""
    return "\n".join(markdown_text.fenced(text.rstrip().split("\n"), language))


def code(text: str) -> str:
    """Text as code in a line."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    ticks, room = "`" * (longest + 1), " " if longest else ""
    return f"{ticks}{room}{text}{room}{ticks}"


def plain(text: str) -> str:
    """Text in which code stays code, and nothing is a tag of HTML."""
    parts = re.split("(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else part.replace("<", "\\<") for part in parts)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return _LINE_END.sub(" ", text).replace("|", "\\|")
