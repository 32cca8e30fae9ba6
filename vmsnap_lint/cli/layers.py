"""Environment variables and configuration file become the values that flags override.

Every run comes through here: without a file and variables it costs a few looks at directories.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.config.file import find
from vmsnap_lint.config.options import PREFIX
from vmsnap_lint.core.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.config.file.configuration import Given

__all__ = ["NO_LAYERS", "Layers", "gather"]

_NONE = "none"
_FILE = f"{PREFIX}CONFIG"


class Layers(NamedTuple):
    """The file that is used, "" for none, and what it or a variable sets, by key."""

    file: str
    given: Mapping[str, Given]


NO_LAYERS = Layers("", {})


def gather(choice: str | None = None) -> Layers:
    """What is set without flags; all mistakes in it are a ConfigError.

    `choice` is the file to read, "none" for no file, or None: then a variable says it, or the
    working directory.
    """
    file = _file(os.environ.get(_FILE, "") if choice is None else choice)
    if file is None and not any(name.startswith(PREFIX) for name in os.environ):
        return NO_LAYERS
    from vmsnap_lint.config.file import configuration  # many runs have nothing to read

    given, wrong = configuration.from_file(file) if file else ({}, [])
    over, wrong_too = configuration.from_variables(os.environ)
    if wrong or wrong_too:
        raise ConfigError([*wrong, *wrong_too])
    return Layers(file.name if file else "", {**given, **over})


def _file(choice: str) -> find.File | None:
    try:
        directory = os.getcwd()
    except OSError as error:
        raise UsageError(f"the working directory cannot be used: {error.strerror}") from error
    if choice == _NONE:
        return None
    return find.load(choice, directory) if choice else find.find(directory)
