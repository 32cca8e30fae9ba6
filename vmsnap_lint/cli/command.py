"""A verb with its arguments and flags becomes a Command: flag before variable before file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.cli.layers import NO_LAYERS, Layers, gather
from vmsnap_lint.cli.verbs import DEFAULT, VERBS
from vmsnap_lint.config.options import Type
from vmsnap_lint.config.settings import ROWS, Settings
from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vmsnap_lint.config.options import Option

__all__ = ["Command", "command", "options_of", "parameter", "read_plain"]


class Command(NamedTuple):
    """What is to be done: `arguments` are the paths, or the rule to explain.

    `layers` are where the settings come from, for the verb that shows it.
    """

    verb: str = DEFAULT
    arguments: tuple[str, ...] = (".",)
    settings: Settings = Settings()
    layers: Layers = NO_LAYERS


def options_of(verb: str) -> tuple[Option, ...]:
    """The options that have a flag of this verb."""
    return tuple(row for row in ROWS if verb in row.verbs and row.flags)


def parameter(option: Option) -> str:
    """The name of an option among the flags of a verb."""
    return option.name or option.key


def command(verb: str, arguments: Sequence[str], flags: Mapping[str, Any]) -> Command:
    """The Command of a verb; `flags` holds those that are given, by parameter, as written.

    What cannot be used is a UsageError; mistakes in a configuration are a ConfigError.
    """
    written = dict(flags)
    if written.get("quiet") and written.get("verbose"):
        raise UsageError("--quiet and --verbose exclude each other: give one of them")
    configurable = any(row.key == "config" for row in options_of(verb))
    layers = gather(written.pop("config", None)) if configurable else NO_LAYERS
    return Command(
        verb,
        tuple(arguments) or ((".",) if VERBS[verb].repeated else ()),
        _settings({**_from_layers(verb, layers), **written}),
        layers if verb == "config" else NO_LAYERS,
    )


def read_plain(arguments: Sequence[str]) -> Command | None:
    """The Command of a lint with paths and long switches only; None for what needs typer.

    Typer takes longer to import than a small lint takes, and hooks run at every commit.
    """
    verb_named = bool(arguments) and arguments[0] in VERBS
    if verb_named and arguments[0] != DEFAULT:
        return None
    switches = {row.flags[-1]: row.name for row in options_of(DEFAULT) if row.type is Type.SWITCH}
    paths, given = [], {}
    for word in arguments[1:] if verb_named else arguments:
        if word in switches:
            given[switches[word]] = True
        elif word == "-" or word[:1] != "-":
            paths.append(word)
        else:
            return None
    return command(DEFAULT, paths, given)


def _from_layers(verb: str, layers: Layers) -> dict[str, Any]:
    """What file and variables set of the options of a verb, by field."""
    return {
        row.name: layers.given[row.key].value
        for row in ROWS
        if row.name and row.in_file and verb in row.verbs and row.key in layers.given
    }


def _settings(values: Mapping[str, Any]) -> Settings:
    if not values:
        return Settings()
    from vmsnap_lint.config.conversion import settings_of  # many runs have nothing to convert

    return settings_of(values)
