"""The text of a Go template becomes its parts.

Source: https://pkg.go.dev/text/template. What is not understood is an error, never a guess.
"""

from __future__ import annotations

import json
import re

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import Any, NamedTuple
from vmsnap_lint.core.possessive import possessive
from vmsnap_lint.core.values import LONGEST_LABEL

__all__ = [
    "Call",
    "Chain",
    "Command",
    "Control",
    "Dot",
    "Literal",
    "Pipeline",
    "TemplateError",
    "TemplatePart",
    "Variable",
    "parsed",
]  # fmt: skip


class TemplateError(ValueError):
    """The input's fault: a template that does not parse, fails, or has something not known here."""


class Literal(NamedTuple):
    """A string, number, boolean or nil."""

    value: Any


class Dot(NamedTuple):
    """The dot."""


class Variable(NamedTuple):
    """`$name`; `$` has the name ""."""

    name: str


class Call(NamedTuple):
    """The name of a function, called with the arguments of its command."""

    name: str


class Chain(NamedTuple):
    """The fields of a value: `.a.b`."""

    of: Operand
    fields: tuple[str, ...]


class Pipeline(NamedTuple):
    """Commands, the result of each the last argument of the next; `names` are set to the last."""

    commands: tuple[Command, ...]
    names: tuple[str, ...] = ()
    declares: bool = False


class Control(NamedTuple):
    """`if`, `with` or `range`, with what follows it and what follows its `else`."""

    word: str
    pipeline: Pipeline
    body: tuple[TemplatePart, ...]
    otherwise: tuple[TemplatePart, ...]


Operand = Literal | Dot | Variable | Call | Chain | Pipeline
Command = tuple[Operand, ...]
TemplatePart = str | Pipeline | Control


class _Token(NamedTuple):
    kind: str
    text: str
    is_glued: bool


_TOKEN = re.compile(
    possessive(
        r"(?P<space>\s+)|(?P<end>-?\}\})|(?P<string>\"(?:[^\"\\\n]|\\.)*+\"|`[^`]*+`)"
        r"|(?P<number>[-+]?[0-9][0-9_]*(?:\.[0-9]+)?)|(?P<variable>\$\w*)|(?P<field>(?:\.\w+)++)"
        r"|(?P<dot>\.)|(?P<word>[A-Za-z_]\w*)|(?P<sign>:=|[=|(),])"
    )
)
_COMMENT = re.compile(r"/\*.*?\*/\s*(-?)\}\}", re.DOTALL)
_WORDS = {"true": True, "false": False, "nil": None}
_DEEPEST = 50
_LONGEST = 100_000


def parsed(text: str) -> tuple[TemplatePart, ...]:
    """The parts of a template. Raises TemplateError."""
    if len(text) > _LONGEST:
        message = f"a template has more than {_LONGEST:,} characters"
        raise TemplateError(message)
    parser = _Parser(text)
    parts, end = parser.parts(0)
    if end:
        message = f'"{end}" ends nothing in a template'
        raise TemplateError(message)
    return parts


class _Parser:
    """Reads a text from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._trims = False
        self._tokens: list[_Token] = []

    def parts(self, depth: int) -> tuple[tuple[TemplatePart, ...], str]:
        """The parts up to the end or an `end` or `else` of what is open, and that word."""
        if depth > _DEEPEST:
            message = f"a template is nested deeper than {_DEEPEST} levels"
            raise TemplateError(message)
        found: list[TemplatePart] = []
        while True:
            found.append(self._plain())
            if self._at >= len(self._text):
                return tuple(found), ""
            self._tokens = self._action()
            if not self._tokens:
                continue
            word = self._tokens[0].text if self._tokens[0].kind == "word" else ""
            if word in ("end", "else"):
                return tuple(found), word
            if word in ("if", "with", "range"):
                self._tokens.pop(0)
                found.append(self._branch(word, depth))
            else:
                found.append(self._pipeline(depth))
                self._expect_all_read()

    def _plain(self) -> str:
        """The text up to the next action, without the spaces that it trims."""
        start, end = self._at, self._text.find("{{", self._at)
        end = len(self._text) if end < 0 else end
        text = self._text[start:end]
        text = text.lstrip() if self._trims else text
        self._at = end
        trims = self._text[end : end + 3] == "{{-" and self._text[end + 3 : end + 4].isspace()
        return text.rstrip() if trims else text

    def _action(self) -> list[_Token]:
        """The tokens between the braces; none for a comment."""
        start = self._at
        at = start + 2
        at += self._text[at : at + 1] == "-" and self._text[at + 1 : at + 2].isspace()
        tokens: list[_Token] = []
        is_glued = True
        while True:
            may_be_comment = not tokens and self._text.startswith("/*", at)
            if may_be_comment and (comment := _COMMENT.match(self._text, at)):
                self._at, self._trims = comment.end(), bool(comment[1])
                return []
            match = _TOKEN.match(self._text, at)
            if match is None:
                message = f'a template does not parse at "{cut(self._text[start:], LONGEST_LABEL)}"'
                raise TemplateError(message)
            at, kind = match.end(), str(match.lastgroup)
            if kind == "end":
                self._at, self._trims = at, match[0][0] == "-"
                if not tokens:
                    message = "a template has an empty command"
                    raise TemplateError(message)
                return tokens
            if kind != "space":
                tokens.append(_Token(kind, match[0], is_glued))
            is_glued = kind != "space"

    def _branch(self, word: str, depth: int) -> Control:
        pipeline = self._pipeline(depth)
        self._expect_all_read()
        body, end = self.parts(depth + 1)
        otherwise: tuple[TemplatePart, ...] = ()
        if end == "else":
            self._tokens.pop(0)
            if self._tokens and self._tokens[0].text in ("if", "with"):
                nested = self._tokens.pop(0).text
                return Control(word, pipeline, body, (self._branch(nested, depth + 1),))
            otherwise, end = self.parts(depth + 1)
        if end != "end":
            message = f'"{word}" has no end in a template'
            raise TemplateError(message)
        return Control(word, pipeline, body, otherwise)

    def _pipeline(self, depth: int) -> Pipeline:
        if depth > _DEEPEST:
            message = f"a template is nested deeper than {_DEEPEST} levels"
            raise TemplateError(message)
        names, declares = self._names()
        commands: list[Command] = []
        while True:
            commands.append(self._command(depth))
            if not self._tokens or self._tokens[0].text != "|":
                return Pipeline(tuple(commands), names, declares)
            self._tokens.pop(0)

    def _names(self) -> tuple[tuple[str, ...], bool]:
        """The variables that `$a, $b :=` sets, taken from the tokens."""
        texts = [token.text for token in self._tokens[:4]]
        for index, sign in enumerate(texts):
            if sign in (":=", "=") and index in (1, 3):
                named = self._tokens[:index:2]
                if all(token.kind == "variable" for token in named):
                    del self._tokens[: index + 1]
                    return tuple(token.text[1:] for token in named), sign == ":="
        return (), False

    def _command(self, depth: int) -> Command:
        operands: list[Operand] = []
        while self._tokens and self._tokens[0].text not in ("|", ")"):
            operands.append(self._operand(depth))
        if not operands:
            message = "a template has an empty command"
            raise TemplateError(message)
        return tuple(operands)

    def _operand(self, depth: int) -> Operand:
        kind, text, _ = self._tokens.pop(0)
        if kind == "field":
            return Chain(Dot(), tuple(text[1:].split(".")))
        if kind == "string":
            return Literal(_unquoted(text))
        if kind == "number":
            return Literal(_number(text))
        if kind == "word":
            return Literal(_WORDS[text]) if text in _WORDS else Call(text)
        found: Operand = Dot() if kind == "dot" else Variable(text[1:])
        if text == "(":
            found = self._pipeline(depth + 1)
            if not self._tokens or self._tokens.pop(0).text != ")":
                message = 'a template has "(" without ")"'
                raise TemplateError(message)
        elif kind == "sign":
            message = f'a template has "{text}" where a value is expected'
            raise TemplateError(message)
        if self._tokens and self._tokens[0].kind == "field" and self._tokens[0].is_glued:
            return Chain(found, tuple(self._tokens.pop(0).text[1:].split(".")))
        return found

    def _expect_all_read(self) -> None:
        if self._tokens:
            message = f'a template has "{cut(self._tokens[0].text)}" where nothing is expected'
            raise TemplateError(message)


def _unquoted(text: str) -> str:
    if text[0] == "`":
        return text[1:-1]
    try:
        return str(json.loads(text))
    except ValueError as error:
        message = f"a template has {cut(text)}, which is no string"
        raise TemplateError(message) from error


def _number(text: str) -> int | float:
    if len(text) > LONGEST_LABEL:
        message = "a template has a number that is too long"
        raise TemplateError(message)
    try:
        return float(text) if "." in text else int(text)
    except ValueError as error:
        message = f'a template has "{cut(text)}", which is no number'
        raise TemplateError(message) from error
