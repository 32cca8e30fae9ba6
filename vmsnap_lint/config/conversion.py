"""Converts the values of flags, variables and files to Settings."""

from __future__ import annotations

import os
from functools import partial

from vmsnap_lint.config.file_output import FileOutput
from vmsnap_lint.config.options import Type
from vmsnap_lint.config.settings import ROWS, Settings
from vmsnap_lint.config.suggestions import choice_mistake, kind_mistake, rule_mistake
from vmsnap_lint.core.data_files import is_policy
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.core.workers import MOST_PROCESSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vmsnap_lint.config.options import Option
    from vmsnap_lint.core.values import Release

__all__ = ["settings_of"]

_BY_NAME = {row.name: row for row in ROWS if row.name}
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


def settings_of(written: Mapping[str, Any]) -> Settings:
    """The Settings with these written values, by field.

    Options that only files can set already have the type of the field.

    Raises UsageError with all mistakes in one line.
    """
    fields: dict[str, Any] = {}
    mistakes = []
    for name, value in written.items():
        try:
            fields[name] = _converted(_BY_NAME[name], value)
        except UsageError as error:
            mistakes.append(f"--{_BY_NAME[name].key}: {error}")
    policies = [policy.rule for policy in fields.get("policies", ())]
    for name in ("select", "ignore"):
        try:
            if any(map(is_policy, fields.get(name, ()))):
                fields[name] = _named(fields[name], policies, may_be_none=name == "ignore")
        except UsageError as error:
            mistakes.append(f"--{name}: {error}")
    if mistakes:
        raise UsageError("; ".join(mistakes))
    return Settings(**fields)


def _converted(option: Option, value: Any) -> Any:
    """The value of the field; UsageError if the written one cannot be used."""
    if option.choices and value not in option.choices:
        raise UsageError(choice_mistake(value, option.choices) + _elsewhere(option, value))
    read = option.read or _READERS.get(option.type)
    return read(value) if read else value


def _elsewhere(option: Option, value: str) -> str:
    """The command whose option of that name has the value, such as a format of plans; or ""."""
    verbs = (row.verbs[0] for row in ROWS if row.key == option.key and value in row.choices)
    return next((f" (`vmsnap-lint {verb} --{option.key}` takes it)" for verb in verbs), "")


def _named(rules: frozenset[str], policies: list[str], *, may_be_none: bool) -> frozenset[str]:
    """The rules, with the policies that they name."""
    from vmsnap_lint.config.policies.policy_ids import named  # few runs name any

    return named(rules, policies, may_be_none=may_be_none)


def _release(text: str) -> Release:
    from vmsnap_lint.core.releases import resolve  # few runs name a release

    return resolve(text)


def _scope(glob: str) -> Scope:
    """The scope of a glob, relative to the working directory or, with ../, to one above it."""
    base = os.getcwd()
    while glob.startswith(("../", "./")):
        base = os.path.dirname(base) if glob.startswith("../") else base
        glob = glob.partition("/")[2]
    return Scope(base, (glob,))


def _hours(text: str) -> int:
    """The hours of an age such as 30d."""
    number, unit = text[:-1], _HOURS.get(text[-1:])
    if unit is None or not number.isdecimal() or len(number) > 6:
        raise UsageError(f'"{text}" is not {Type.AGE.value}')
    return int(number) * unit


def _workers(text: str) -> int:
    """The number of processes, 0 for auto."""
    if text == "auto":
        return 0
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not 0 < number <= MOST_PROCESSES:
        raise UsageError(f'"{text}" is not auto or a number from 1 to {MOST_PROCESSES}')
    return number


def _outputs(written: Iterable[str]) -> tuple[FileOutput, ...]:
    """The outputs of FORMAT=FILE; the command knows its formats."""
    outputs = []
    for text in written:
        name, separator, file = text.partition("=")
        if not (name and separator and file):
            raise UsageError(f'"{text}" is not FORMAT=FILE, such as sarif=report.sarif')
        outputs.append(FileOutput(name, file))
    return tuple(outputs)


def _words(mistake: Callable[[str], str], values: Iterable[str]) -> frozenset[str]:
    """The items of a repeatable, comma-separated flag; UsageError with all mistakes in them."""
    words = [part.strip() for value in values for part in value.split(",") if part.strip()]
    if mistakes := list(filter(None, map(mistake, words))):
        raise UsageError("; ".join(mistakes))
    return frozenset(words)


_READERS: dict[Type, Callable[[Any], Any]] = {
    Type.AGE: _hours,
    Type.FILES: tuple,
    Type.GLOBS: lambda globs: tuple(map(_scope, globs)),
    Type.NAMES: tuple,
    Type.OUTPUTS: _outputs,
    Type.KINDS: lambda kinds: _words(kind_mistake, kinds) or None,
    Type.RELEASE: _release,
    Type.RULES: partial(_words, lambda rule: "" if is_policy(rule) else rule_mistake(rule)),
    Type.WORKERS: _workers,
}
