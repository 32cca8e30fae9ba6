"""The formats that an API server knows: whether a text has one.

A format that is not listed is ignored, as the API server ignores those that it does not know.
int32, int64, float and double bound nothing there either: a value of type integer may be larger.
Names and forms: kube-openapi, pkg/validation/strfmt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vmsnap_lint.core.values import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EXAMPLES", "FORMATS"]

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,127}}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
_WORDY = re.compile(r"[ \t]*(?:[0-9]+[ \t]*[A-Za-zµ]+[ \t]*)+")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_HEX = r"[0-9A-Fa-f]"


def _date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    return match is not None and 1 <= int(match[2]) <= 12 and 1 <= int(match[3]) <= 31


def _date_time(text: str) -> bool:
    match = _TIME.fullmatch(text, 10) if _date(text[:10]) else None
    return match is not None and int(match[1]) < 24 and int(match[2]) < 60 and int(match[3]) <= 60


def _duration(text: str) -> bool:
    """Go's durations, and those in words and larger units: "3 days"."""
    return parse_duration(text) is not None or _WORDY.fullmatch(text) is not None


def _base64(text: str) -> bool:
    return _BASE64.fullmatch(text) is not None


def _email(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(name and at and host)


def _hostname(text: str) -> bool:
    if not text.isascii():
        return True  # letters and symbols of every script are allowed
    return len(text) <= 255 and _HOST.fullmatch(text) is not None


def _ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(
        part.isascii() and part.isdigit() and len(part) <= 3 and int(part) < 256 for part in parts
    )


def _ipv6(text: str) -> bool:
    return ":" in text and _is_address(text)


def _cidr(text: str) -> bool:
    address, slash, length = text.partition("/")
    if not slash or not (length.isascii() and length.isdigit()):
        return False
    return _is_address(address) and int(length[:4]) <= (128 if ":" in address else 32)


def _is_address(text: str) -> bool:
    from ipaddress import ip_address  # few CRDs ask for it

    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _uri(text: str) -> bool:
    """An absolute URI or an absolute path; without spaces and control characters."""
    scheme, colon, rest = text.partition(":")
    if text.startswith("/"):
        return text.isprintable()
    named = re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) is not None
    return bool(colon and rest and named) and not re.search(r"[\x00-\x20\x7f]", text)


def _of(pattern: str) -> Callable[[str], bool]:
    form = re.compile(pattern)
    return lambda text: form.fullmatch(text) is not None


_UUID = "{h}{{8}}-?{h}{{4}}-?{v}-?{w}-?{h}{{12}}"
_ANY, _VARIANT = _HEX + "{4}", "[89abAB]" + _HEX + "{3}"

FORMATS: dict[str, Callable[[str], bool]] = {
    "byte": _base64,
    "cidr": _cidr,
    "date": _date,
    "date-time": _date_time,
    "datetime": _date_time,
    "duration": _duration,
    "email": _email,
    "hexcolor": _of(r"#?(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})"),
    "hostname": _hostname,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "mac": _of(rf"{_HEX}{{2}}(?:[:-]{_HEX}{{2}}){{5,19}}|{_HEX}{{4}}(?:\.{_HEX}{{4}}){{2,9}}"),
    "uri": _uri,
    "uuid": _of(_UUID.format(h=_HEX, v=_ANY, w=_ANY)),
    "uuid3": _of(_UUID.format(h=_HEX, v="3" + _HEX + "{3}", w=_ANY)),
    "uuid4": _of(_UUID.format(h=_HEX, v="4" + _HEX + "{3}", w=_VARIANT)),
    "uuid5": _of(_UUID.format(h=_HEX, v="5" + _HEX + "{3}", w=_VARIANT)),
}

EXAMPLES = {
    "byte": "bytes in base64",
    "cidr": 'a network such as "10.0.0.0/8"',
    "date": 'a date such as "2026-01-31"',
    "date-time": 'a time such as "2026-01-31T12:00:00Z"',
    "datetime": 'a time such as "2026-01-31T12:00:00Z"',
    "duration": 'a duration such as "1h30m"',
    "email": "an e-mail address",
    "hexcolor": 'a colour such as "#336699"',
    "hostname": "a host name",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "mac": "a MAC address",
    "uri": "a URI",
    "uuid": "a UUID",
    "uuid3": "a UUID of version 3",
    "uuid4": "a UUID of version 4",
    "uuid5": "a UUID of version 5",
}
