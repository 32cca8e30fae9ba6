"""Environment and configuration file become what flags need not say. Floor 9.

Every run comes through here: without a file and variables it costs a few looks at directories.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.config_file import place
from vmsnap_lint.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.config import Settings
    from vmsnap_lint.config_file.reading import Given

__all__ = ["NONE", "Layers", "configured", "gather"]

NONE = "none"
_PREFIX = "VMSNAP_LINT_"
_FILE = "VMSNAP_LINT_CONFIG"


class Layers(NamedTuple):
    """The file that counts, "" for none, and what it or a variable sets, by key."""

    file: str
    given: Mapping[str, Given]

    def values(self) -> dict[str, Any]:
        """The values as flags would give them, by key."""
        return {key: given.value for key, given in self.given.items()}


def gather(choice: str | None = None) -> Layers:
    """What is set beside the flags; all mistakes in it are a ConfigError.

    `choice` is the file to read, NONE for no file, or None: then a variable says it, or the
    working directory.
    """
    file = _file(os.environ.get(_FILE, "") if choice is None else choice)
    if file is None and not any(name.startswith(_PREFIX) for name in os.environ):
        return Layers("", {})
    from vmsnap_lint.config_file import reading  # noqa: PLC0415  # many runs have nothing to read

    given, wrong = reading.from_file(file) if file else ({}, [])
    over, wrong_too = reading.from_variables(os.environ)
    if wrong or wrong_too:
        raise ConfigError([*wrong, *wrong_too])
    return Layers(file.name if file else "", {**given, **over})


def configured(settings: Settings, layers: Layers) -> Settings:
    """The settings with those that no flag can hold."""
    values = layers.values()
    overrides = values.get("overrides", ())
    return settings._replace(
        levels=values.get("severity", ()),
        overrides=overrides,
        waivers=tuple(waiver for override in overrides for waiver in override.waivers),
    )


def _file(choice: str) -> place.File | None:
    try:
        directory = os.getcwd()  # noqa: PTH109  # pathlib costs start-up time
    except OSError as error:
        raise UsageError(f"the working directory cannot be used: {error.strerror}") from error
    if choice == NONE:
        return None
    return place.load(choice, directory) if choice else place.find(directory)
