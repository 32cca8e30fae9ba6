"""A duration as people write it becomes one that Go reads: `1d` is `24h`, `PT5M` is `5m`."""

from __future__ import annotations

import re
from decimal import Decimal

from vmsnap_lint.core.values import LONGEST_VALUE, parse_duration

__all__ = ["go_duration"]

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_PART = rf"({_NUMBER})[ \t]?([A-Za-z]+)"
_WHOLE = rf"{_PART}(?:(?:,|[ \t]and)?[ \t]*{_PART})*"
# ISO 8601, without years and months, which have no fixed length.
_ISO = re.compile(
    rf"P(?:(?P<w>{_NUMBER})W)?(?:(?P<d>{_NUMBER})D)?"
    rf"(?:T(?=.)(?:(?P<h>{_NUMBER})H)?(?:(?P<m>{_NUMBER})M)?(?:(?P<s>{_NUMBER})S)?)?"
)
_WORDS = {
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
}
_UNITS = {word: unit for unit, words in _WORDS.items() for word in words}
_HOURS = {"d": 24, "w": 7 * 24}


def go_duration(text: str) -> str | None:
    """The same time with Go's units, None where the text is no time for certain.

    A number without a unit is none, and neither is a capital M, which may be a month.
    """
    parts = _parts(text.strip()) if len(text) <= LONGEST_VALUE else None
    if not parts:
        return None
    amounts: dict[str, Decimal] = {}
    for number, unit in parts:
        amount, go_unit = Decimal(number) * _HOURS.get(unit, 1), "h" if unit in _HOURS else unit
        amounts[go_unit] = amounts.get(go_unit, Decimal(0)) + amount
    written = "".join(f"{_plain(amounts[unit])}{unit}" for unit in "hms" if unit in amounts)
    return written if written != text and parse_duration(written) is not None else None


def _parts(text: str) -> list[tuple[str, str]] | None:
    """The numbers with their units, None where one is no unit."""
    iso = _ISO.fullmatch(text)
    if iso is not None:
        return [(number, unit) for unit, number in iso.groupdict().items() if number]
    if not re.fullmatch(_WHOLE, text):
        return None
    found = [(number, _unit(word)) for number, word in re.findall(_PART, text)]
    return None if any(not unit for _, unit in found) else found


def _unit(word: str) -> str:
    return "" if word == "M" else _UNITS.get(word.casefold(), "")


def _plain(amount: Decimal) -> str:
    """The number without zeros at its end, and without an exponent."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
