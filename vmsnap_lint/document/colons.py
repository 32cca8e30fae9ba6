"""A text with colons that libyaml refuses becomes one that it takes, of the same places.

Within brackets and braces libyaml 0.1 takes no ":" into a plain scalar, while Kubernetes' parser
takes every one that no blank follows: `[https://x/y]`.
https://github.com/yaml/go-yaml/blob/v2.4.0/scannerc.go, yaml_parser_scan_plain_scalar
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["REFUSAL", "Veiled", "opened", "veil"]

REFUSAL = "found unexpected ':'"

_MARK = "\ufeff"
_MOST_ROUNDS = 3  # each costs a parse of the whole text, so short texts get more
_MOST_CHARACTERS = 5_000_000
_BLANK = r" \t\r\n\x85\u2028\u2029"
_RUN = re.compile(rf"(?<![^{_BLANK}])[^{_BLANK}]*:[^{_BLANK}]+")
# Names and tags have colons of their own; what only looks like one is left to a further round.
_PROPERTY = re.compile(r"""(?:^|[\[\]{},?:"'])[&*!]""")
_INSIDE = re.compile(r"""(?<=[^\[\]{},?:"']):+(?=.)""")
_REST = re.compile(rf"(?:[^\[\]{{}},?:]|:(?=[^{_BLANK}]))+")
_PRIVATE = range(0xE000, 0xF900)
_ESCAPED = re.compile(r"\\(?:u|U0000)([0-9A-Fa-f]{4})")


class Veiled(NamedTuple):
    """A text in which other characters stand for some, and how often colons have been looked for.

    `masks` has what is shown by each of the others, as `str.translate` takes it.
    """

    text: str
    masks: Mapping[int, str]
    rounds: int = 0

    def shown(self, value: str) -> str:
        """What a parser made of a piece of the text, with the characters that are written there."""
        return value.translate(self.masks) if self.masks else value


def opened(text: str) -> Veiled:
    """The text before anything was refused. A byte order mark within is a character like others,
    as Kubernetes' parser has it, while libyaml skips one that begins a line."""
    if _MARK not in text:
        return Veiled(text, {})
    mask = _unused(text)
    return Veiled(text.replace(_MARK, mask), {ord(mask): _MARK}) if mask else Veiled(text, {})


def veil(veiled: Veiled, index: int) -> Veiled | None:
    """The text with more colons veiled, since the one at `index` was refused; None: in vain."""
    text, masks, rounds = veiled
    if not text.startswith(":", index):
        return None
    if rounds >= _MOST_ROUNDS and rounds * len(text) > _MOST_CHARACTERS:
        return None
    mask = next((chr(code) for code in masks if masks[code] == ":"), "")
    if not mask:
        mask = _unused(text)
        if not mask:
            return None
        text = _RUN.sub(lambda run: _without(run[0], mask), text)
    rest = _REST.match(text, index)
    if rest is not None:
        text = text[:index] + rest[0].replace(":", mask) + text[rest.end() :]
    return Veiled(text, {**masks, ord(mask): ":"}, rounds + 1)


def _without(run: str, mask: str) -> str:
    """Characters without a blank, with those colons veiled that are surely within a scalar."""
    if _PROPERTY.search(run):
        return run
    return _INSIDE.sub(lambda colons: mask * len(colons[0]), run)


def _unused(text: str) -> str:
    """A character for private use that the text neither holds nor escapes; "" without one."""
    used = {ord(character) for character in set(text)}
    used |= {int(digits, 16) for digits in _ESCAPED.findall(text)}
    return next((chr(code) for code in _PRIVATE if code not in used), "")
