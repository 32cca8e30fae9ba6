"""Long texts become short ones: values and paths in messages, whole messages in reports."""

from __future__ import annotations

import re

from vmsnap_lint.core.values import LONGEST_NAME

__all__ = ["LONGEST_QUOTATION", "LONGEST_TEXT", "abridged", "cut", "cut_path", "shortened"]

LONGEST_QUOTATION = 1_000
"""Of several words, such as the error of another program."""
LONGEST_TEXT = 2_000
"""Of a whole message."""
_LONGEST_PATH = 200
_CUT = "..."
_GAP = " ... "
# Possessive, and from the beginning of a word only, so that a text is read once.
_QUOTED = rf'"[^"]{{{LONGEST_QUOTATION + 1},}}+"'
_WORD = rf'(?<![^\s"])[^\s"]{{{LONGEST_NAME + 1},}}+'


def cut(text: str, longest: int = LONGEST_NAME) -> str:
    """The text, or its beginning and "..." if it is longer: for a value, by default for a name."""
    return text if len(text) <= longest else text[: longest - len(_CUT)] + _CUT


def cut_path(path: str) -> str:
    """The path, without its middle if it is long: its end says more than what stands before it."""
    return shortened(path, _LONGEST_PATH)


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    """The text, without its middle if it is longer."""
    if len(text) <= longest:
        return text
    tail = longest // 4
    return text[: longest - tail - len(_GAP)] + _GAP + text[-tail:]


def abridged(text: str) -> str:
    """A message with each of its words and quotations cut, and shortened itself."""
    if len(text) <= LONGEST_NAME:
        return text
    return shortened(re.sub(_WORD, _cut_word, re.sub(_QUOTED, _cut_quotation, text)))


def _cut_word(word: re.Match[str]) -> str:
    return cut(word[0])


def _cut_quotation(value: re.Match[str]) -> str:
    return f'"{cut(value[0][1:-1], LONGEST_QUOTATION)}"'
