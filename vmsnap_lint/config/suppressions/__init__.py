"""Suppressed findings: by which comment, annotation or entry, and until when."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmsnap_lint.document import Source

__all__ = ["NAME", "mentions_linter"]

NAME = "vmsnap-lint"
"""What each comment for the program holds."""

_MARK = NAME.encode()


def mentions_linter(source: Source) -> bool:
    """Whether the name of the program occurs in the file, in any encoding that is read."""
    data = source.data
    return _MARK in data or (b"\0" in data and _MARK in data.replace(b"\0", b""))
