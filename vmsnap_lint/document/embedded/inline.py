"""Text in a value of a document becomes Sources, with places in the lines of the file."""

from __future__ import annotations

import re

from vmsnap_lint import document
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.core.relevance import Relevance, shows
from vmsnap_lint.document.editing.operations import same
from vmsnap_lint.document.embedded.block import LONGEST, Block, hidden
from vmsnap_lint.document.embedded.excerpt import is_complete
from vmsnap_lint.document.embedded.heredoc import heredocs
from vmsnap_lint.document.faults import FaultKind
from vmsnap_lint.document.positions import Inset
from vmsnap_lint.document.source import Document, HomeText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Path, Span
    from vmsnap_lint.document.positions import Scalar
    from vmsnap_lint.document.source import Source

__all__ = ["InlineText", "TextDocument", "may_hold", "read_inline"]

_BEGINS = re.compile(
    possessive(
        r"(?:[ \t]*+(?:#[^\n]*+|---[^\n]*+)?\n)*+[ \t]*+"
        r"(?:\{|- |(?:apiVersion|kind|metadata|spec)[ \t]*:)"
    )
)
_EXPRESSION = re.compile(r"\{\{[^{}\n]*\}\}")
_BREAK = re.compile(r"\r\n|\n|\r")
_STOPS = frozenset((FaultKind.BUDGET, FaultKind.ENCODING, FaultKind.SYNTAX, FaultKind.TEMPLATE))


class InlineText(NamedTuple):
    """A text that was read: its documents at the places of the file.

    `is_unread` says that something of ours in it does not parse as it is written.
    """

    source: Source
    documents: tuple[TextDocument, ...]
    is_unread: bool


class TextDocument(Document):
    """A document in a text: its objects have paths below that of the text in the outer document.

    `known` is its outline in the text.
    """

    def __init__(self, inner: Document, outer: Document, prefix: Path) -> None:
        self.source = inner.source
        self.index = outer.index
        self.known = inner.outline
        if inner.outline is None:
            self.value = inner.value
        self.odd = inner.odd
        self.prefix = prefix
        self._inner = inner
        self._outer = outer

    def _decoded(self) -> Any:
        return self._inner.value

    def span(self, path: Path, key: bool = False) -> Span:
        """Where the value (or key) is written, or its nearest ancestor that is."""
        return self._inner.span(path[len(self.prefix) :], key)

    def home(self, path: Path, key: bool = False) -> HomeText | None:  # noqa: ARG002 # as above
        """Where it is written in the text, whose other values in the file stay as they are."""
        return HomeText(self._inner, path[len(self.prefix) :], self._holds)

    def _holds(self, text: str, value: Any) -> bool:
        """Whether the same text has this value where the file becomes another one."""
        if self._outer.source.is_excerpt:
            return False
        data = text.encode("utf-8", "surrogatepass")
        outer = {each.index: each for each in document.read(self.file, data).documents}
        *path, _ = self.prefix
        new: Any = outer[self.index].value if self.index in outer else None
        for step in path:
            is_there = step in new if isinstance(new, dict) else isinstance(new, list)
            new = new[step] if is_there else None
        if not isinstance(new, str):
            return False
        texts = read_inline(outer[self.index], tuple(path), new)
        inner = (each for text in texts for each in text.documents if each.prefix == self.prefix)
        return any(same(each.value, value) for each in inner)

    def path_at(self, line: int, column: int) -> tuple[Path, bool] | None:
        """The path at a place of the file, below that of the text."""
        found = self._inner.path_at(line, column)
        return None if found is None else ((*self.prefix, *found[0]), found[1])

    def extent(self, path: Path) -> Span:
        """All of the value at `path`."""
        return self._inner.extent(path[len(self.prefix) :])

    def scalars(self) -> Iterable[Scalar]:
        """None: the file rules read the text itself."""
        return ()


def read_inline(outer: Document, path: Path, text: str) -> Iterator[InlineText]:
    """The manifests in a text of YAML, or those that a script feeds to its commands.

    `path` leads to the text.
    """
    number = 0
    for block, inset in _blocks(outer, path, text):
        inline = _read(outer, (*path, number), block, inset)
        yield inline
        number += max(1, len(inline.documents))


def may_hold(text: str) -> bool:
    """Whether a text may hold an object of KubeVirt's, the snapshotter's, or about disks."""
    return shows(text.encode("utf-8", "surrogatepass"), Relevance.BUILT)


def _blocks(outer: Document, path: Path, text: str) -> Iterator[tuple[Block, Inset]]:
    """The texts that are YAML, each with its place in the file."""
    first, indent = _place(outer, path, text)
    lines = tuple(_BREAK.split(text))
    whole = Block("", max(first, 1), lines, (indent,) * len(lines))
    page = outer.source.lines
    is_script = "<<" in text and not _BEGINS.match(text)
    for block in heredocs(whole) if is_script else (whole,):
        if not any("apiVersion" in line for line in block.lines):
            continue
        if first > 0:
            yield block, Inset(page, block.first, block.indents)
        else:
            span = outer.span(path, key=True)
            yield block, Inset(page, span.line, (span.column - 1,), exact=False)


def _place(outer: Document, path: Path, text: str) -> tuple[int, int]:
    """The line of the file where a literal text begins and its indentation, else 0 and 0."""
    source = outer.source
    file, span = outer.where(path)
    if file != source.file:
        return 0, 0
    lines = _BREAK.split(text.rstrip("\r\n"))
    first, indent = span.line + 1, -1
    written = source.lines.stretch(first, len(lines))
    if len(written) < len(lines):
        return 0, 0
    for line, there in zip(lines, written, strict=True):
        if not line.strip() and not there.strip():
            continue
        if indent < 0:
            indent = len(there) - len(line)
        if indent < 1 or there != " " * indent + line:
            return 0, 0
    return (first, indent) if indent > 0 else (0, 0)


def _read(outer: Document, prefix: Path, block: Block, inset: Inset) -> InlineText:
    block = _without_expressions(block)
    text = "\n".join(block.lines)
    data = text.encode("utf-8", "surrogatepass")
    source = document.read(outer.file, data, inset=inset)
    *above, number = prefix
    documents = tuple(
        TextDocument(inner, outer, (*above, int(number) + offset))
        for offset, inner in enumerate(source.documents)
    )
    stopped = [fault for fault in source.faults if fault.kind in _STOPS]
    is_meant = is_complete(text) and not block.filled
    is_reported = is_meant and all(fault.kind is FaultKind.SYNTAX for fault in stopped)
    is_unread = not is_reported and any(fault.ours for fault in stopped)
    return InlineText(source, documents, is_unread)


def _without_expressions(block: Block) -> Block:
    """The text with a placeholder for each `{{ expression }}` of Jinja or Go templates."""
    lines = tuple(
        _EXPRESSION.sub(lambda match: hidden(match[0]), line)
        if "{{" in line and len(line) <= LONGEST
        else line
        for line in block.lines
    )
    return block._replace(lines=lines, filled=block.filled or lines != block.lines)
