"""The text of an expression becomes one in which the library checks the fields of the model.

The library knows the fields of no objects but those of Protocol Buffers. So a field is written as a
function of its object, `vm.name` as `vm._name()`, and declared for the types that have it; that is
for the check alone. As every field has a value, `has(vm.name)` says that it is not "", [] or {}.
"""

from __future__ import annotations

import re

from vmsnap_lint.config.policies.verdict_model import (
    CONSTANTS,
    FIELDS,
    MAPS,
    SUBJECTS,
    TYPES,
    variables_of,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import either, nearest_hint

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

__all__ = ["evaluable", "names_in", "question", "what_is_wrong"]

_TOKEN = re.compile(
    r"""(?P<text>[bBrR]{0,2}(?:\"{3}(?s:.*?)\"{3}|'{3}(?s:.*?)'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    | (?P<blank>\s+|//[^\n]*)
    | (?P<number>[0-9](?:[0-9A-Za-z_]|\.[0-9])*)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_ERROR = re.compile(r"<input>:([0-9]+):([0-9]+): (.*)")
_LABELS = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_NO_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_OPERATOR = re.compile(r"[_@]+|\[_\]")
_FIELD = "_"  # before the name of a function that stands for a field
_NOWHERE = "@none"  # the type that has the fields which no type has


class _Token(NamedTuple):
    kind: str
    text: str
    start: int


class _Rewritten(NamedTuple):
    """A text, and the places of its parts in it and in the original."""

    text: str
    places: list[tuple[int, int]]

    def original(self, at: int) -> int | None:
        """Where the part at a place begins in the original, None behind the end."""
        if at >= len(self.text):
            return None
        return next((old for new, old in reversed(self.places) if new <= at), 0)


def names_in(expression: str) -> frozenset[str]:
    """The names in an expression: variables, fields and functions."""
    return frozenset(token.text for token in _tokens(expression) if token.kind == "name")


def evaluable(expression: str) -> str:
    """The expression as it is evaluated, over objects that are maps of their fields."""
    return _rewritten(expression, typed=False).text


def question(expression: str, kind: str) -> dict[str, Any]:
    """What `cel_worker` is asked to check the expression for objects of that kind."""
    fields = [
        [_FIELD + field.name, owner, field.type] for owner, of in TYPES.items() for field in of
    ]
    unknown = names_in(expression) - FIELDS
    fields += [[_FIELD + name, _NOWHERE, "bool"] for name in sorted(unknown)]
    types = {**variables_of(kind), **dict.fromkeys(CONSTANTS, "int")}
    return {"types": types, "fields": fields, "check": _rewritten(expression, typed=True).text}


def what_is_wrong(expression: str, kind: str, answer: Sequence[str]) -> str:
    """What is wrong with an expression, by the answer to its question; "" if nothing is."""
    result, error = answer
    if not error:
        return "" if result == "bool" else f"its result is of type {result}, expected bool"
    found = _ERROR.search(error)
    if found is None:
        return _LABELS.sub("", error.partition("\n")[0]).replace(": ", " ").lower()
    said = _LABELS.sub("", found[3]).partition(" expecting {")[0]
    made = _rewritten(expression, typed=True)
    line, column = int(found[1]), int(found[2])
    before = sum(len(text) + 1 for text in made.text.split("\n")[: line - 1])
    at = made.original(before + column - 1)
    return f"{_in_words(said, kind, names_in(expression))}, {_near(expression, at)}"


def _in_words(said: str, kind: str, names: frozenset[str]) -> str:
    """What the library says, about fields and names as they are written."""
    if undeclared := _UNDECLARED.search(said):
        return _unknown_name(undeclared[1], kind)
    if refused := _NO_OVERLOAD.search(said):
        function, types = refused[1], refused[2]
        if function.startswith(_FIELD) and function[1:] in names:
            return _unknown_field(function[1:], types)
        named = _OPERATOR.sub("", function) or ("[]" if "[" in function else function)
        return f'"{named}" is not for {types.replace(", ", " and ")}'
    return said.replace('"', "'").replace("Syntax error: ", "").replace(": ", " ")


def _unknown_field(name: str, owner: str) -> str:
    fields = [field.name for field in TYPES.get(owner, ())]
    hint = nearest_hint(name, fields) or (f" (known are {', '.join(fields)})" if fields else "")
    return f'{owner} has no field "{name}"{hint}'


def _unknown_name(name: str, kind: str) -> str:
    known = variables_of(kind)
    others = [other for other in SUBJECTS if name in variables_of(other)]
    if others:
        return f'"{name}" is not there for {kind}: name {either(others)} in match.kinds'
    hint = nearest_hint(name, known) or f" (known for {kind} are {', '.join(sorted(known))})"
    return f'unknown name "{name}"{hint}'


def _near(expression: str, at: int | None) -> str:
    """Where in the expression, in words."""
    if at is None:
        return "at the end"
    line = expression.count("\n", 0, at)
    column = at - (expression.rfind("\n", 0, at) + 1)
    where = f"at character {column + 1}"
    return f"{where} of line {line + 1}" if "\n" in expression.strip() else where


def _tokens(expression: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(expression):
        yield _Token(match.lastgroup or "", match[0], match.start())


def _rewritten(expression: str, *, typed: bool) -> _Rewritten:
    """The expression with functions for fields, if `typed`, and with what stands for `has`."""
    tokens = list(_tokens(expression))
    solid = [token for token in tokens if token.kind != "blank"]
    fields = {token for at, token in enumerate(solid) if _is_field(solid, at)}
    opened = dict(_presences(solid, fields))
    closed = set(opened.values())
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = 0
    for token in tokens:
        text = token.text
        if token in fields and typed:
            text = f"{_FIELD}{text}()"
        elif token in opened:
            text = "!(dyn"
        elif token in closed:
            text = ") in ['', [], {}])"
        places.append((length, token.start))
        parts.append(text)
        length += len(text)
    return _Rewritten("".join(parts), places)


def _is_field(tokens: Sequence[_Token], at: int) -> bool:
    """Whether a token names a field: `name` of `vm.name`, but not `tier` of `vm.labels.tier`."""
    if tokens[at].kind != "name" or not at or tokens[at - 1].text != ".":
        return False
    if tokens[at + 1 : at + 2] and tokens[at + 1].text == "(":
        return False
    is_key = at > 2 and tokens[at - 2].text in MAPS and tokens[at - 3].text == "."
    return not is_key


def _presences(
    tokens: Sequence[_Token], fields: Container[_Token]
) -> Iterator[tuple[_Token, _Token]]:
    """Each `has` of a field, with the bracket that closes it."""
    opened: list[_Token] = []
    for at, token in enumerate(tokens):
        if token.text == "(":
            opened.append(tokens[at - 1])
        elif token.text == ")" and opened:
            before, function = tokens[at - 1], opened.pop()
            if function.text == "has" and before in fields:
                yield function, token
