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
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

__all__ = ["line_hashes"]

_WINDOW = 100
_BASE = 37
_MASK = 2**64 - 1
_LEADING = pow(_BASE, _WINDOW, _MASK + 1)
_END = 65535
_LINE_FEED = 10
_ENCODING = f"utf-16-{sys.byteorder[0]}e"


def line_hashes(data: bytes, lines: Collection[int]) -> dict[int, str]:
    """The hash of each of these lines (from 1) that a file of these bytes has."""
    units = _code_units(data)
    starts = list(_starts(units, max(lines, default=0)))
    if not starts:
        return {}
    units.extend([_END, *[0] * _WINDOW])
    sums = _sums(units[: starts[-1] + _WINDOW])
    counts: Counter[int] = Counter()
    hashes = {}
    for number, start in enumerate(starts, 1):
        value = (sums[start + _WINDOW] - sums[start] * _LEADING) & _MASK
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


def _sums(units: Sequence[int]) -> array[int]:
    """The hash of the first 0, 1, 2 ... units."""
    return array("Q", accumulate(units, lambda sum_, unit: sum_ * _BASE + unit & _MASK, initial=0))
