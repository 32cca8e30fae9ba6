"""The tokens of an expression, and what it names."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Token", "all_tokens", "counts", "names_in", "offers_values", "paths_in", "solid_tokens"]

_TOKEN = re.compile(
    r"""(?P<text>[bBrR]{0,2}(?:\"{3}(?s:.*?)\"{3}|'{3}(?s:.*?)'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<blank>\s+|//[^\n]*)
    | (?P<number>[0-9](?:[0-9A-Za-z_]|\.[0-9])*)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word or sign: its kind is text, blank, number, name or sign."""

    kind: str
    text: str
    start: int


def all_tokens(expression: str) -> Iterator[Token]:
    """All of them, those of blanks and comments as well."""
    for match in _TOKEN.finditer(expression):
        yield Token(match.lastgroup or "", match[0], match.start())


def solid_tokens(expression: str) -> list[Token]:
    """Those that mean something."""
    return [token for token in all_tokens(expression) if token.kind != "blank"]


def names_in(expression: str) -> frozenset[str]:
    """The names in an expression: variables, fields and functions."""
    return frozenset(token.text for token in all_tokens(expression) if token.kind == "name")


def paths_in(expression: str) -> list[tuple[str, ...]]:
    """The values that an expression names from a variable on, such as `vm.labels.tier`."""
    solid = solid_tokens(expression)
    paths: dict[tuple[str, ...], None] = {}
    for at, token in enumerate(solid):
        if token.kind != "name" or (at and solid[at - 1].text == "."):
            continue
        end = at + 1
        while [each.text for each in solid[end : end + 1]] == ["."] and _is_read(solid, end + 1):
            end += 2
        paths[tuple(each.text for each in solid[at:end:2])] = None
    return list(paths)


def _is_read(given: Sequence[Token], at: int) -> bool:
    """Whether a token is the name of a field or key, and no call."""
    kinds = [token.kind for token in given[at : at + 1]]
    return kinds == ["name"] and [each.text for each in given[at + 1 : at + 2]] != ["("]


def counts(expression: str, variable: str) -> bool:
    """Whether an expression asks for the number of items of a variable."""
    words = "".join(token.text for token in solid_tokens(expression))
    return f"size({variable})" in words or f"{variable}.size()" in words


def offers_values(expression: str) -> bool:
    """Whether an expression names values for keys that may not be there, as `.?tier` does."""
    words = "".join(token.text for token in solid_tokens(expression))
    return ".?" in words or "[?" in words
