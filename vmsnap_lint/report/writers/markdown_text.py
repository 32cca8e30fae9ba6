"""Text of manifests becomes Markdown that shows it and does nothing else.

Plain words stand as they are, all else stands in code spans: GitHub and GitLab look for mentions,
references, links and emoji in what is rendered, so escapes do not keep them from it; only code does
(https://docs.github.com/get-started/writing-on-github).
"""

from __future__ import annotations

import re
from html import escape
from itertools import groupby

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.report.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["code", "fenced", "in_cell", "prose", "within_html"]

_PART = re.compile(r'"[^"]*"|"|[^ "]+| +')
_OUTER = re.compile(r"(\(*)(.*?)([?),.;:]*)", re.DOTALL)
# Of a word, no part is a name of a user, a commit or an issue, an emoji, a link or a mark.
_PLAIN = re.compile(r"(?![0-9a-f]{7,}\b)(?:[A-Za-z]+(?:['-][A-Za-z]+)*|[0-9]{1,6})")
_ZERO_WIDTH = "\u200b"
_TICKS = re.compile("`+")


def prose(text: str) -> str:
    """The text with code spans around what is no plain word, on one line."""
    parts = (piece for part in _PART.findall(visible(text)) for piece in _pieces(part))
    runs = ((kind, "".join(told for _, told in run)) for kind, run in groupby(parts, _kind))
    return "".join(_span(run) if kind == "code" else run for kind, run in runs).strip()


def _pieces(part: str) -> Iterator[tuple[str, str]]:
    """A word with its kind, plain or code; marks around it, and blanks, are plain."""
    if part == " " or part[0] == '"':
        yield ("plain" if part == " " else "code"), part
        return
    match = _OUTER.fullmatch(part)
    opened, word, closed = match.groups() if match else ("", part, "")
    if opened:
        yield "plain", opened
    if word:
        yield ("plain" if _PLAIN.fullmatch(word) else "code"), word
    if closed:
        yield "plain", closed


def _kind(piece: tuple[str, str]) -> str:
    return piece[0]


def code(text: str) -> str:
    """A code span of the text, on one line; "" for no text."""
    return _span(visible(text))


def _span(shown: str) -> str:
    if not shown:
        return ""
    longest = max((len(run) for run in _TICKS.findall(shown)), default=0)
    ticks = "`" * (longest + 1)
    is_padded = shown[0] == "`" or shown[-1] == "`" or (shown[0] == shown[-1] == " ")
    room = " " if is_padded and shown.strip(" ") else ""
    return f"{ticks}{room}{shown}{room}{ticks}"


def in_cell(markdown: str) -> str:
    r"""Markdown of one line in a cell of a table, where a bar is always written as `\|`.

    A backslash before it would be read together with the one that is added.
    """
    return markdown.replace("\\|", f"\\{_ZERO_WIDTH}|").replace("|", "\\|")


def within_html(text: str) -> str:
    """The text in a block of HTML, where no Markdown is read."""
    return f"<code>{escape(visible(text))}</code>"


def fenced(lines: Iterable[str], language: str = "text") -> Iterator[str]:
    """A block of code of these lines, which are visible text."""
    listed = list(lines)
    longest = max((len(run) for line in listed for run in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}{language}"
    yield from listed
    yield fence
