"""Whether a file can hold a suppression at all, told from its bytes. Floor 2.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.document import Source

__all__ = ["speaks_to_us"]

_MARK = b"vmsnap-lint"


def speaks_to_us(source: Source) -> bool:
    """Whether our name stands in the file, in any encoding that is read."""
    data = source.data
    return _MARK in data or (b"\0" in data and _MARK in data.replace(b"\0", b""))
