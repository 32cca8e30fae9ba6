"""Markdown becomes its fenced blocks.

markdown-it-py finds the blocks without its rule for indented code, so that fences may be indented
as deeply as MkDocs allows below tabs and admonitions.
"""

from __future__ import annotations

from functools import cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.document.embedded.block import Block, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

__all__ = ["blocks"]


def blocks(lines: Sequence[str]) -> Iterator[Block]:
    """The fenced blocks in the order of the page."""
    parser, fences = _parser(), _Fences()
    # Not `parse`, which keeps every token of a page: some kilobytes for each of its lines.
    parser.block.parse("\n".join(lines).replace("\0", "\ufffd"), parser, {}, fences)
    for token in fences:
        if token.map and token.content:
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
    parser = MarkdownIt("zero", {"html": True}).enable(rules)
    interrupted = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.at("blockquote", _quote, {"alt": interrupted})
    return parser


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """markdown-it's rule for the lines that `>` begins.

    Without the lines that continue a paragraph without `>`: a fence ends there, and for each such
    line the rule would look at the rest of the page again.
    """
    from markdown_it.rules_block import blockquote  # as above

    lines = range(start, start if silent else end)
    stop = next((line for line in lines if not _is_quoted(state, line)), end)
    return blockquote(state, start, max(stop, start + 1), silent)


def _is_quoted(state: StateBlock, line: int) -> bool:
    return state.src.startswith(">", state.bMarks[line] + state.tShift[line])


class _Fences(list["Token"]):
    """Of the tokens of a page only the fences."""

    def append(self, token: Token) -> None:
        """Keep a token, if it is a fence."""
        if token.type == "fence":
            super().append(token)
