"""The formats that an API server knows: whether a text has one.

A format that is not listed is ignored, as the API server ignores those that it does not know.
int32, int64, float and double bound nothing there either: a value of type integer may be larger.
Names and forms: kube-openapi, pkg/validation/strfmt.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import parse_duration

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EXAMPLES", "FORMATS"]


_LONGEST = 100
_LONGEST_DATA = 2**21  # what etcd stores of an object is less


def _of(pattern: str, longest: int = _LONGEST) -> Callable[[str], bool]:
    """Whether a text has a form, and is no longer than one that has it can be."""
    form = re.compile(pattern)
    return lambda text: len(text) <= longest and form.fullmatch(text) is not None


_DATE = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = "(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})"  # zeros may come first
_HEX = "[0-9A-Fa-f]"
_UUID = f"{_HEX}{{8}}-?{_HEX}{{4}}-?%s{_HEX}{{3}}-?%s{_HEX}{{3}}-?{_HEX}{{12}}"
_VARIANT = "[89abAB]"

_is_date_time = _of(f"{_DATE}[Tt ]{_TIME}{_ZONE}")
_is_wordy = _of(r"[ \t]*(?:[0-9]+[ \t]*[A-Za-zµ]+[ \t]*)+")
_is_host = _of(rf"{_LABEL}(?:\.{_LABEL}){{0,127}}", 255)
_is_uri = _of(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f]+", _LONGEST_DATA)


def _duration(text: str) -> bool:
    """Go's durations, and those in words and larger units: "3 days"."""
    return parse_duration(text) is not None or _is_wordy(text)


def _hostname(text: str) -> bool:
    """Letters and symbols of every script are allowed."""
    return not text.isascii() or (len(text) <= 255 and _is_host(text))


def _ipv6(text: str) -> bool:
    return ":" in text and _is_address(text)


def _cidr(text: str) -> bool:
    address, _, length = text.partition("/")
    if not (length.isascii() and length.isdigit()):
        return False
    return _is_address(address) and int(length[:4]) <= (128 if ":" in address else 32)


def _is_address(text: str) -> bool:
    if len(text) > _LONGEST:
        return False
    from ipaddress import ip_address  # few CRDs ask for it

    try:
        ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _uri(text: str) -> bool:
    """An absolute URI or an absolute path; without spaces and control characters."""
    return text.isprintable() if text.startswith("/") else _is_uri(text)


_TABLE: dict[str, tuple[Callable[[str], bool], str]] = {
    "byte": (
        _of("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", _LONGEST_DATA),
        "bytes in base64",
    ),
    "cidr": (_cidr, 'a network such as "10.0.0.0/8"'),
    "date": (_of(_DATE), 'a date such as "2026-01-31"'),
    **dict.fromkeys(
        ("date-time", "datetime"), (_is_date_time, 'a time such as "2026-01-31T12:00:00Z"')
    ),
    "duration": (_duration, 'a duration such as "1h30m"'),
    "email": (_of("(?s).+@[^@]+", _LONGEST_DATA), "an e-mail address"),
    "hexcolor": (_of(f"#?(?:{_HEX}{{3}}|{_HEX}{{6}})"), 'a colour such as "#336699"'),
    "hostname": (_hostname, "a host name"),
    "ipv4": (_of(rf"{_OCTET}(?:\.{_OCTET}){{3}}"), "an IPv4 address"),
    "ipv6": (_ipv6, "an IPv6 address"),
    "mac": (
        _of(rf"{_HEX}{{2}}(?:[:-]{_HEX}{{2}}){{5,19}}|{_HEX}{{4}}(?:\.{_HEX}{{4}}){{2,9}}"),
        "a MAC address",
    ),
    "uri": (_uri, "a URI"),
    "uuid": (_of(_UUID % (_HEX, _HEX)), "a UUID"),
    "uuid3": (_of(_UUID % ("3", _HEX)), "a UUID of version 3"),
    "uuid4": (_of(_UUID % ("4", _VARIANT)), "a UUID of version 4"),
    "uuid5": (_of(_UUID % ("5", _VARIANT)), "a UUID of version 5"),
}
FORMATS = {name: has_format for name, (has_format, _) in _TABLE.items()}
EXAMPLES = {name: example for name, (_, example) in _TABLE.items()}
