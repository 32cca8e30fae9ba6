"""Texts with parts of a manifest become texts that fit in a report."""

from __future__ import annotations

import re

__all__ = ["LONGEST_TEXT", "LONGEST_WORD", "abridged", "shortened"]

LONGEST_WORD = 253
"""The longest name that Kubernetes accepts; the head of a longer one tells it apart."""
LONGEST_TEXT = 2_000
_LONGEST_QUOTATION = 1_000  # of several words, such as the error of another program
_CUT = "..."
_GAP = " ... "
_TAIL = LONGEST_TEXT // 4
# Possessive, and from the beginning of a word only, so that a text is read once.
_QUOTED = rf'"[^"]{{{_LONGEST_QUOTATION + 1},}}+"'
_WORD = rf'(?<![^\s"])[^\s"]{{{LONGEST_WORD + 1},}}+'


def abridged(text: str) -> str:
    """A message, with words and names cut to LONGEST_WORD, and all of it to LONGEST_TEXT."""
    if len(text) <= LONGEST_WORD:
        return text
    return shortened(re.sub(_WORD, _head, re.sub(_QUOTED, _quoted_head, text)))


def shortened(text: str) -> str:
    """The text, without its middle if it is longer than LONGEST_TEXT."""
    if len(text) <= LONGEST_TEXT:
        return text
    return text[: LONGEST_TEXT - _TAIL - len(_GAP)] + _GAP + text[-_TAIL:]


def _head(word: re.Match[str]) -> str:
    return word.string[word.start() : word.start() + LONGEST_WORD - len(_CUT)] + _CUT


def _quoted_head(value: re.Match[str]) -> str:
    first = value.start() + 1
    return f'"{value.string[first : first + _LONGEST_QUOTATION - len(_CUT)]}{_CUT}"'
