"""Computes what GitHub recognizes an alert by in the next run: a hash of the text from its line on.

GitHub's upload computes it from the file in the checkout, and warns of each result with another
value; its API for uploads computes none, and opens alerts twice. So this is the same number, from
https://github.com/github/codeql-action/blob/main/src/fingerprints.ts: 100 UTF-16 code units from
the beginning of the line, without spaces and tabs, as digits of a number to the base 37 modulo
2^64. Behind the end of the text are 65535 and zeros. `:2` marks the second line with that number.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from operator import mul

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["line_hashes"]

_WINDOW = 100
_BASE = 37
_MASK = 2**64 - 1
_LOW = 2**20 - 1  # so much of a number is computed fast
_POWERS = [pow(_BASE, exponent, _MASK + 1) for exponent in reversed(range(_WINDOW))]
_LEADING = pow(_BASE, _WINDOW, _LOW + 1)
_END = 65535
_LINE_FEED = 10
_BLOCK = 2**16
_ENCODING = f"utf-16-{sys.byteorder[0]}e"


def line_hashes(data: bytes, lines: Collection[int]) -> dict[int, str]:
    """The hash of each of these lines (from 1) that a file of these bytes has."""
    units = _code_units(data)
    starts = array("I", _starts(units, max(lines, default=0)))
    if not starts:
        return {}
    units.extend([_END, *[0] * _WINDOW])
    lows = _lows(units, starts)
    wanted = {lows[number - 1] for number in lines if 0 < number <= len(lows)}
    counts: Counter[int] = Counter()
    known: dict[bytes, int] = {}  # lines repeat
    hashes = {}
    for number, (start, low) in enumerate(zip(starts, lows, strict=True), 1):
        if low in wanted:
            value = _value(units[start : start + _WINDOW], known)
            counts[value] += 1
            if number in lines:
                hashes[number] = f"{value:x}:{counts[value]}"
    return hashes


def _code_units(data: bytes) -> array[int]:
    """The text as Node reads it, which is always UTF-8; each line ends with a line feed."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    units = array("H")
    units.frombytes(text.replace(" ", "").replace("\t", "").encode(_ENCODING))
    return units


def _starts(units: array[int], number: int) -> Iterator[int]:
    """Where the first lines begin; the last one may be empty."""
    start = 0
    for _ in range(number):
        yield start
        try:
            start = units.index(_LINE_FEED, start) + 1
        except ValueError:
            return


def _lows(units: array[int], starts: Sequence[int]) -> array[int]:
    """The low digits of the hash of each line, by which nearly all can be told from the others.

    They are what the text up to the end of the window comes to, less what precedes the line.
    """
    sums, total = array("I", [0]), 0
    end = starts[-1] + _WINDOW
    for at in range(0, end, _BLOCK):
        block = units[at : min(end, at + _BLOCK)]
        sums.extend([total := total * _BASE + unit & _LOW for unit in block])
    return array("I", [sums[at + _WINDOW] - sums[at] * _LEADING & _LOW for at in starts])


def _value(window: array[int], known: dict[bytes, int]) -> int:
    key = window.tobytes()
    if key not in known:
        known[key] = sum(map(mul, window, _POWERS)) & _MASK
    return known[key]
