"""A text with brackets, as of JSON, becomes the path to where somebody types within them.

It is read by the parser of documents, with a mark in the place of the word that is being typed. The
text rarely parses: then only what is above the word counts, and what is open there ends with it.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document.compose import places, places_begun
from vmsnap_lint.document.faults import RejectedError
from vmsnap_lint.document.nodes import Style
from vmsnap_lint.document.split import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.document.places import Places

__all__ = ["Bracketed", "bracketed"]

_MARK = "\ue000"  # a letter that nobody writes
_LONGEST = 500_000  # characters that are parsed for one question
_WORD = re.compile(r"[^\s,:{}\[\]\"']*\Z")
_REST = re.compile(r"""[^\s,:{}\[\]"']*""")
_BEHIND = re.compile(r"(?:\s|#[^\n]*)*([^\s#]?)")


class Bracketed(NamedTuple):
    """What is typed within brackets: the word from `start` to `end`, at `path` from the outside.

    `quote` is the one before it, `is_closed` says whether one is behind it, too, `has_colon`
    whether a colon follows. `beside` are the other members of the object that are scalars, `fields`
    those of the object of Kubernetes that it is a part of. `is_json` where all is in brackets.
    """

    path: Path
    start: int
    end: int
    is_key: bool
    beside: dict[str, str]
    fields: dict[str, str]
    quote: str = ""
    is_closed: bool = False
    has_colon: bool = False
    is_json: bool = False


class _Attempt(NamedTuple):
    """A text up to a word whose end is marked, which begins at `start` (with its quote)."""

    head: str
    start: int
    quote: str = ""
    comma: str = ""

    @property
    def style(self) -> Style:
        """How the word is written."""
        return Style(self.quote)


class _Word(NamedTuple):
    """The word that is being typed, without its quote."""

    path: Path
    start: int
    is_key: bool


def bracketed(text: str, at: int) -> Bracketed | None:
    """What is typed at a character of a document; None outside of brackets and in comments."""
    if len(text) > _LONGEST or not re.search(r"[{\[]", text[:at]) or _MARK in text:
        return None
    if re.search(r"""[^\s"']:\Z""", text[max(at - 2, 0) : at]):
        return None  # a value needs a blank before it
    line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    for attempt in _attempts(text, line, at):
        begun = places_begun(attempt.head)
        node = _marked(begun, attempt, line)
        if node < 0:
            continue
        path, is_key = begun.path_at(begun.starts[node]) or ((), False)
        parent = _node(begun, path[:-1])
        if not path or parent is None or not begun.is_flow(parent):
            return None
        start = begun.starts[node] + len(attempt.quote) - len(attempt.comma)
        return _told(begun, _Word(path[:-1] if is_key else path, start, is_key), attempt, text, at)
    return None


def _attempts(text: str, line: int, at: int) -> Iterator[_Attempt]:
    """The ways in which the line may be meant: the word in quotes, a comma missing above it."""
    word = _WORD.search(text, line, at)
    starts = {"": word.start() if word else at}
    starts |= {quote: text.rindex(quote, line, at) for quote in "\"'" if quote in text[line:at]}
    for comma in ("", ","):
        for quote, start in starts.items():
            if not comma or not text[line:start].strip():
                typed = f"{text[start:at]}{_MARK}{quote}"
                yield _Attempt(f"{text[:start]}{comma}{typed}", start, quote, comma)


def _marked(begun: Places, attempt: _Attempt, line: int) -> int:
    """The scalar of the word, if it is the end of what was read, and on its line; else -1."""
    end = len(attempt.head)
    node = begun.scalar_over(end - 1 - len(attempt.quote))
    if node < 0 or begun.ends[node] != end or begun.style(node) != attempt.style:
        return -1
    start = begun.starts[node] - len(attempt.comma)
    is_there = start == attempt.start if attempt.quote else start >= line
    return node if is_there else -1


def _told(begun: Places, word: _Word, attempt: _Attempt, text: str, at: int) -> Bracketed:
    """All that is known of the word, from the whole text if that can be read."""
    rest = _REST.match(text, at)
    end = rest.end() if rest else at
    is_closed = bool(attempt.quote) and text.startswith(attempt.quote, end)
    behind = text[end + is_closed :]
    following = _BEHIND.match(behind)
    mark = following[1] if following else ""
    comma = "" if mark in ("", ",", "}", "]") or (mark == ":" and word.is_key) else ","
    try:
        whole = f"{attempt.head}{comma}{behind}"
        known = places(whole, Piece(0, len(whole)))
    except RejectedError:
        known = begun
    owner = word.path if word.is_key else word.path[:-1]
    beside = _scalars(known, owner)
    own = f"{text[word.start : at]}{_MARK}" if word.is_key else str(word.path[-1])
    beside.pop(own, None)
    return Bracketed(
        word.path, word.start, end, word.is_key, beside, _fields(known, word.path),
        attempt.quote, is_closed, word.is_key and mark == ":", begun.is_flow(0),
    )  # fmt: skip


def _fields(known: Places, path: Path) -> dict[str, str]:
    """The apiVersion, kind, name and namespace of the object, which may be an item of a List."""
    root = path[:2] if path[:1] == ("items",) and len(path) > 1 else ()
    own, metadata = _scalars(known, root), _scalars(known, (*root, "metadata"))
    return {key: own[key] for key in ("apiVersion", "kind") if key in own} | {
        key: metadata[key] for key in ("name", "namespace") if key in metadata
    }


def _scalars(known: Places, path: Path) -> dict[str, str]:
    """The members of an object, with the text of those that are strings."""
    node = _node(known, path)
    if node is None or not known.is_object(node):
        return {}
    told = ((name, known.values[value]) for name, _, value in known.entries(node))
    return {name: value if isinstance(value, str) else "" for name, value in told}


def _node(known: Places, path: Path) -> int | None:
    node: int | None = 0 if len(known) else None
    for step in path:
        node = known.child(node, step) if node is not None else None
    return node
