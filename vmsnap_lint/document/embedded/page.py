"""The bytes of a page become a Source, with one for each block that holds manifests."""

from __future__ import annotations

import re

from vmsnap_lint import document
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.document import FaultKind, Source, encoding
from vmsnap_lint.document.embedded.block import SHELL, YAML
from vmsnap_lint.document.embedded.excerpt import files, is_complete, without_dots
from vmsnap_lint.document.embedded.heredoc import heredocs
from vmsnap_lint.document.embedded.shortcodes import without_shortcodes
from vmsnap_lint.document.positions import Inset, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.document.comments import Comment
    from vmsnap_lint.document.embedded.block import Block

__all__ = ["Page", "PageBlock", "read"]

MOST_BYTES = 2**20
_ASCIIDOC = (".adoc", ".asciidoc")
_BREAK = re.compile(r"\r\n|\n|\r")
_MANIFEST = re.compile(r"\s*(?:---|\{|(?:apiVersion|kind)[ \t]*:)")
_STOPS = frozenset((FaultKind.NOT_MAPPING, FaultKind.SYNTAX, FaultKind.TEMPLATE))


class PageBlock(NamedTuple):
    """One block that was read; where it is `cut`, absence in it proves nothing."""

    source: Source
    cut: bool


class Page(Source):
    """A page: only its excerpts have documents."""

    def __init__(
        self,
        file: str,
        data: bytes,
        excerpts: Iterable[PageBlock] = (),
        not_checked: Iterable[NotChecked] = (),
    ) -> None:
        super().__init__(file, data, (), ())
        self.excerpts = tuple(excerpts)
        self.not_checked = tuple(not_checked)

    def comments(self, word: str = "") -> tuple[Comment, ...]:
        """The comments in the blocks; in the rest of a page `#` begins a heading."""
        return tuple(note for excerpt in self.excerpts for note in excerpt.source.comments(word))


def read(file: str, data: bytes) -> Page:
    """The page with its excerpts. Never raises."""
    if len(data) > MOST_BYTES:
        reason = f"the page has {len(data):,} bytes, more than {MOST_BYTES:,}"
        return Page(file, data, (), [NotChecked(file, reason)])
    text = encoding.decode(data)
    lines = Lines(text)
    excerpts: list[PageBlock] = []
    skipped: list[NotChecked] = []
    for block in _manifests(file, text):
        excerpt, is_unread = _excerpt(file, block, lines)
        excerpts.append(excerpt)
        if is_unread:
            reason = f"the block on line {block.first} does not parse"
            skipped.append(NotChecked(file, reason))
    return Page(file, data, excerpts, skipped)


def _manifests(file: str, text: str) -> Iterator[Block]:
    """The blocks that may hold objects, also those inside shell commands."""
    for block in map(without_shortcodes, _blocks(file, _BREAK.split(text))):
        if block.language in SHELL or (not block.language and any("<<" in x for x in block.lines)):
            texts: Iterable[Block] = heredocs(block)
        elif block.language in YAML or _MANIFEST.match("\n".join(block.lines)):
            texts = [block] if block.language in YAML or not block.language else []
        else:
            continue
        yield from (without_dots(part) for text in texts for part in files(text) if _may_hold(part))


def _blocks(file: str, lines: list[str]) -> Iterator[Block]:
    # A run that sees one kind of page has no use for the reader of the other.
    if file.lower().endswith(_ASCIIDOC):
        from vmsnap_lint.document.embedded import asciidoc

        return asciidoc.blocks(lines)
    from vmsnap_lint.document.embedded import markdown

    return markdown.blocks(lines)


def _may_hold(block: Block) -> bool:
    """Whether it has an apiVersion and a kind, as every object has."""
    return all(any(word in line for line in block.lines) for word in ("apiVersion", "kind"))


def _excerpt(file: str, block: Block, lines: Lines) -> tuple[PageBlock, bool]:
    """A block as it was read, and whether a manifest of ours in it could not be read.

    That is a fault of the page only where a complete manifest was meant.
    """
    text = "\n".join(block.lines)
    inset = Inset(lines, block.first, block.indents)
    source = document.read(file, text.encode("utf-8", "surrogatepass"), inset=inset)
    stopped = [fault for fault in source.faults if fault.kind in _STOPS]
    is_meant = not (block.cut or block.filled) and is_complete(text)
    if not stopped or (is_meant and all(fault.kind is FaultKind.SYNTAX for fault in stopped)):
        return PageBlock(source, block.cut), False
    return PageBlock(source, cut=True), any(fault.ours for fault in stopped)
