"""The text of a TOML file becomes the lines of its keys and of the elements of its arrays.

tomllib, which says what the values are, keeps no places. The text is read once, by tokens; it must
be valid.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.possessive import possessive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.file.mistakes import Path

__all__ = ["lines"]

_DEEPEST = 10  # our settings are not so deep, and keys may be of any depth
_TOKEN = re.compile(
    possessive(r'''
    (?P<blank> [ \t\r]+ | \#[^\n]*+ )
    | (?P<end> \n )
    | (?P<text> """ (?: [^"\\] | \\. | "(?!"") )*+ "{3,5}
      | \'\'\' (?: [^'] | '(?!'') )*+ '{3,5}
      | " (?: [^"\\\n] | \\. )*+ "
      | ' [^'\n]*+ ' )
    | (?P<sign> [][{}=,.] )
    | (?P<word> [^][{}=,."'#\s]++ )
    '''),
    re.DOTALL | re.VERBOSE,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


_NONE = _Token("end", "", 0)


class _Open:
    """An array or an inline table that has not ended; `index` is that of the next element."""

    def __init__(self, path: Path, *, is_array: bool) -> None:
        self.path = path
        self.is_array = is_array
        self.index = 0


def lines(text: str) -> dict[Path, int]:
    """The line of every key and element by its path; of a table that of its first key or header.

    Paths of more than ten steps are left out.
    """
    return _Reading(text).result


class _Reading:
    """One pass over the tokens of a file."""

    def __init__(self, text: str) -> None:
        self.result: dict[Path, int] = {}
        self._tokens = _tokens(text)
        self._table: Path = ()
        self._arrays: dict[Path, int] = {}  # of tables, with the index of the last one
        for token in self._tokens:
            if token.text == "[":
                self._header(token.line)
            elif token.kind != "end":
                self._value(self._key(self._table, token))

    def _header(self, line: int) -> None:
        """Reads what follows the first bracket of `[a.b]` or `[[a.b]]`."""
        token = next(self._tokens, _NONE)
        is_array = token.text == "["
        parts = self._parts(next(self._tokens, _NONE) if is_array else token, "]")
        path: Path = ()
        for at, part in enumerate(parts):
            path = (*path, part)
            self._note(path, line)
            if is_array and at == len(parts) - 1:
                self._arrays[path] = self._arrays.get(path, -1) + 1
            if path in self._arrays:
                path = (*path, self._arrays[path])
                self._note(path, line)
        self._table = path
        if is_array:
            next(self._tokens, _NONE)

    def _key(self, above: Path, first: _Token) -> Path:
        """Reads `a.b =`."""
        path = above
        for part in self._parts(first, "="):
            path = self._within(path, part, first.line)
        return path

    def _parts(self, first: _Token, end: str) -> list[str]:
        """The parts of a key up to a sign, as many as matter."""
        parts: list[str] = []
        token = first
        while token is not _NONE and (token.kind, token.text) != ("sign", end):
            if token.kind != "sign" and len(parts) < _DEEPEST:
                parts.append(_unquoted(token.text) if token.kind == "text" else token.text)
            token = next(self._tokens, _NONE)
        return parts

    def _value(self, path: Path) -> None:
        """Reads a value, and to the end of its line."""
        stack: list[_Open] = []
        is_done = False
        for token in self._tokens:
            if token.kind == "end":
                if not stack:
                    return
            elif token.text in _AFTER and token.kind == "sign":
                is_done = token.text != ","
                if stack and is_done:
                    stack.pop()
                elif stack:
                    stack[-1].index += 1
            elif not is_done:
                is_done = self._begin(token, path, stack)

    def _begin(self, token: _Token, path: Path, stack: list[_Open]) -> bool:
        """Begins a value, behind its key in a table; whether nothing more can follow in it."""
        if stack and stack[-1].is_array:
            path = self._within(stack[-1].path, stack[-1].index, token.line)
        elif stack:
            path = self._key(stack[-1].path, token)
            token = next(self._tokens, _NONE)
        if token.kind != "sign":
            return True
        stack.append(_Open(path, is_array=token.text == "["))
        return False

    def _within(self, path: Path, step: str | int, line: int) -> Path:
        if len(path) >= _DEEPEST:
            return path
        path = (*path, step)
        self._note(path, line)
        return path

    def _note(self, path: Path, line: int) -> None:
        self.result.setdefault(path, line)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "blank":
            yield _Token(kind, match[0], line)
        if kind in ("end", "text"):
            line += match[0].count("\n")


def _unquoted(text: str) -> str:
    """The key that is written in quotes."""
    if "\\" not in text or text.startswith("'"):
        return text[1:-1]
    import tomllib  # few keys have escapes

    key: str = tomllib.loads(f"key = {text}")["key"]
    return key


_AFTER = frozenset(",]}")
