"""Bytes become the text that kubectl sees.

kubectl decodes a file before it splits it: UTF-8, or UTF-16 where a byte order mark says so, and a
broken byte becomes U+FFFD. https://github.com/kubernetes/cli-runtime/blob/v0.34.2/pkg/resource/visitor.go
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["Encoded", "decode", "encoded", "lenient", "unprintable", "unreadable"]

# Patterns that few files need are compiled by their first use: wide ranges take milliseconds.
# What libyaml's reader rejects (and go.yaml.in/yaml/v2 with it): YAML 1.1, "c-printable".
_UNPRINTABLE = "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
_ESCAPED = dict.fromkeys(range(0xDC80, 0xDD00), "\ufffd")

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)


class Encoded(NamedTuple):
    """A file as text, each character at the index that `decode` gives it, and the way back."""

    text: str
    codec: str
    mark: bytes

    def data(self, text: str) -> bytes:
        """The bytes of another text of the file; what is kept of its text has the same bytes.

        Raises UnicodeError for a character that its encoding has no bytes for.
        """
        kept = "surrogateescape" if self.codec == "utf-8" else "strict"
        return self.mark + text.encode(self.codec, kept)


def encoded(data: bytes) -> Encoded | None:
    """The text of a file such that it can be written as it was; None where bytes would be lost."""
    mark, codec = next((row for row in _MARKS if data.startswith(row[0])), (b"", "utf-8"))
    body = data[len(mark) :]
    try:
        text = body.decode(codec, "surrogateescape" if codec == "utf-8" else "strict")
        known = Encoded(text, codec, mark)
        return known if known.data(text) == data else None
    except UnicodeError:
        return None


def decode(data: bytes) -> str:
    """The text of a file without its byte order mark; never raises."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            return lenient(data) if encoding == "utf-8" else data.decode(encoding, "replace")
    return lenient(data)


def unreadable(data: bytes) -> tuple[str, str] | None:
    """Why Kubernetes cannot decode this file, and its text as far as it can be guessed.

    None where Kubernetes can.
    """
    head = data[:4]
    zeros = head.count(0)
    name, width, order = "UTF-32", 32, "be" if head[:1] == b"\0" else "le"
    if zeros == 2 and b"\0\0" in (head[::2], head[1::2]):
        name, width = "UTF-16 without a byte order mark", 16
    elif zeros != 3 and not data.startswith((_MARKS[0][0], _MARKS[1][0])):
        return None
    text = data.decode(f"utf-{width}-{order}", "replace").removeprefix("\ufeff")
    return f"the file is {name}, which Kubernetes does not read; save it as UTF-8", text


def unprintable(text: str) -> int:
    """The index of the first character that YAML does not allow, or -1."""
    match = re.search(_UNPRINTABLE, text)
    return match.start() if match else -1


def lenient(data: bytes) -> str:
    """UTF-8 as Go decodes it: each invalid byte becomes one U+FFFD."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape").translate(_ESCAPED)
