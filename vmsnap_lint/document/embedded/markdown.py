"""Markdown becomes its fenced blocks.

markdown-it-py finds the blocks without its rule for indented code, so that fences may be indented
as deeply as MkDocs allows below tabs and admonitions.
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
            text_lines = tuple(inside[: len(indents)])
            yield Block(language_of(token.info), first + 1, text_lines, indents)


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # most runs see no page

    rules = ["blockquote", "fence", "html_block", "list"]
    return MarkdownIt("zero", {"html": True}).enable(rules)
