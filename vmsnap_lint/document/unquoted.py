"""A text becomes the value that YAML gives it where it stands without quotes."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import Any
from vmsnap_lint.document.plain_lines import entry_of
from vmsnap_lint.document.reader import read

__all__ = ["unquoted"]

_KEY = "value"
_LONGEST = 400
_FIRST = (0, -1, _KEY)  # column, no dash, key


def unquoted(text: str) -> Any:
    """What the text is read as behind a key. Raises ValueError where that is not one value."""
    line = f"{_KEY}: {text}"
    if len(line) < _LONGEST and line.isascii() and line.isprintable():
        entry = entry_of(line)
        if entry and entry[:3] == _FIRST and isinstance(entry[3], str):
            return entry[3]
    return _parsed(line)


def _parsed(line: str) -> Any:
    source = read("", f"{line}\n".encode("utf-8", "replace"))
    values = [part.value for part in source.documents]
    is_one = not source.faults and len(values) == 1 and isinstance(values[0], dict)
    if not is_one or values[0].keys() != {_KEY}:
        raise ValueError(line)
    return values[0][_KEY]
