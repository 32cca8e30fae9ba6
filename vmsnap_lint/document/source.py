"""A file and its documents; places are computed when they are asked for."""

from __future__ import annotations

import re
from array import array
from functools import lru_cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.document import encoding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vmsnap_lint.core.model import Path, Span
    from vmsnap_lint.document.comments import Comment
    from vmsnap_lint.document.faults import Fault
    from vmsnap_lint.document.outline import Outline
    from vmsnap_lint.document.places import Places
    from vmsnap_lint.document.positions import Inset, Lines, Scalar
    from vmsnap_lint.document.split import Piece

__all__ = ["Document", "HomeText", "Reading", "Source"]

_LONG = 20_000  # characters: each place is searched from the start
_KEPT = 16  # documents whose places are kept
_KEPT_LINES = 512  # files whose text is kept by lines, as findings lead to and fro
_NONE: frozenset[int] = frozenset()  # most files have no such documents, and there may be many
_COMMENT = r"#[^\r\n\x85\u2028\u2029]*"
_ESCAPE = r"\\[xuU/\r]|(?:\A|[\s,:\[{])!"  # words may be written so
_BREAK = r"(?:\r?\n|\r(?!\n))"
_FIRST = (
    rf"(?:---(?:[ \t]*|[ \t]+{_COMMENT}){_BREAK})?(?:[ \t]*(?:{_COMMENT})?{_BREAK})*"
    rf"(?:([A-Za-z]+)(?=:(?:[ \t\r\n]|\Z))|[ \t]*(\{{)(?={_BREAK}))"
)
"""What precedes an object without being a part of it, then how it begins.

That is the first key of a block, or a brace alone.
"""


class Reading(NamedTuple):
    """The value of a piece of text, or its outline, where the value is decoded when it is used.

    `plain` says that the plain reader has taken it.
    """

    number: int
    value: Any
    odd: bool
    piece: Piece
    outline: Outline | None = None
    plain: bool = False


class HomeText(NamedTuple):
    """The document whose text holds a value, and the path of the value in that document.

    `holds` says whether the document has another value where its file becomes another text; it is
    None for one that is read from its file, or from a block of a page. With `is_shared` other
    values come from the same text.
    """

    document: Document
    path: Path
    holds: Callable[[str, Any], bool] | None = None
    is_shared: bool = False


class Source:
    """A file: its documents, and the faults that keep others from being read.

    The text is decoded again when places are asked for, so that a clean file costs no memory.
    With an `inset` the text is a part of the file, and all places are those of the file.
    """

    __slots__ = (
        "_beyond_plain", "_extents", "_is_ascii", "_json", "data", "documents", "faults", "file",
        "inset",
    )  # fmt: skip

    def __init__(
        self,
        file: str,
        data: bytes,
        readings: Iterable[Reading],
        faults: Iterable[Fault],
        inset: Inset | None = None,
    ) -> None:
        self.file = file
        self.data = data
        self._is_ascii: bool | None = None
        self.inset = inset
        readings = [*readings]
        self.documents = tuple([Document(self, reading) for reading in readings])
        self._extents = _extents(readings)
        self._json = _numbers(each for each in readings if each.piece.json)
        self._beyond_plain = _numbers(each for each in readings if not each.plain)
        self.faults = tuple(faults)

    @property
    def is_ascii(self) -> bool:
        """Whether each character of the text is one byte."""
        if self._is_ascii is None:
            self._is_ascii = self.data.isascii()
        return self._is_ascii

    @property
    def is_excerpt(self) -> bool:
        """Whether it is a part of its file."""
        return self.inset is not None

    def piece(self, number: int) -> Piece:
        """The part of the text that the document of that index is read from."""
        from vmsnap_lint.document.split import Piece

        start, end = self._extents[2 * number : 2 * number + 2]
        return Piece(start, end, self.is_json(number))

    def text(self, number: int) -> str:
        """What the document of that index is read from, decoded when it is asked for."""
        start, end = self._extents[2 * number : 2 * number + 2]
        if self.is_ascii:
            return self.data[start:end].decode()
        return _whole(self)[start:end]

    def is_json(self, number: int) -> bool:
        """Whether the document of that index is JSON."""
        return number in self._json

    def is_plain(self, number: int) -> bool:
        """Whether the plain reader has taken the document of that index."""
        return number not in self._beyond_plain

    @property
    def start(self) -> tuple[int, ...]:
        """Where it begins in its file: the line, and what precedes its text there."""
        return (self.inset.first, *self.inset.indents[:1]) if self.inset is not None else (0,)

    @property
    def lines(self) -> Lines:
        """The text by lines, without its byte order mark."""
        return _lines(self)

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its end; "" past the end."""
        return self.lines.line(number)

    def comments(self, word: str = "") -> tuple[Comment, ...]:
        """The comments with that word in the order of the text.

        Costs a parse: ask only where it matters.
        """
        from vmsnap_lint.document.comments import find  # not for every file

        return tuple(find(self.lines, word))


def _extents(readings: Iterable[Reading]) -> array[int]:
    """Where the pieces of documents start and end, by their index: there may be very many."""
    extents = array("Q")
    for reading in readings:
        extents.extend([0] * (2 * reading.number - len(extents)))
        extents.extend(reading.piece[:2])
    return extents


def _numbers(readings: Iterable[Reading]) -> frozenset[int]:
    return frozenset([each.number for each in readings]) or _NONE


@lru_cache(maxsize=_KEPT_LINES)
def _lines(source: Source) -> Lines:
    from vmsnap_lint.document.positions import Lines  # findings only

    return Lines(encoding.decode(source.data), source.inset)


@lru_cache(maxsize=1)
def _whole(source: Source) -> str:
    """The text of a file of which some documents are asked for, one after the other."""
    return encoding.decode(source.data)


class Document:
    """One document: `value` exactly as Kubernetes decodes it to JSON; nothing may change it.

    `index` counts the documents of the file from 0 as kubectl does, also empty and broken ones.
    `odd` says that it holds an unquoted scalar whose value is not what it looks like. Where there
    is an `outline`, the value is decoded when it is used: do without it where the outline tells.
    """

    __slots__ = ("index", "odd", "outline", "source", "value")

    value: Any
    outline: Outline | None

    def __init__(self, source: Source, reading: Reading) -> None:
        self.source = source
        self.index, self.odd = reading.number, reading.odd
        self.outline = reading.outline
        if reading.outline is None:
            self.value = reading.value

    if not TYPE_CHECKING:  # or every name would be an attribute

        def __getattr__(self, name: str) -> Any:
            """What is worked out when it is used for the first time."""
            if name == "value":
                self.value = self._decoded()
                return self.value
            if name == "outline":  # no document that is made of another one has it
                return None
            raise AttributeError(name)

    @property
    def shape(self) -> type[Any]:
        """The type of its value."""
        return dict if self.outline is not None else type(self.value)

    @property
    def is_object(self) -> bool:
        """Whether it may have a field of all objects, such as metadata: told by its outline."""
        return self.outline is None or bool(self.outline.kind)

    def may_hold(self, word: str) -> bool:
        """Whether a word (without blanks) may be in a string of it: told without decoding it."""
        # a line may end within a word that is in quotes
        if self.outline is None:
            return True
        text = self.source.text(self.index)
        if word in text or "\\\n" in text:
            return True
        return not self.is_object and re.search(_ESCAPE, text) is not None

    def begins_once(self, key: str) -> bool:
        """Whether the key begins a line, and is for certain nowhere else in the document."""
        # documents of other classes are made of more than their source
        if type(self) is not Document:
            return False
        text = self.text
        if text.count(key) != 1:
            return False
        is_first = text.startswith(key) or "\n" + key in text  # so no anchor names it
        return is_first and "\\" not in text and "<<" not in text

    @property
    def file(self) -> str:
        """The file of the document."""
        return self.source.file

    def written(self, root: Path) -> tuple[object, ...]:
        """What tells the object at `root` from others; equal for what is built of the same one."""
        return self.file, *self.source.start, self.index, root

    @property
    def text(self) -> str:
        """What the document is read from."""
        return self.source.text(self.index)

    def setting(self, _path: Path) -> tuple[str, Span] | None:
        """Where a value is set that a template writes at `path`: the file and the place in it."""
        return None

    def span(self, path: Path, key: bool = False) -> Span:
        """Where the value (or key) at `path` is written, or its nearest ancestor that is."""
        lines = self.source.lines
        first = None
        if not path:
            piece = self.source.piece(self.index)
            form = re.compile(_FIRST)  # here, as few files have findings
            first = form.match(lines.text, piece.start, piece.end)
        if first is not None and first.lastindex is not None:
            return lines.span(*first.span(first.lastindex))
        start, end, is_scalar = self._located(path, key=key)
        return (lines.span if is_scalar else lines.head)(start, end)

    def path_at(self, line: int, column: int) -> tuple[Path, bool] | None:
        """The path of the innermost value (or key) at a place of its file; None outside of all."""
        index = self.source.lines.nearest(line, column)
        piece = self.source.piece(self.index)
        if index is None or not piece.start <= index <= piece.end:
            return None
        return self.places().path_at(index)

    def extent(self, path: Path) -> Span:
        """All of the value at `path`, or of its nearest ancestor."""
        return self.source.lines.span(*self.places().extent(path))

    def where(self, path: Path, key: bool = False) -> tuple[str, Span]:
        """The file and the span of `path`: a document may be made from several files."""
        return self.file, self.span(path, key)

    def home(self, path: Path, key: bool = False) -> HomeText | None:  # noqa: ARG002 # others do
        """Where the value (or the entry with its key) at `path` is written, None for not certain.

        It is for who compares the value there with the one here.
        """
        return HomeText(self, path)

    def requoted(self, _path: Path) -> str:
        """The text of an unquoted scalar at `path` of which a tool made a string, else ""."""
        return ""

    def written_scalar(self, path: Path) -> str:
        """The text of the scalar at `path` as it is written, "" where there is none."""
        start, end, is_scalar = self._located(path, key=False)
        return self.source.lines.text[start:end] if is_scalar else ""

    def scalars(self) -> Iterable[Scalar]:
        """Every scalar of the document as it is written, in the order of the text."""
        from vmsnap_lint.document.positions import scalars  # findings only

        return scalars(_places(self), self.source.lines)

    def places(self) -> Places:
        """Where all values are written, kept for the documents that were asked last."""
        return _places(self)

    def _decoded(self) -> Any:
        from vmsnap_lint.document.compose import value_of  # few long documents are looked at

        return value_of(self.source.text(self.index), json=self.source.is_json(self.index))

    def _located(self, path: Path, *, key: bool) -> tuple[int, int, bool]:
        piece = self.source.piece(self.index)
        known = None
        if self.source.is_plain(self.index) and piece.end - piece.start < _LONG:
            from vmsnap_lint.document import plain_places  # findings only

            known = plain_places.find(self.source.lines.text, *piece[:2], path, key=key)
        return known or _places(self).place(path, key=key)


@lru_cache(maxsize=_KEPT)
def _places(document: Document) -> Places:
    from vmsnap_lint.document.compose import places  # findings only

    return places(document.source.lines.text, document.source.piece(document.index))
