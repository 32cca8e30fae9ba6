"""The text of an expression becomes one in which the library checks the fields of the model.

The library knows the fields of no objects but those of Protocol Buffers. So a field is written as a
function of its object, `vm.name` as `vm._name()`, and declared for the types that have it; that is
for the check alone. As every field has a value, `has(vm.name)` says that it is not "", [] or {}.
Which keys a map has is asked of another field (`KEYS`), as the value of a key may be unknown.
"""

from __future__ import annotations

import re

from vmsnap_lint.config.policies.expression_tokens import Token, all_tokens, names_in, solid_tokens
from vmsnap_lint.config.policies.likely_slips import meant_at, no_function, order_of_release
from vmsnap_lint.config.policies.verdict_model import (
    CONSTANTS,
    FIELDS,
    KEYS,
    MAPS,
    SUBJECTS,
    TYPES,
    variables_of,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import either, nearest_hint

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

__all__ = ["as_told", "evaluable", "question", "what_is_wrong"]

_ERROR = re.compile(r"<input>:([0-9]+):([0-9]+): (.*)")
_LABELS = re.compile(r"^([A-Z_]+: )+(<input>:-1:-1: )?| \[[A-Z_]+\]$")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_NO_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_OPERATOR = re.compile(r"[_@]+|\[_\]")
_NO_DURATION = "string to Duration conversion failed"
_EXPECTED = "expected a duration such as 1h30m or 45s"
_READERS = frozenset(("duration", "timestamp", "matches"))  # functions that may refuse a text
_NOWHERE = "@none"  # the type that has the fields which no type has


class _Rewritten(NamedTuple):
    """A text, and the places of its parts in it and in the original."""

    text: str
    places: list[tuple[int, int]]

    def original(self, at: int) -> int | None:
        """Where the part at a place begins in the original, None behind the end."""
        if at >= len(self.text):
            return None
        return next((old for new, old in reversed(self.places) if new <= at), 0)


def evaluable(expression: str) -> str:
    """The expression as it is evaluated, over objects that are maps of their fields."""
    return _rewritten(expression, typed=False).text


def question(expression: str, kind: str) -> dict[str, Any]:
    """What `cel_worker` is asked to check the expression for objects of that kind."""
    before = _before_fields(expression)
    fields = [
        [before + field.name, owner, field.type] for owner, of in TYPES.items() for field in of
    ]
    unknown = names_in(expression) - FIELDS
    fields += [[before + name, _NOWHERE, "bool"] for name in sorted(unknown)]
    types = {**variables_of(kind), **dict.fromkeys(CONSTANTS, "int")}
    return {
        "types": types,
        "fields": fields,
        "check": _rewritten(expression, typed=True).text,
        "calls": list(_calls(expression)),
    }


def what_is_wrong(expression: str, kind: str, answer: Sequence[str]) -> str:
    """What is wrong with an expression, by the answer to its question; "" if nothing is."""
    result, error = answer
    if "dyn" in names_in(expression):
        return '"dyn" is not for policies, as the types of all fields are checked'
    if not error and result == "bool":
        solid = ("''" if token.kind == "text" else token.text for token in solid_tokens(expression))
        return order_of_release("".join(solid))
    if not error:
        return f"its result is of type {result}, expected bool"
    found = _ERROR.search(error)
    if found is None:
        return as_told(_LABELS.sub("", error.partition("\n")[0]))
    said = _LABELS.sub("", found[3]).partition(" expecting {")[0]
    made = _rewritten(expression, typed=True)
    line, column = int(found[1]), int(found[2])
    before = sum(len(text) + 1 for text in made.text.split("\n")[: line - 1])
    at = made.original(before + column - 1)
    meant = meant_at(expression, at)
    return f"{_in_words(said, kind, expression)}, {_near(expression, at)}{meant}"


def as_told(said: str) -> str:
    """What the library says of an evaluation, in our words."""
    told = said[:1].lower() + said[1:].replace(": ", " ")
    return told.replace(_NO_DURATION, _EXPECTED)


def _in_words(said: str, kind: str, expression: str) -> str:
    """What the library says, about fields and names as they are written."""
    names, before = names_in(expression), _before_fields(expression)
    if undeclared := _UNDECLARED.search(said):
        name = undeclared[1]
        is_called = re.search(rf"\b{re.escape(name)}\s*\(", expression)
        return no_function(name) if is_called else _unknown_name(name, kind)
    if refused := _NO_OVERLOAD.search(said):
        function, types = refused[1], refused[2]
        if function.startswith(before) and function.removeprefix(before) in names:
            return _unknown_field(function.removeprefix(before), types)
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


def _rewritten(expression: str, *, typed: bool) -> _Rewritten:
    """The expression with functions for fields, if `typed`, and with what stands for `has`."""
    solid, before = solid_tokens(expression), _before_fields(expression)
    fields = {token for at, token in enumerate(solid) if _is_field(solid, at)}
    opened = dict(_presences(solid, fields))
    closed = set(opened.values())
    keys = set() if typed else set(_asked_for_keys(solid, fields))
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    length = 0
    for token in all_tokens(expression):
        text = token.text
        if token in fields and typed:
            text = f"{before}{text}()"
        elif token in keys:
            text += KEYS
        elif token in opened:
            text = "!(dyn"
        elif token in closed:
            text = ") in ['', [], {}])"
        places.append((length, token.start))
        parts.append(text)
        length += len(text)
    return _Rewritten("".join(parts), places)


def _before_fields(expression: str) -> str:
    """What no name of the expression begins with: it makes the function of a field its own."""
    most = max((len(name) - len(name.lstrip("_")) for name in names_in(expression)), default=0)
    return "_" * (most + 1)


def _calls(expression: str) -> Iterator[tuple[str, str]]:
    """The calls of functions that may refuse the text that they get; each also for itself."""
    solid = solid_tokens(expression)
    for at, token in enumerate(solid[:-3]):
        opened, text, closed = solid[at + 1 : at + 4]
        is_call = (opened.text, text.kind, closed.text) == ("(", "text", ")")
        if is_call and token.text in _READERS:
            call = f"{token.text}({text.text})"
            yield call, f"''.{call}" if token.text == "matches" else call


def _asked_for_keys(tokens: Sequence[Token], fields: Container[Token]) -> Iterator[Token]:
    """The fields with a value by key of which the expression does not read a value."""
    for at, token in enumerate(tokens):
        if token not in fields or token.text not in MAPS:
            continue
        following = [each.text for each in tokens[at + 1 : at + 4]] + [""] * 3
        is_index = following[0] == "[" and following[1] != "?"
        is_key = following[0] == "." and following[1] != "?" and following[2] != "("
        if not (is_index or (is_key and not _is_asked_by_has(tokens, at))):
            yield token


def _is_asked_by_has(tokens: Sequence[Token], at: int) -> bool:
    """Whether the key of a map is all that `has` asks for: `has(vm.labels.tier)`."""
    if [each.text for each in tokens[at + 3 : at + 4]] != [")"]:
        return False
    opened: list[int] = []
    for place, token in enumerate(tokens[: at + 3]):
        if token.text == "(":
            opened.append(place)
        elif token.text == ")" and opened:
            opened.pop()
    return bool(opened) and tokens[opened[-1] - 1].text == "has"


def _is_field(tokens: Sequence[Token], at: int) -> bool:
    """Whether a token names a field: `name` of `vm.name`, but not `tier` of `vm.labels.tier`."""
    if tokens[at].kind != "name" or not at or tokens[at - 1].text != ".":
        return False
    if tokens[at + 1 : at + 2] and tokens[at + 1].text == "(":
        return False
    is_key = at > 2 and tokens[at - 2].text in MAPS and tokens[at - 3].text == "."
    return not is_key


def _presences(tokens: Sequence[Token], fields: Container[Token]) -> Iterator[tuple[Token, Token]]:
    """Each `has` of a field, with the bracket that closes it."""
    opened: list[Token] = []
    for at, token in enumerate(tokens):
        if token.text == "(":
            opened.append(tokens[at - 1])
        elif token.text == ")" and opened:
            before, function = tokens[at - 1], opened.pop()
            if function.text == "has" and before in fields:
                yield function, token
