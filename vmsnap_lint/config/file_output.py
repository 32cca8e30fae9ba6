"""A file that gets a result."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import NamedTuple

__all__ = ["FileOutput"]


class FileOutput(NamedTuple):
    """A file that gets the result, and its format."""

    format: str
    file: str
