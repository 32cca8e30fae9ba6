"""A text with colons that libyaml rejects becomes one that it accepts, with the same places.

Within brackets and braces libyaml 0.1 accepts no ":" in a plain scalar, while Kubernetes' parser
accepts each that no space follows: `[https://x/y]`.
https://github.com/yaml/go-yaml/blob/v2.4.0/scannerc.go, yaml_parser_scan_plain_scalar
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.possessive import possessive

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FREE_ATTEMPTS", "REFUSAL", "MaskedText", "mask_colons", "mask_marks"]

REFUSAL = "found unexpected ':'"

_MARK = "\ufeff"
FREE_ATTEMPTS = 3
"""Each costs a parse of the whole text; more of them are taken from the allowance of the file."""
_BLANK = r" \t\r\n\x85\u2028\u2029"
# Names and tags have colons of their own; what only looks like one is left to a later attempt.
_PROPERTY = re.compile(rf"""((?<![^{_BLANK}])(?:[^{_BLANK}]*[\[\]{{}},?:"'])?[&*!][^{_BLANK}]*)""")
_BEFORE, _BEHIND = rf"""(?<=[^\[\]{{}},?:"'{_BLANK}])""", rf"(?=[^{_BLANK}])"
_ONE_INSIDE = re.compile(rf"{_BEFORE}:(?!:){_BEHIND}")
_MORE_INSIDE = re.compile(rf"{_BEFORE}:+{_BEHIND}")
# A word that is no name, tag or quote goes on behind blanks: `b :c`.
_APART = re.compile(
    rf"""(?<![^\[\]{{}},{_BLANK}])[^\[\]{{}},{_BLANK}&*!?"'#:][^\[\]{{}},{_BLANK}"']*+"""
    rf"(?<!:)[ \t]++(?=:+[^\[\]{{}},:{_BLANK}])(:+)"
)
_REST = re.compile(possessive(rf"(?:[^\[\]{{}},?:]|:(?=[^{_BLANK}]))++"))
_PRIVATE = range(0xE000, 0xF900)
_ESCAPED = re.compile(r"\\(?:u|U0000)([0-9A-Fa-f]{4})")


class MaskedText(NamedTuple):
    """A text in which some characters are replaced by masks, and how often colons were masked.

    `masks` maps each mask to the character it replaces, as `str.translate` accepts it.
    """

    text: str
    masks: Mapping[int, str]
    attempts: int = 0


def mask_marks(text: str) -> MaskedText:
    """The text with its byte order marks masked.

    To Kubernetes' parser they are characters like others; libyaml skips one that begins a line.
    """
    mask = _unused(text) if _MARK in text else ""
    masks = {ord(mask): _MARK} if mask else {}
    return MaskedText(text.replace(_MARK, mask) if mask else text, masks)


def mask_colons(masked: MaskedText, index: int) -> MaskedText | None:
    """The text with more colons masked, after the one at `index` was rejected; None: no use."""
    text, masks, attempts = masked
    if not text.startswith(":", index):
        return None
    mask = next((chr(code) for code in masks if masks[code] == ":"), "")
    if not mask:
        mask = _unused(text)
        if not mask:
            return None
        text = _without_inside(text, mask)
        text = _APART.sub(lambda word: word[0].replace(":", mask), text)
    rest = _REST.match(text, index)
    if rest is not None:
        text = text[:index] + rest[0].replace(":", mask) + text[rest.end() :]
    return MaskedText(text, {**masks, ord(mask): ":"}, attempts + 1)


def _without_inside(text: str, mask: str) -> str:
    """The text with those colons masked that are surely within a scalar.

    Characters without a space between them stay as they are where one begins a name or a tag.
    """
    parts = _PROPERTY.split(text)  # every second one is such a word
    for number in range(0, len(parts), 2):
        if ":" in parts[number]:
            part = _ONE_INSIDE.sub(mask, parts[number])
            parts[number] = _MORE_INSIDE.sub(lambda colons: mask * len(colons[0]), part)
    return "".join(parts)


def _unused(text: str) -> str:
    """A character for private use that the text neither holds nor escapes; "" without one."""
    used = {ord(character) for character in set(text)}
    used |= {int(digits, 16) for digits in _ESCAPED.findall(text)}
    return next((chr(code) for code in _PRIVATE if code not in used), "")
