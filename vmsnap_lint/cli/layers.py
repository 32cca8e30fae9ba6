"""Reads environment variables and configuration file, whose values flags override.

Without a file and variables this only looks into a few directories.
"""

from __future__ import annotations

import os

from vmsnap_lint.config.file import find
from vmsnap_lint.config.options import PREFIX
from vmsnap_lint.core.errors import ConfigError, UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.config.file.configuration import Given

__all__ = ["NO_LAYERS", "Layers", "chosen_file", "gather"]

_NONE = "none"
_FILE = f"{PREFIX}CONFIG"


class Layers(NamedTuple):
    """The used file, "" for none, and the values of file and variables, by key."""

    file: str
    given: Mapping[str, Given]


NO_LAYERS = Layers("", {})


def gather(choice: str | None = None) -> Layers:
    """The settings without flags.

    `choice` is the file to read, "none" for no file, or None for the file of the variable or the
    nearest one.

    Raises ConfigError with all mistakes, UsageError if the file cannot be read.
    """
    file = _file(os.environ.get(_FILE, "") if choice is None else choice)
    if file is None and not any(name.startswith(PREFIX) for name in os.environ):
        return NO_LAYERS
    from vmsnap_lint.config.file import configuration  # many runs have nothing to read

    of_file, mistakes = configuration.from_file(file) if file else ({}, [])
    of_variables, more_mistakes = configuration.from_variables(os.environ)
    if mistakes or more_mistakes:
        raise ConfigError([*mistakes, *more_mistakes])
    return Layers(file.name if file else "", {**of_file, **of_variables})


def chosen_file(choice: str) -> str:
    """The absolute path of the file that a flag or else the variable names.

    It is "none" for no file, "" for the nearest one.

    Raises UsageError if it cannot be read.
    """
    named = choice or os.environ.get(_FILE, "")
    file = _file(named) if named else None
    return named if file is None else os.path.abspath(named)


def _file(choice: str) -> find.File | None:
    try:
        directory = os.getcwd()
    except OSError as error:
        raise UsageError(f"the working directory cannot be used ({error.strerror})") from error
    if choice == _NONE:
        return None
    return find.load(choice, directory) if choice else find.find(directory)
