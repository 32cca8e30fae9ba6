"""A file's text becomes the pieces that kubectl decodes one by one.

The rules are those of k8s.io/apimachinery's stream decoder, not those of YAML.
https://github.com/kubernetes/apimachinery/blob/v0.34.2/pkg/util/yaml/decoder.go
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.document.faults import FaultKind, RawFault

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Piece", "pieces"]


class Piece(NamedTuple):
    """A stretch of the text that is decoded as one document; `flaws` were found in cutting it."""

    start: int
    end: int
    json: bool = False
    flaws: tuple[RawFault, ...] = ()


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a text in order: JSON values where it starts with a brace, then YAML."""
    if text[:4096].lstrip()[:1] == "{":
        yield from _json_then_yaml(text)
    elif "---" in text:
        yield from _yaml(text, 0)
    else:
        yield Piece(0, len(text))


def _yaml(text: str, start: int) -> Iterator[Piece]:
    for here in _separators(text, start):
        newline = text.find("\n", here)
        end = len(text) if newline < 0 else newline + 1
        after = text[here + 3 : end].strip()
        bad = bool(after) and after[0] != "#"
        # kubectl leaves a separator in where nothing stands before it.
        if here > start or bad:
            yield Piece(start, here, flaws=(_bad_separator(after, here),) if bad else ())
            start = here + 3 if bad and after[0] != "-" else end
    if start < len(text):
        yield Piece(start, len(text))


def _separators(text: str, start: int) -> Iterator[int]:
    if text.startswith("---", start):
        yield start
    here = text.find("\n---", start)
    while here >= 0:
        yield here + 1
        here = text.find("\n---", here + 1)


def _bad_separator(after: str, here: int) -> RawFault:
    message = (
        f'"{after[:40]}" follows the document separator "---", where only a comment is allowed: '
        "kubectl reads neither the document above nor anything below"
    )
    return RawFault(FaultKind.SYNTAX, message, here, here + 3)


def _json_then_yaml(text: str) -> Iterator[Piece]:
    """kubectl goes over to YAML where JSON fails, but no more after a second JSON value."""
    position, count = 0, 0
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
            position, position, flaws=(RawFault(FaultKind.SYNTAX, message, start, start + 1),)
        )
    if count:
        position = _behind(re.compile(r"[ \t\r\f\v]*\n?"), text, position)
    yield from _yaml(text, position)


def _behind(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _json_end(text: str, start: int) -> int | None:
    """Where the JSON value at `start` ends, or None where Go's decoder would see an error."""
    from json import JSONDecoder  # most files are YAML

    try:
        end: int = JSONDecoder(parse_constant=_refuse).raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None
    return end


def _refuse(word: str) -> None:
    raise ValueError(word)
