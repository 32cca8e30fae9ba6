"""A text with `${variable}` expressions becomes the text that Flux makes of it.

Source: fluxcd/pkg envsubst v1.7.0, parse/parse.go, parse/scan.go and funcs.go. `$$` is a dollar
sign, `$variable` without braces is left alone.
"""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.star_globs import star_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BadSubstitutionError", "Expander"]

_DEEPEST = 20
_LONGEST_TEXT = 2**20
_LONGEST_TRIMMED = 300  # each beginning of it is tried
_NAME = re.compile(r"\w+")
_OPERATOR = re.compile(r":[=\-?+]|=|,,?|\^\^?|/[/#%]?|##?|%%?|:")
_DEFAULTS = frozenset(("=", ":=", ":-", ":?", ":+"))
_INTEGER = re.compile(r"[-+]?[0-9]{1,9}")


class BadSubstitutionError(ValueError):
    """The input's fault: Flux cannot read an expression, or the texts become too long."""


class _Expression(NamedTuple):
    """`${name operator arguments}`; an argument is made of texts and expressions."""

    name: str
    operator: str
    arguments: tuple[tuple[str | _Expression, ...], ...]


class Expander:
    """Replaces variables; `value` gives their values, None for one that is not known.

    All texts together may become `most` characters longer than they were.
    """

    def __init__(self, value: Callable[[str], str | None], most: int) -> None:
        self._value = value
        self._left = most

    def replaced(self, text: str) -> str:
        """The text with the values of its variables; what is not known stays as it is written.

        Raises BadSubstitutionError.
        """
        parts: list[str] = []
        at = 0
        while 0 <= (start := text.find("$", at)) < len(text) - 1:
            parts.append(text[at:start])
            following = text[start + 1]
            at = start + 1
            if following == "{":
                expression, at = _expression(text, start + 2, 0)
                made = self._evaluated(expression)
                parts.append(text[start:at] if made is None else made)
            elif following == "$":
                at = start + 2 + text.startswith("{", start + 2)  # nothing begins behind an escape
                parts.append(text[start + 1 : at])
            else:
                parts.append("$")
        parts.append(text[at:])
        return "".join(parts)

    def _evaluated(self, expression: _Expression) -> str | None:
        """The text of the expression, None where a value that it needs is not known."""
        name, operator, arguments = expression
        known = self._value(name)
        if known is None:
            return None
        texts: list[str] = []
        for argument in () if known and operator in _DEFAULTS else arguments:
            parts = [part if isinstance(part, str) else self._evaluated(part) for part in argument]
            if None in parts:
                return None
            texts.append("".join(part or "" for part in parts))
        made = _applied(operator, known, texts)
        tries = len(known) ** 2 if operator[:1] in ("#", "%") else len(known)
        self._left -= len(made) + tries
        if self._left < 0:
            raise BadSubstitutionError
        return made


def _expression(text: str, at: int, depth: int) -> tuple[_Expression, int]:
    """The expression whose content begins at `at`, and where the text goes on."""
    if depth > _DEEPEST:
        raise BadSubstitutionError
    if text.startswith("#", at):
        name, at = _name(text, at + 1)
        return _Expression(name, "#", ()), _closed(text, at)
    name, at = _name(text, at)
    match = _OPERATOR.match(text, at)
    if match is None:
        return _Expression(name, "", ()), _closed(text, at)
    operator, at = match[0], match.end()
    if operator[0] in ",^":
        return _Expression(name, operator, ()), _closed(text, at)
    arguments, at = _arguments(text, at, operator, depth + 1)
    return _Expression(name, operator, arguments), _closed(text, at)


def _arguments(
    text: str, at: int, operator: str, depth: int
) -> tuple[tuple[tuple[str | _Expression, ...], ...], int]:
    if operator in _DEFAULTS:
        parts: list[str | _Expression] = []
        while not text.startswith("}", at):
            part, at = _argument(text, at, "}", depth)
            parts.append(part)
        return (tuple(parts),), at
    between = {":": ":", "/": "/"}.get(operator[0], "")
    escapes = between == "/"
    first, at = _argument(text, at, "/" if escapes else f"{between}}}", depth, escapes=escapes)
    is_one = not between or not text.startswith(between, at)
    if is_one and escapes:
        raise BadSubstitutionError
    if not is_one:
        at += 1
        if not (escapes and text.startswith("}", at)):
            second, at = _argument(text, at, "}", depth, escapes=escapes)
            return ((first,), (second,)), at
    return ((first,),), at


def _argument(
    text: str, at: int, ends: str, depth: int, *, escapes: bool = False
) -> tuple[str | _Expression, int]:
    """A nested expression, or the text up to one or to a character of `ends`."""
    if text.startswith("${", at):
        return _expression(text, at + 2, depth)
    parts: list[str] = []
    start = at
    while at < len(text) and text[at] not in ends and not text.startswith("${", at):
        if escapes and text[at] == "\\" and text[at + 1 : at + 2] in ("/", "\\"):
            parts.append(text[at + 1])
            at += 2
        else:
            parts.append(text[at])
            at += 1
    if at == start:
        raise BadSubstitutionError
    return "".join(parts), at


def _name(text: str, at: int) -> tuple[str, int]:
    match = _NAME.match(text, at)
    if match is None:
        raise BadSubstitutionError
    return match[0], match.end()


def _closed(text: str, at: int) -> int:
    if not text.startswith("}", at):
        raise BadSubstitutionError
    return at + 1


def _applied(operator: str, value: str, arguments: list[str]) -> str:
    """The value changed by an operator, as the functions of funcs.go do it."""
    if operator == "#" and not arguments:
        return str(len(value.encode("utf-8", "replace")))
    if operator in ("^", ","):
        return (value[:1].upper() if operator == "^" else value[:1].lower()) + value[1:]
    if operator in ("^^", ",,"):
        return value.upper() if operator == "^^" else value.lower()
    if operator == ":":
        return _sliced(value, arguments)
    if operator[:1] in ("#", "%"):
        if operator[0] == "#":
            return _trimmed(value, arguments[0], longest=operator == "##")
        return _trimmed(value[::-1], arguments[0][::-1], longest=operator == "%%")[::-1]
    if operator[:1] == "/":
        return _exchanged(operator, value, *arguments)
    return value or "".join(arguments)


def _sliced(value: str, arguments: list[str]) -> str:
    numbers = [int(argument) for argument in arguments if _INTEGER.fullmatch(argument)]
    if len(numbers) < len(arguments):
        return value
    start = numbers[0] if numbers[0] >= 0 else max(0, len(value) + numbers[0])
    if len(numbers) == 1:
        return value[start:]
    if start + numbers[1] < start and start + numbers[1] < len(value):
        raise BadSubstitutionError  # where Flux panics
    return value[start : start + numbers[1]]


def _exchanged(operator: str, value: str, old: str, new: str | None = None) -> str:
    if operator in ("/#", "/%") and new is None:
        return value
    new = new or ""
    if operator == "/#":
        return new + value.removeprefix(old) if value.startswith(old) else value
    if operator == "/%":
        return value.removesuffix(old) + new if value.endswith(old) else value
    times = 1 if operator == "/" else value.count(old)
    if times * len(new) > _LONGEST_TEXT:
        raise BadSubstitutionError
    return value.replace(old, new, times)


def _trimmed(value: str, glob: str, *, longest: bool) -> str:
    """The value without the beginning that the glob fits."""
    if len(value) > _LONGEST_TRIMMED:
        raise BadSubstitutionError
    pattern = star_pattern(glob)
    lengths = range(len(value), 0, -1) if longest else range(1, len(value) + 1)
    return value[next(filter(lambda length: pattern.fullmatch(value, 0, length), lengths), 0) :]
