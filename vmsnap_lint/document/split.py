"""A file's text becomes the pieces that kubectl decodes one by one.

The rules are those of k8s.io/apimachinery's stream decoder, not those of YAML.
https://github.com/kubernetes/apimachinery/blob/v0.34.2/pkg/util/yaml/decoder.go
"""

from __future__ import annotations

import re
from functools import cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document.faults import FaultKind, RawFault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from json import JSONDecoder

__all__ = ["Piece", "pieces"]

_MOST_ARRAYS = 1_000_000  # more than any budget allows; to decode them costs memory


class Piece(NamedTuple):
    """A part of the text that is decoded as one document; `faults` are those of its separators."""

    start: int
    end: int
    json: bool = False
    faults: tuple[RawFault, ...] = ()


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text in order: JSON values where it starts with a brace, then YAML."""
    if text[:4096].lstrip()[:1] == "{":
        yield from _json_then_yaml(text)
    elif "---" in text:
        yield from _yaml(text, 0)
    else:
        yield Piece(0, len(text))


def _yaml(text: str, start: int) -> Iterator[Piece]:
    for separator in _separators(text, start):
        newline = text.find("\n", separator)
        end = len(text) if newline < 0 else newline + 1
        after = text[separator + 3 : end].strip()
        bad = bool(after) and after[0] != "#"
        # kubectl keeps a separator that nothing precedes.
        if separator > start or bad:
            yield Piece(start, separator, faults=(_bad_separator(after, separator),) if bad else ())
            start = separator + 3 if bad and after[0] != "-" else end
    if start < len(text):
        yield Piece(start, len(text))


def _separators(text: str, start: int) -> Iterator[int]:
    if text.startswith("---", start):
        yield start
    separator = text.find("\n---", start)
    while separator >= 0:
        yield separator + 1
        separator = text.find("\n---", separator + 1)


def _bad_separator(after: str, separator: int) -> RawFault:
    message = (
        f'"{after[:40]}" follows "---", where only a comment is allowed: '
        "kubectl reads neither the document above nor anything below"
    )
    return RawFault(FaultKind.SYNTAX, message, separator, separator + 3)


def _json_then_yaml(text: str) -> Iterator[Piece]:
    """kubectl switches to YAML where JSON fails, but not after a second JSON value."""
    position, count = 0, 0
    if text.count("[") > _MOST_ARRAYS:  # far too large for a document, whatever it holds
        yield Piece(0, len(text))
        return
    space = re.compile(r"[ \t\r\n]*")
    while True:
        start = _behind(space, text, position)
        if start == len(text):
            return
        end = _json_end(text, start)
        if end is None:
            break
        yield Piece(start, end, json=True)
        position, count = end, count + 1
    if count > 1:
        message = "after two JSON values only JSON may follow, and kubectl reads no further"
        yield Piece(
            position, position, faults=(RawFault(FaultKind.SYNTAX, message, start, start + 1),)
        )
    if count:
        position = _behind(re.compile(r"[ \t\r\f\v]*\n?"), text, position)
    yield from _yaml(text, position)


def _behind(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _json_end(text: str, start: int) -> int | None:
    """Where the JSON value at `start` ends, or None where Go's decoder would see an error."""
    try:
        end: int = _decoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None
    return end


@cache
def _decoder() -> JSONDecoder:
    """A decoder that keeps no object, as only the end is asked for."""
    from json import JSONDecoder  # most files are YAML

    return JSONDecoder(parse_constant=_reject, object_pairs_hook=_nothing)


def _nothing(_pairs: object) -> None:
    """Stands for an object."""


def _reject(word: str) -> None:
    raise ValueError(word)
