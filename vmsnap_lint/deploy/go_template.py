"""A Go template and its parameters become a text, as Argo CD makes it with sprig."""

from __future__ import annotations

from functools import lru_cache

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.deploy.go_functions import FUNCTIONS
from vmsnap_lint.deploy.go_syntax import (
    Call,
    Chain,
    Command,
    Control,
    Dot,
    Literal,
    Pipeline,
    TemplateError,
    TemplatePart,
    Variable,
    parsed,
)  # fmt: skip
from vmsnap_lint.deploy.go_values import is_true, printed

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["GoTemplates", "MissingKeyError", "TemplateError"]

_MOST_SIZE = 200_000
_DEEPEST = 100


class MissingKeyError(TemplateError):
    """The input's fault: a template names a parameter that does not exist."""


class GoTemplates:
    """Renders templates; `steps` is what all of them may cost together."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def rendered(self, text: str, parameters: Any, *, needs_keys: bool = False) -> str:
        """The text of a template; with `needs_keys` one that lacks a parameter fails.

        Raises TemplateError.
        """
        if "{{" not in text:
            return text
        run = _Run(self, parameters, needs_keys)
        run.write(_parsed(text), parameters)
        return "".join(run.texts)

    def spend(self, steps: int) -> None:
        """Take what a step costs. Raises TemplateError where nothing is left."""
        self.left -= steps
        if self.left < 0:
            message = "the templates take too long"
            raise TemplateError(message)


@lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[TemplatePart, ...]:
    return parsed(text)


class _Run:
    """One run of a template: what it has written, and its variables."""

    def __init__(self, templates: GoTemplates, parameters: Any, needs_keys: bool) -> None:
        self.texts: list[str] = []
        self._templates = templates
        self._needs_keys = needs_keys
        self._variables: list[tuple[str, Any]] = [("", parameters)]

    def write(self, parts: Iterable[TemplatePart], dot: Any) -> None:
        """Write the parts. Raises TemplateError."""
        known = len(self._variables)
        for part in parts:
            if isinstance(part, str):
                self._write(part)
            elif isinstance(part, Control):
                self._branch(part, dot)
            else:
                value = self._pipeline(part, dot)
                if not part.names:
                    self._write(printed(value))
        del self._variables[known:]

    def _write(self, text: str) -> None:
        self._templates.spend(1 + len(text) // 8)
        self.texts.append(text)

    def _branch(self, branch: Control, dot: Any) -> None:
        known = len(self._variables)
        is_range = branch.word == "range"
        pipeline = branch.pipeline._replace(names=()) if is_range else branch.pipeline
        value = self._pipeline(pipeline, dot)
        if is_range:
            self._range(branch, value, dot)
        elif is_true(value):
            self.write(branch.body, value if branch.word == "with" else dot)
        else:
            self.write(branch.otherwise, dot)
        del self._variables[known:]

    def _range(self, branch: Control, value: Any, dot: Any) -> None:
        if isinstance(value, dict):
            entries: list[tuple[Any, Any]] = sorted(value.items())
        elif isinstance(value, list):
            entries = list(enumerate(value))
        elif value is None:
            entries = []
        else:
            message = "a template has a range over a value that is no list or map"
            raise TemplateError(message)
        for key, entry in entries:
            names = branch.pipeline.names
            known = len(self._variables)
            given = (entry,) if len(names) == 1 else (key, entry)
            self._variables += zip(names, given, strict=False)
            self._templates.spend(1)
            self.write(branch.body, entry)
            del self._variables[known:]
        if not entries:
            self.write(branch.otherwise, dot)

    def _pipeline(self, pipeline: Pipeline, dot: Any) -> Any:
        value: tuple[Any, ...] = ()
        for command in pipeline.commands:
            value = (self._command(command, dot, value),)
        for name in pipeline.names:
            self._set(name, value[0], declares=pipeline.declares)
        return value[0]

    def _set(self, name: str, value: Any, *, declares: bool) -> None:
        if declares:
            self._variables.append((name, value))
            return
        for index in range(len(self._variables) - 1, 0, -1):
            if self._variables[index][0] == name:
                self._variables[index] = (name, value)
                return
        message = f'a template sets "${cut(name)}", which it does not declare'
        raise TemplateError(message)

    def _command(self, command: Command, dot: Any, last: tuple[Any, ...]) -> Any:
        self._templates.spend(len(command))
        first, *others = command
        if isinstance(first, Call):
            arguments = [self._operand(operand, dot) for operand in others]
            return self._called(first.name, (*arguments, *last))
        if others or last:
            message = "a template gives arguments to what is no function"
            raise TemplateError(message)
        return self._operand(first, dot)

    def _called(self, name: str, arguments: tuple[Any, ...]) -> Any:
        sized = (each for each in arguments if isinstance(each, (str, list, dict)))
        self._templates.spend(sum(len(each) // 8 for each in sized))
        function = FUNCTIONS.get(name)
        if function is None:
            message = f'the function "{cut(name)}" of a template is not known'
            raise TemplateError(message)
        try:
            value = function(*arguments)
        except TemplateError:
            raise
        except (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError,
                RecursionError, MemoryError) as error:  # fmt: skip
            message = f'the function "{name}" of a template cannot take its arguments'
            raise TemplateError(message) from error
        self._templates.spend(_size(value))
        return value

    def _operand(self, operand: Any, dot: Any) -> Any:
        if isinstance(operand, Literal):
            return operand.value
        if isinstance(operand, Dot):
            return dot
        if isinstance(operand, Variable):
            return self._variable(operand.name)
        if isinstance(operand, Call):
            return self._called(operand.name, ())
        if isinstance(operand, Chain):
            return self._fields(self._operand(operand.of, dot), operand.fields)
        return self._pipeline(operand, dot)

    def _variable(self, name: str) -> Any:
        for known, value in reversed(self._variables):
            if known == name:
                return value
        message = f'a template has no variable "${cut(name)}"'
        raise TemplateError(message)

    def _fields(self, value: Any, fields: tuple[str, ...]) -> Any:
        for index, field in enumerate(fields):
            if not isinstance(value, dict):
                message = f'a template asks for "{cut(field)}" of what is no map'
                raise MissingKeyError(message) if value is None else TemplateError(message)
            if field not in value and (self._needs_keys or index + 1 < len(fields)):
                message = f'a template asks for "{cut(field)}", which no generator gives'
                raise MissingKeyError(message)
            value = value.get(field)
        return value


def _size(value: Any) -> int:
    """How much a value of a function is, as if it was written; a value may be in it many times."""
    size = 0
    stack = [(value, 0)]
    while stack:
        here, depth = stack.pop()
        size += 1 + (len(here) // 8 if isinstance(here, str) else 0)
        if size > _MOST_SIZE or depth > _DEEPEST:
            message = "a template makes too large a value"
            raise TemplateError(message)
        if isinstance(here, (dict, list)):
            entries = here.values() if isinstance(here, dict) else here
            stack += [(entry, depth + 1) for entry in entries]
    return size
