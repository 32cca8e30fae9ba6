"""Values as flags, variables and files write them become Settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from vmsnap_lint.config.options import Type
from vmsnap_lint.config.settings import ROWS, Settings
from vmsnap_lint.config.suggestions import choice_mistake, kind_mistake, rule_mistake
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vmsnap_lint.config.options import Option
    from vmsnap_lint.core.values import Release

__all__ = ["settings_of"]

_BY_NAME = {row.name: row for row in ROWS if row.name}
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


def settings_of(written: Mapping[str, Any]) -> Settings:
    """The Settings with these written values, by field; UsageError with all mistakes in one line.

    What only files can hold is given as the field has it.
    """
    fields: dict[str, Any] = {}
    mistakes = []
    for name, value in written.items():
        option = _BY_NAME[name]
        try:
            fields[name] = _converted(option, value)
        except UsageError as error:
            mistakes.append(f"--{option.key}: {error}")
    if mistakes:
        raise UsageError("; ".join(mistakes))
    return Settings(**fields)


def _converted(option: Option, value: Any) -> Any:
    """The value of the field; UsageError where the written one cannot be used."""
    if option.choices and value not in option.choices:
        raise UsageError(choice_mistake(value, option.choices))
    read = option.read or _READERS.get(option.type)
    return read(value) if read else value


def _release(text: str) -> Release:
    from vmsnap_lint.core.releases import resolve  # only where a release is named

    return resolve(text)


def _scopes(globs: Iterable[str]) -> tuple[Scope, ...]:
    return tuple(map(_scope, globs))


def _scope(glob: str) -> Scope:
    """What a glob names, as seen from the working directory or, with ../, from one above it."""
    base = os.getcwd()
    while glob.startswith(("../", "./")):
        base = os.path.dirname(base) if glob.startswith("../") else base
        glob = glob.partition("/")[2]
    return Scope(base, (glob,))


def _hours(text: str) -> int:
    """The hours of a time such as 30d."""
    number, unit = text[:-1], _HOURS.get(text[-1:])
    if unit is None or not number.isdecimal() or len(number) > 6:
        raise UsageError(f'"{text}" is not a time: write days, weeks or hours: 30d, 2w or 12h')
    return int(number) * unit


def _rules(values: Iterable[str]) -> frozenset[str]:
    return _known(values, rule_mistake)


def _kinds(values: Iterable[str]) -> frozenset[str] | None:
    return _known(values, kind_mistake) or None


def _known(values: Iterable[str], mistake: Callable[[str], str]) -> frozenset[str]:
    """The entries of a repeatable, comma-separated flag; UsageError with all mistakes in them."""
    words = [part.strip() for value in values for part in value.split(",") if part.strip()]
    if mistakes := [wrong for wrong in map(mistake, words) if wrong]:
        raise UsageError("; ".join(mistakes))
    return frozenset(words)


_READERS: dict[Type, Callable[[Any], Any]] = {
    Type.AGE: _hours,
    Type.FILES: tuple,
    Type.GLOBS: _scopes,
    Type.KINDS: _kinds,
    Type.RELEASE: _release,
    Type.RULES: _rules,
}
