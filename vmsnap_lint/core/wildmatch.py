"""A pattern of a .gitignore becomes an automaton that reads every byte of a path once.

It fits what wildmatch.c of git fits, byte for byte, but never goes back in a path, so that its time
is the length of the path. https://github.com/git/git/blob/v2.47.0/wildmatch.c
"""

from __future__ import annotations

import re
from enum import Enum

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Automaton", "automaton", "literal"]

_SPECIAL = re.compile(rb"[*?[\\]")
_SLASH = 0x2F
_MOST_BYTES = 4096  # no path is longer


class _Many(Enum):
    """What stands for any number of bytes."""

    IN_NAME = "*"
    ANYTHING = "**"
    DIRECTORIES = "**/"


_Step = int | _Many
"""A step by one byte is the set of these bytes, as the bits of a number."""


class _Accepting(dict[int, int]):
    """By byte the places that it leads to, worked out for the bytes that occur."""

    def __init__(self, places: Mapping[int, int]) -> None:
        super().__init__()
        self._places = places

    def __missing__(self, byte: int) -> int:
        reached = 0
        for accepted, places in self._places.items():
            if accepted >> byte & 1:
                reached |= places
        self[byte] = reached
        return reached


class Automaton(NamedTuple):
    """The places in a pattern are bits; a state is the set of those that a path may have reached.

    `accepting` has by byte the places that it leads to from the one before. A path stays at the
    places of `stays` by any byte, and at those of `stays_in_name` by any but a slash; from `forks`
    it reaches the two next places without a byte.
    """

    accepting: _Accepting
    stays: int
    stays_in_name: int
    forks: int
    end: int

    @property
    def start(self) -> int:
        """The state before the first byte."""
        return self._forked(1)

    def after(self, state: int, text: bytes) -> int:
        """The state after more of a path; 0 if that cannot fit any more."""
        accepting, stays, forks = self.accepting, self.stays, self.forks
        stays_in_name = stays | self.stays_in_name
        for byte in text:
            kept = state & (stays if byte == _SLASH else stays_in_name)
            state = (state << 1 & accepting[byte]) | kept
            if state & forks:
                state = self._forked(state)
            if not state:
                break
        return state

    def fits(self, state: int) -> bool:
        """Whether the path is complete in this state."""
        return bool(state & self.end)

    def _forked(self, state: int) -> int:
        forks = state & self.forks
        return state | forks << 1 | forks << 2


def literal(pattern: bytes) -> bytes:
    """The text before the first character with a meaning."""
    special = _SPECIAL.search(pattern)
    return pattern[: special.start()] if special else pattern


def automaton(text: bytes, pattern: bytes) -> Automaton | None:
    """The automaton of a pattern behind a text; None where it fits nothing."""
    steps = [*(1 << byte for byte in text), *_steps(pattern)]
    if 0 in steps or len(steps) > 2 * _MOST_BYTES:
        return None
    places: dict[int, int] = {}
    stays = {_Many.ANYTHING: 0, _Many.IN_NAME: 0, _Many.DIRECTORIES: 0}
    place = 1
    for step in steps:
        if isinstance(step, _Many):
            stays[step] |= place
            if step is not _Many.DIRECTORIES:
                continue
            place <<= 1
        accepted = 1 << _SLASH if isinstance(step, _Many) else step
        place <<= 1
        places[accepted] = places.get(accepted, 0) | place
    forks = stays[_Many.DIRECTORIES]
    return Automaton(
        _Accepting(places), stays[_Many.ANYTHING] | forks << 1, stays[_Many.IN_NAME], forks, place
    )


def _steps(pattern: bytes) -> Iterator[_Step]:
    """The steps of a pattern; one of no byte where it fits nothing."""
    at = 0
    last: _Step = 0
    while at < len(pattern):
        step, at = _step(pattern, at)
        if step is not _Many.DIRECTORIES or last is not step:  # several in a row are one
            yield step
        last = step


def _step(pattern: bytes, at: int) -> tuple[_Step, int]:
    """The step that begins at an index, and where it ends."""
    character = pattern[at : at + 1]
    if character == b"*":
        return _stars(pattern, at)
    if character == b"?":
        return _NOT_A_SLASH, at + 1
    if character == b"[":
        return _set(pattern, at + 1)
    at += character == b"\\"
    return (1 << pattern[at] if at < len(pattern) else 0), at + 1


def _stars(pattern: bytes, at: int) -> tuple[_Step, int]:
    end = at
    while pattern[end : end + 1] == b"*":
        end += 1
    is_whole = at == 0 or pattern[at - 1] == _SLASH
    if end - at == 1 or not is_whole:
        return _Many.IN_NAME, end
    if pattern.startswith(b"/", end):
        return _Many.DIRECTORIES, end + 1
    is_last = end == len(pattern) or pattern.startswith(b"\\/", end)
    return _Many.ANYTHING if is_last else _Many.IN_NAME, end


def _set(pattern: bytes, at: int) -> tuple[int, int]:
    """The bytes of a bracket expression, whose contents begin at an index; none without its end."""
    is_negated = pattern[at : at + 1] in (b"!", b"^")
    at += is_negated
    first, end = at, len(pattern)
    members = before = closing = 0  # `before` is the byte that a range would begin with
    while at < end and (pattern[at] != _CLOSING or at == first):
        if pattern.startswith(b"[:", at):
            closing = closing if closing > at + 1 else pattern.find(b"]", at + 2)
            if closing < 0 or (pattern[closing - 1] == _COLON and closing > at + 2):
                name = pattern[at + 2 : closing - 1] if closing > 0 else b""
                if name not in _CLASSES:
                    return 0, end
                members, before, at = members | _CLASSES[name], 0, closing + 1
                continue
        added, before, at = _member(pattern, at, before)
        members |= added
    if at >= end:
        return 0, end
    return (~members if is_negated else members) & _NOT_A_SLASH, at + 1


def _member(pattern: bytes, at: int, before: int) -> tuple[int, int, int]:
    """The bytes of a character or a range, the byte that a range may begin with, and its end."""
    is_range = before and pattern[at : at + 1] == b"-" and pattern[at + 1 : at + 2] not in _ENDS
    at += 1 if is_range else 0
    at += pattern[at : at + 1] == b"\\"
    if at >= len(pattern):
        return 0, 0, at
    last = pattern[at]
    return _between(before if is_range else last, last), 0 if is_range else last, at + 1


def _between(first: int, last: int) -> int:
    """The bytes of a range; none where it is the wrong way round."""
    return (2 << last) - (1 << first) if first <= last else 0


def _those(ranges: Iterable[str]) -> int:
    members = 0
    for ends in ranges:
        members |= _between(ord(ends[0]), ord(ends[-1]))
    return members


_CLOSING, _COLON = ord("]"), ord(":")
_ENDS = (b"", b"]")
_NOT_A_SLASH = _between(1, 255) & ~(1 << _SLASH)
_CLASSES = {
    name.encode(): _those(ranges)
    for name, ranges in {
        "alnum": ("09", "AZ", "az"), "alpha": ("AZ", "az"), "blank": (" ", "\t"),
        "cntrl": ("\x01\x1f", "\x7f"), "digit": ("09",), "graph": ("!~",), "lower": ("az",),
        "print": (" ~",), "punct": ("!/", ":@", "[`", "{~"), "space": (" ", "\t\n", "\r"),
        "upper": ("AZ",), "xdigit": ("09", "AF", "af"),
    }.items()
}  # fmt: skip
