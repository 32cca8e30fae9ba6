"""The text of a field becomes a typed value: release, duration, quantity, name.

What is longer than a right value can be is wrong at once, whatever it holds.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = [
    "LONGEST_LABEL", "LONGEST_NAME", "LONGEST_VALUE", "Release",
    "holds_placeholder", "is_dns1123_label", "is_dns1123_subdomain", "parse_duration",
    "parse_quantity",
]  # fmt: skip

LONGEST_LABEL = 63
"""The characters of a DNS-1123 label."""
LONGEST_NAME = 253
"""The characters of a DNS-1123 subdomain: no object has a longer name."""
LONGEST_VALUE = 100
"""More characters than a release, a duration or a quantity has."""


class Release(NamedTuple):
    """A KubeVirt release; compares as the tuple it is."""

    major: int
    minor: int
    patch: int = 0

    @classmethod
    def parse(cls, text: str) -> Release | None:
        """The release that `1.6`, `v1.6.3` or `v1.9.0-rc.2` names, else None.

        A missing patch reads as 0 here; `releases.resolve` gives the newest patch of a line.
        """
        match = _RELEASE.fullmatch(text.strip()) if len(text) <= LONGEST_VALUE else None
        if not match:
            return None
        major, minor, patch = match.groups()
        return cls(int(major), int(minor), int(patch or 0))

    @property
    def line(self) -> tuple[int, int]:
        """The minor line: (1, 6) for 1.6.3."""
        return self[:2]

    def __str__(self) -> str:
        """As users write it: `1.6.3`."""
        return f"{self.major}.{self.minor}.{self.patch}"


@lru_cache(maxsize=256)
def parse_duration(text: str) -> float | None:
    """The seconds that Go's time.ParseDuration reads, else None.

    https://pkg.go.dev/time#ParseDuration: a sign, then numbers with a unit each; only "0" may
    have none. What does not fit an int64 of nanoseconds is rejected.
    """
    negative, rest = text.startswith("-"), text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0.0
    if len(rest) > LONGEST_VALUE or not re.fullmatch(_DURATION, rest):
        return None
    nanoseconds = 0
    for integer, decimals, unit in re.findall(_DURATION_PART, rest):
        if len(integer.lstrip("0")) > _INT64_DIGITS:
            return None
        scale, digits = _NANOSECONDS[unit], decimals[: _INT64_DIGITS - 1]
        nanoseconds += int(integer[-_INT64_DIGITS:] or 0) * scale
        nanoseconds += int(digits or 0) * scale // 10 ** len(digits)
    if nanoseconds > _INT64_MAX + negative:
        return None
    return (-nanoseconds if negative else nanoseconds) / 1e9


def parse_quantity(value: object) -> Fraction | None:
    """The number that Kubernetes reads as resource.Quantity, else None.

    https://pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity: a number as JSON has it or
    a string of digits with one binary, decimal or exponent suffix and no spaces.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    if isinstance(value, int) and value.bit_length() > _LONGEST_BITS:
        return None
    text = value if isinstance(value, str) else repr(value)
    return _quantity(text) if len(text) <= LONGEST_VALUE else None


@lru_cache(maxsize=1024)  # most objects have one of a few sizes
def _quantity(text: str) -> Fraction | None:
    match = re.fullmatch(_QUANTITY, text)
    if not match:
        return None
    sign, number, suffix, exponent = match.groups()
    if len(exponent or "") > _LONGEST_EXPONENT:
        return None
    base, power = (10, int(exponent)) if exponent else _SUFFIXES[suffix]
    # Beyond the limit a quantity is nothing or endless; the exact power would only cost time.
    power = max(-_EXPONENT_LIMIT, min(_EXPONENT_LIMIT, power))
    from fractions import Fraction  # costs start-up time, and few runs need it

    amount = Fraction(number.rstrip(".")) * Fraction(base) ** power
    return -amount if sign == "-" else amount


def is_dns1123_label(name: str, *, prefix: bool = False) -> bool:
    """Whether `name` may name a namespace; `prefix` is for generateName.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
    """
    return _is_name(name, prefix, LONGEST_LABEL, _LABEL)


def is_dns1123_subdomain(name: str, *, prefix: bool = False) -> bool:
    """Whether `name` may name an object; `prefix` is for generateName.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
    """
    return _is_name(name, prefix, LONGEST_NAME, _SUBDOMAIN)


def holds_placeholder(text: object) -> bool:
    """Whether it is a string of which a templating tool replaces some, so that it is not known yet.

    Anywhere: `$X`, `${X}`, `$(X)`, `{{ x }}`, `@@X@@`, `ENC[..]`, `<x>`. As the whole text, or
    joined to the rest by a dash or a dot: `@X@`, `%X%`, `%s`, `{x}`, `[x]-a`, `[a name]`.
    """
    if not isinstance(text, str):
        return False
    return _short_holds_one(text) if len(text) <= LONGEST_NAME else _holds_one(text)


def _holds_one(text: str) -> bool:
    for mark in _MARKS:
        if mark in text:
            return any(form.search(text) for form in _placeholders()) or any(
                _encloses(text, *marks) for marks in _PAIRS
            )
    return False


# The same names and namespaces are asked for again and again.
_short_holds_one = lru_cache(maxsize=4096)(_holds_one)


@cache
def _placeholders() -> tuple[re.Pattern[str], ...]:
    """The forms of placeholders. In square brackets may stand an array by mistake.

    That is a placeholder where no array would be.
    """
    return (
        re.compile(r"\$[A-Za-z_]|\$\{[^{}]*\}|\$\([\w.-]+\)|@@[\w.-]+@@|<[A-Za-z%][^<>]*>"),
        re.compile(
            r"(?:(?<=[-.])|\A)(?:@[\w.-]+@|%[A-Z][A-Z0-9_]*%|%[sdv]|\{[A-Za-z_][\w.-]*\})"
            r"(?=[-.]|\Z)"
        ),
        re.compile(
            r"(?<=[-.])\[[A-Za-z][\w -]*\](?=[-.]|\Z)"
            r"|\A\[[A-Za-z](?:[\w -]*\](?=[-.])|[A-Za-z]*[-_ ][\w -]*\]\Z)"
        ),
    )


_RELEASE = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:[-+][0-9A-Za-z.+_-]+)?", re.ASCII)

_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_UNITS = "ns|us|µs|μs|ms|s|m|h"  # both micro signs, as Go reads them
_DURATION = rf"(?:{_NUMBER}(?:{_UNITS}))+"  # compiled by its first use, as those below
_DURATION_PART = rf"([0-9]*)\.?([0-9]*)({_UNITS})"
_NANOSECONDS = {
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000,
}  # fmt: skip
_INT64_DIGITS = 19
_INT64_MAX = 2**63 - 1

_QUANTITY = rf"([+-]?)({_NUMBER})(?:(|[numkMGTPE]|[KMGTPE]i)|[eE]([+-]?[0-9]+))"
_LONGEST_BITS = 300
_LONGEST_EXPONENT = 10
_EXPONENT_LIMIT = 400
_SUFFIXES = {
    "n": (1000, -3), "u": (1000, -2), "m": (1000, -1), "": (1000, 0),
    **{mark: (1000, power) for power, mark in enumerate("kMGTPE", 1)},
    **{f"{mark}i": (1024, power) for power, mark in enumerate("KMGTPE", 1)},
}  # fmt: skip

_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(rf"{_LABEL.pattern}(?:\.{_LABEL.pattern})*")

_MARKS = ("$", "{", "<", "@", "%", "[")
_PAIRS = (("{{", "}}"), ("ENC[", "]"))


def _is_name(name: str, prefix: bool, longest: int, form: re.Pattern[str]) -> bool:
    return len(name) <= longest and form.fullmatch(_masked(name) if prefix else name) is not None


def _masked(name: str) -> str:
    # apimachinery validation.maskTrailingDash: a dash before the generated part counts as a letter
    return f"{name[:-1]}a" if len(name) > 1 and name.endswith("-") else name


def _encloses(text: str, start: str, end: str) -> bool:
    """Whether one mark follows the other; no pattern does that in one pass."""
    at = text.find(start)
    return at >= 0 and text.find(end, at + len(start)) >= 0
