"""The text of a scalar becomes the value that Kubernetes reads.

Kubernetes reads YAML with sigs.k8s.io/yaml over go.yaml.in/yaml/v2: neither YAML 1.1 nor 1.2, so
no library agrees with it. https://github.com/yaml/go-yaml/blob/v2.4.0/resolve.go
"""

from __future__ import annotations

import re

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.core.values import LONGEST_LABEL
from vmsnap_lint.document.encoding import lenient

__all__ = [
    "NUMERIC", "TAG", "WORDS", "Plain", "json_value", "key_text", "looks_odd", "plain", "tagged",
]  # fmt: skip

Plain = str | int | float | bool | None

TAG = "tag:yaml.org,2002:"

WORDS: dict[str, Plain] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
"""The words that mean something else when they are not quoted."""
_ODD_WORDS = frozenset(
    word
    for word, value in WORDS.items()
    if isinstance(value, bool) and word.lower() not in {"true", "false"}
)
NUMERIC = frozenset("0123456789+-.")
"""What a number begins with."""

# Those that are rarely needed are compiled by their first use.
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))")
_BASES = {2: 16, 3: 2, 4: 8}  # of the groups of _INTEGER, but for decimal ones
_SIGNED_BINARY = r"0b([-+]?[01]+)"
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
# Repeated groups are possessive (`*+`), for others cost memory at each turn.
_DOT_FLOAT = possessive(r"\.[0-9]++(?:_[0-9]++)*+(?:[eE][-+]?[0-9]++(?:_[0-9]++)*+)?")
_CANONICAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_CLOCK = re.compile(possessive(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])++(?:\.[0-9_]*)?"))
_BASE64 = possessive(r"(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_MOMENT = (
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:([Tt ])([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?"
)


def plain(text: str) -> Plain:
    """The value of an unquoted, untagged scalar; infinities and NaN included."""
    if text[:1] in NUMERIC:
        value = WORDS.get(text, text)
        return _number(text) if value is text else value
    return WORDS.get(text, text)


def tagged(tag: str, text: str) -> Plain:
    """The value of a scalar with an explicit tag. Raises ValueError where the tag does not fit."""
    if not tag.startswith(TAG):
        return text
    name = tag[len(TAG) :]
    if name == "binary":
        return _binary(text)
    if name not in {"bool", "int", "float", "null", "timestamp"}:
        return text
    value: Plain = plain(text)
    if name == "float" and type(value) is int and -(2**63) <= value < 2**63:
        return float(value)
    if name == "timestamp" and _is_moment(text):
        return text
    if name != ("null" if value is None else type(value).__name__):
        raise ValueError(f'"{cut(text, LONGEST_LABEL)}" is not a value of type !!{name}')
    return value


def json_value(value: Plain) -> Plain:
    """A number as Go writes it to JSON: without a fraction, and below 1e21, it is an integer."""
    if type(value) is not float or not value.is_integer() or abs(value) >= 1e21:
        return value
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return int(value)
    integer, _, fraction = mantissa.partition(".")
    return int((integer + fraction).ljust(len(integer) + int(exponent), "0"))


def key_text(value: Plain) -> str | None:
    """A scalar key as JSON text, or None where Kubernetes rejects it: null, or over 63 bits."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _short_float(value)
    if value is None or value >= 2**63:
        return None
    return str(value)


def looks_odd(text: str, value: Plain) -> bool:
    """Whether an unquoted scalar is read otherwise than it looks: `yes`, `0777`, `1e3`, `12:30`."""
    if isinstance(value, str):
        return text[:1] in NUMERIC and _CLOCK.fullmatch(text) is not None
    if isinstance(value, bool):
        return text in _ODD_WORDS
    if value is None:
        return False
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return True
    return not _CANONICAL.fullmatch(text) or (isinstance(value, float) and "." not in text)


def _number(text: str) -> Plain:
    if text[0] == ".":
        return _finite(text.replace("_", ""), text) if re.fullmatch(_DOT_FLOAT, text) else text
    digits = text.replace("_", "")
    integer = _integer(digits)
    if integer is not None:
        return integer
    if _FLOAT.fullmatch(digits):
        return _finite(digits, text)
    return text


def _integer(digits: str) -> int | None:
    if len(digits) > 80:
        return None
    match = _INTEGER.fullmatch(digits)
    if match is None:
        signed = re.fullmatch(_SIGNED_BINARY, digits) if digits[:2] == "0b" else None
        value = int(signed[1], 2) if signed else None
        return value if value is not None and -(2**63) <= value < 2**63 else None
    group = match.lastindex or 0
    value = int(digits) if group == 5 else int(match[1] + match[group], _BASES[group])
    highest = 2**63 if match[1] else 2**64
    return value if -(2**63) <= value < highest else None


def _finite(digits: str, text: str) -> float | str:
    value = float(digits)
    return text if value in {float("inf"), float("-inf")} else value


def _binary(text: str) -> str:
    import binascii  # hardly any manifest holds !!binary

    packed = text.replace("\r", "").replace("\n", "")
    if not re.fullmatch(_BASE64, packed):
        raise ValueError("the value of !!binary is not base64")
    return lenient(binascii.a2b_base64(packed))


def _is_moment(text: str) -> bool:
    match = re.fullmatch(_MOMENT, text)
    if match is None:
        return False
    year, month, day, separator, *clock, zone = match.groups()
    if separator and bool(zone) == (separator == " "):
        return False
    leap = int(year) % 4 == 0 and (int(year) % 100 != 0 or int(year) % 400 == 0)
    longest = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= longest[int(month) - 1]:
        return False
    return not separator or (int(clock[0]) < 24 and int(clock[1]) < 60 and int(clock[2]) < 60)


def _short_float(value: float) -> str:
    """The fewest digits that name the float32 nearest to `value`, as Go's FormatFloat 'g' does."""
    single = _single(value)
    if single != single:  # noqa: PLR0124 - only NaN differs from itself
        return ".nan"
    if single in {float("inf"), float("-inf")}:
        return ".inf" if single > 0 else "-.inf"
    precision = next(p for p in range(9) if _single(float(f"{single:.{p}e}")) == single)
    text = f"{single:.{precision}e}"
    exponent = int(text.partition("e")[2])
    if -4 <= exponent < 6:
        return f"{float(text):.{max(precision - exponent, 0)}f}"
    return text


def _single(value: float) -> float:
    import struct  # float keys are rare

    try:
        single: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return single
