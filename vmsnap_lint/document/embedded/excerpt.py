"""A block that leaves something out becomes a text that can be read."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.document.embedded.block import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.document.embedded.block import Block

__all__ = ["files", "is_complete", "without_dots"]

_DOTS = r"(?:\.{3,}+|…)"
_WORDS = r"(?:snip(?:ped)?|omitted|truncated|output omitted)"
# All repeats are possessive where blanks may follow blanks, so that a line is read once.
_LEFT_OUT = re.compile(
    possessive(
        rf"[ \t]*+(?:- ++)?+(?:[\[<(]? *+{_DOTS} *+[\])>]?|-*+[\[<( ]*+{_WORDS}[\])> ]*+-*+)[ \t]*+"
    ),
    re.IGNORECASE,
)
_COMMENTED = re.compile(rf"#[ \t]*+[\[<(]?[ \t]*+(?:{_DOTS}|{_WORDS}\b)", re.IGNORECASE)
_VALUE = re.compile(
    rf"(:[ \t]++|^[ \t]*+- ++)([\[{{<]?[ \t]*+{_DOTS}[ \t]*+[\]}}>]?)(?=[ \t]*+(?:#.*)?$)"
)
_BEGINS = re.compile(
    possessive(r"(?m)\A(?:[ \t]*+(?:#.*|---.*)?\n)*+(?:apiVersion|kind|metadata|spec)[ \t]*:")
)
_FILLED_IN = re.compile(r"\$[({]|\{[{%]|<[A-Za-z]|@@")
_TYPES = (re.compile(r"(?m)^apiVersion[ \t]*:"), re.compile(r"(?m)^kind[ \t]*:"))


def files(block: Block) -> Iterator[Block]:
    """The files that a block shows one below the other, with no "---" but a title between them."""
    start, top, filled = 0, 0, False
    for number, line in enumerate(block.lines):
        if line.startswith("---"):
            filled = False
        if line.startswith("apiVersion:") and filled and top < number:
            yield block.part(start, top, block.language)
            start, filled = top, False
        is_title = not line.strip() or line.startswith("#")
        if not is_title:
            top, filled = number + 1, filled or not line.startswith("---")
    yield block.part(start, len(block.lines), block.language)


def without_dots(block: Block) -> Block:
    """The block with spaces for dots in place of something left out; then it is `cut`."""
    cut, lines = block.cut, []
    for line in block.lines:
        kept = _without_dots(line) if len(line) <= LONGEST else line
        cut = cut or kept != line or (len(line) <= LONGEST and bool(_COMMENTED.search(line)))
        lines.append(kept)
    return block._replace(lines=tuple(lines), cut=cut)


def is_complete(text: str) -> bool:
    """Whether a text that does not parse was meant to be applied as it is written."""
    is_typed = _BEGINS.match(text) and all(field.search(text) for field in _TYPES)
    return bool(is_typed) and not _FILLED_IN.search(text)


def _without_dots(line: str) -> str:
    if _LEFT_OUT.fullmatch(line):
        return " " * len(line)
    return _VALUE.sub(_spaced, line) if "..." in line or "…" in line else line


def _spaced(match: re.Match[str]) -> str:
    return match[1] + " " * len(match[2])
