"""A block of shell commands becomes the texts that are fed to commands in it."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.embedded.block import LONGEST, Block, hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["heredocs"]

_OPENING = re.compile(r"(?<!<)<<(-?)[ \t]*(\\|'|\"|)([A-Za-z_][\w.-]*)\2?")
# Patches and kustomizations are not objects; what is deleted is not there afterwards.
_NOT_OBJECTS = re.compile(r"\bpatch|kustomization|\b(?:kubectl|oc) delete\b")
_PROMPT = "> "
_FILLED = re.compile(r"\\[$`]|\$\{[^}]*\}|\$\((?:[^()]|\([^()]*\))*\)|\$[A-Za-z_]\w*|`[^`]*`")


def heredocs(block: Block) -> Iterator[Block]:
    """The texts between `<<EOF` and `EOF`; what the shell fills in becomes a placeholder."""
    number, lines = 0, block.lines
    while number < len(lines):
        opening = _OPENING.search(lines[number])
        number += 1
        if opening is None:
            continue
        end = _end(block, number, opening[3])
        if not _NOT_OBJECTS.search(lines[number - 1]):
            body = _without_prefixes(block.part(number, end, "yaml"), tabs=bool(opening[1]))
            yield body if opening[2] else _unfilled(body)
        number = end + 1


def _end(block: Block, start: int, delimiter: str) -> int:
    """The line of the delimiter; pages often indent it, although a shell rejects that."""
    later = range(start, len(block.lines))
    return next(
        (n for n in later if block.lines[n].removeprefix(_PROMPT).strip() == delimiter),
        len(block.lines),
    )


def _without_prefixes(body: Block, *, tabs: bool) -> Block:
    """The text without the prompts of a shell that waits for the rest, and without `tabs`."""
    lines = body.lines
    if all(f"{line} ".startswith(_PROMPT) for line in lines):
        lines = tuple(line[len(_PROMPT) :] for line in lines)
    if tabs:  # as `<<-` has it
        lines = tuple(line.lstrip("\t") for line in lines)
    both = zip(body.indents, body.lines, lines, strict=True)
    indents = tuple(indent + len(old) - len(new) for indent, old, new in both)
    return body._replace(lines=lines, indents=indents)


def _unfilled(body: Block) -> Block:
    """The text with a placeholder of the same width for everything that the shell fills in."""
    lines = tuple(
        _FILLED.sub(_placeholder, line) if len(line) <= LONGEST else line for line in body.lines
    )
    return body._replace(lines=lines, filled=body.filled or lines != body.lines)


def _placeholder(match: re.Match[str]) -> str:
    text = match[0]
    return text[1] * 2 if text[0] == "\\" else hidden(text)
