"""Markdown becomes its fenced blocks.

Blocks are found by markdown-it-py without its rule for indented code, for which reason fences may
be indented as deeply as MkDocs has it below tabs and admonitions.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from vmsnap_lint.document.embedded.block import Block, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt

__all__ = ["blocks"]


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The fenced blocks in the order of the page."""
    for token in _parser().parse("\n".join(lines)):
        if token.type == "fence" and token.map and token.content:
            first = token.map[0] + 1
            inside = token.content.removesuffix("\n").split("\n")
            # A fence that is not closed may run into the end of the page.
            within = zip(inside, lines[first : first + len(inside)], strict=False)
            indents = tuple(len(line) - len(text) for text, line in within)
            taken = tuple(inside[: len(indents)])
            yield Block(language_of(token.info), first + 1, taken, indents)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # most runs see no page

    wanted = ["blockquote", "fence", "html_block", "list"]
    return MarkdownIt("zero", {"html": True}).enable(wanted)
