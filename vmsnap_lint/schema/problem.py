"""One way in which an object breaks its schema, named by path and rule. Floor 3."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Key", "SchemaProblem"]

Key = str | int


class SchemaProblem(NamedTuple):
    """A fault in the shape of an object.

    `path` always exists in the object; `key` asks to point at the key rather than at its value.
    `suggestion` is the text that would replace what stands there, where one can be guessed.
    """

    rule: str
    path: tuple[Key, ...]
    key: bool
    message: str
    expected: str
    suggestion: str | None = None
