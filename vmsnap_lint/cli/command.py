"""Builds a Command from arguments and flags; flags override variables, these override files."""

from __future__ import annotations

import os

from vmsnap_lint.cli.layers import NO_LAYERS, Layers, gather
from vmsnap_lint.cli.verbs import DEFAULT, VERBS
from vmsnap_lint.config.options import Type
from vmsnap_lint.config.settings import ROWS, Settings
from vmsnap_lint.core.data_files import is_policy
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vmsnap_lint.config.options import Option

__all__ = ["Command", "command", "options_of", "parameter", "read_plain"]

_PLAIN = (DEFAULT, "plan")  # whose arguments are paths


class Command(NamedTuple):
    """A command of the program; `arguments` are the paths, or the rule to explain.

    `layers` has the origins of the settings, for the command `config`; `config` is the file that
    was chosen, for a command that reads the configuration later.
    """

    verb: str = DEFAULT
    arguments: tuple[str, ...] = (".",)
    settings: Settings = Settings()
    layers: Layers = NO_LAYERS
    config: str = ""


def options_of(verb: str) -> tuple[Option, ...]:
    """The options with a flag of this command."""
    return tuple(row for row in ROWS if verb in row.verbs and row.flags)


def parameter(option: Option) -> str:
    """The name of the parameter of an option."""
    return option.name or option.key.replace("-", "_")


def command(verb: str, arguments: Sequence[str], flags: Mapping[str, Any]) -> Command:
    """The Command; `flags` has the given ones, by parameter, as written.

    Raises UsageError for invalid values, ConfigError for mistakes in a configuration.
    """
    written = dict(flags)
    if written.get("quiet") and written.get("verbose"):
        raise UsageError("--quiet and --verbose exclude each other: pass one of them")
    changing = "--diff" if written.get("diff") else "--fix-only" if written.get("fix_only") else ""
    if changing and written.get("format"):  # a flag: that of a configuration is for other runs
        raise UsageError(f"{changing} writes no report, so that --format has no use: leave it out")
    for word in arguments if VERBS[verb].repeated else ():
        if word[:1] == "-" and word != "-" and not os.path.lexists(word):  # with --root, too
            raise UsageError(f'no such file or directory "{word}"')
    if verb == "lsp":  # each of its folders has a configuration
        return Command(verb, (), config=written.get("config") or "")
    configurable = any(row.key == "config" for row in options_of(verb))
    if verb == "rule" and arguments and not is_policy(arguments[0]):
        configurable = False  # the card of a rule of ours does not depend on it
    choice = written.pop("config", None)
    layers = gather(choice) if configurable else NO_LAYERS
    settings = _settings({**_from_layers(verb, layers), **written})
    if settings.select and settings.select <= settings.ignore and verb == DEFAULT:
        raise UsageError("--ignore leaves out all rules of --select: no rule would run")
    return Command(
        verb,
        tuple(arguments) or VERBS[verb].default,
        settings,
        layers if verb == "config" else NO_LAYERS,
    )


def read_plain(arguments: Sequence[str]) -> Command | None:
    """The Command of a lint or plan with only paths and long flags; None if typer is needed.

    Importing typer takes longer than a small lint, and hooks run at every commit.

    Raises UsageError for invalid values, ConfigError for mistakes in a configuration.
    """
    given_verb = arguments[0] if arguments and arguments[0] in VERBS else ""
    verb = given_verb or DEFAULT
    if verb not in _PLAIN:
        return None
    rows = {row.flags[-1]: row for row in options_of(verb)}
    paths: list[str] = []
    given: dict[str, Any] = {}
    words = iter(arguments[1:] if given_verb else arguments)
    for word in words:
        if word == "--":
            paths.extend(words)  # the hooks of pre-commit have it before the names of files
        elif word == "-" or word[:1] != "-":
            paths.append(word)
        elif not _is_read(rows, word, words, given):
            return None
    return command(verb, paths, given)


def _is_read(
    rows: Mapping[str, Option], word: str, rest: Iterator[str], given: dict[str, Any]
) -> bool:
    """Reads a flag with its value, as typer does; False for one that needs typer."""
    flag, joined, value = word.partition("=")
    row = rows.get(flag)
    if row is None:
        return False
    name = parameter(row)
    if row.type is Type.SWITCH:
        given[name] = True
        return not joined
    text = value if joined else next(rest, "")
    if row.type.is_list:
        given[name] = [*given.get(name, ()), text]
    else:
        given[name] = text
    return text[:1] not in ("", "-")  # no value, or perhaps the next flag


def _from_layers(verb: str, layers: Layers) -> dict[str, Any]:
    """The values in file and variables of the options of a command, by field."""
    if not layers.given:
        return {}
    rows = (row for row in ROWS if row.name and verb in row.verbs and row.key in layers.given)
    settable = (row for row in rows if row.in_file or row.variable)
    return {row.name: layers.given[row.key].value for row in settable}


def _settings(values: Mapping[str, Any]) -> Settings:
    if not values:
        return Settings()
    from vmsnap_lint.config.conversion import settings_of  # many runs have nothing to convert

    return settings_of(values)
