"""Parses arguments with a typer program that is built from the table of options."""

from __future__ import annotations

import inspect
import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from vmsnap_lint import __version__
from vmsnap_lint.cli import console
from vmsnap_lint.cli.command import Command, command, options_of, parameter
from vmsnap_lint.cli.console import PROGRAM
from vmsnap_lint.cli.help_text import help_text
from vmsnap_lint.cli.slips import usage_mistake
from vmsnap_lint.cli.verbs import DEFAULT, VERBS
from vmsnap_lint.config.options import Type
from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


__all__ = ["parse"]

_HELP = ("-h", "--help")
_OF_A_SHELL = ("--install-completion", "--show-completion")


class _WithHelp:
    """Takes the help from the table."""

    def get_help(self, ctx: Any) -> NoReturn:
        """Writes the help of the command, or of the program, which typer would do differently.

        Raises UsageError if that fails.
        """
        console.write(help_text(ctx.info_name if ctx.parent else "").split("\n"))
        raise typer.Exit


class _Command(_WithHelp, TyperCommand):
    """A command of the program."""


class _Program(_WithHelp, TyperGroup):
    """The program."""


def parse(arguments: Sequence[str]) -> Command | None:
    """The Command of the arguments; None after --help, --version or --schema.

    Raises UsageError for invalid arguments, ConfigError for mistakes in a configuration.
    """
    words = _with_verb(arguments)
    program = typer.main.get_command(_app())
    try:
        result = program.main(words, prog_name=PROGRAM, standalone_mode=False)
    except TyperException as error:
        raise UsageError(usage_mistake(error, words[0])) from error
    return result if isinstance(result, Command) else None


def _with_verb(arguments: Sequence[str]) -> list[str]:
    """The arguments, with the default command if they begin with no command or global flag."""
    if arguments[-1:] and arguments[-1] in _OF_A_SHELL:
        arguments = [*arguments, ""]  # that of the user
    of_program = {*VERBS, *_HELP, *(flag for row in options_of("") for flag in row.flags)}
    if arguments[:1] and arguments[0] in of_program:
        return list(arguments)
    return [DEFAULT, *arguments]


def _app() -> typer.Typer:
    app = typer.Typer(
        cls=_Program,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": list(_HELP)},
    )
    app.callback()(_with_signature(lambda _: None, _parameters("")))
    for verb in VERBS:
        app.command(verb, cls=_Command)(_with_signature(partial(_run, verb), _parameters(verb)))
    return app


def _run(verb: str, context: typer.Context) -> Command:
    """The Command with the flags that are given."""
    given = {name: value for name, value in context.params.items() if value or value == ""}
    arguments = given.pop("arguments", ())
    return command(verb, [arguments] if isinstance(arguments, str) else arguments, given)


def _with_signature(
    function: Callable[[typer.Context], Any], parameters: Iterable[inspect.Parameter]
) -> Callable[..., Any]:
    """The function, with these parameters for typer."""

    def run(ctx: typer.Context, **_values: Any) -> Any:
        return function(ctx)  # which contains the values

    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    everything = [inspect.Parameter("ctx", positional, annotation=typer.Context), *parameters]
    run.__signature__ = inspect.Signature(everything)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in everything}
    return run


def _parameters(verb: str) -> Iterator[inspect.Parameter]:
    """The parameters of a command, for typer."""
    if verb and VERBS[verb].argument:
        argument = typer.Argument(metavar=VERBS[verb].argument)
        yield _parameter("arguments", list[str] if VERBS[verb].repeated else str, argument)
    for option in options_of(verb):
        answer = _ANSWERS.get(option.key)
        flags = typer.Option(
            *option.flags, metavar=option.placeholder, callback=answer, is_eager=bool(answer)
        )
        text_type = list[str] if option.type.is_list else str
        value_type = bool if option.type is Type.SWITCH else text_type
        yield _parameter(parameter(option), value_type, flags)


def _parameter(name: str, value_type: Any, info: Any) -> inspect.Parameter:
    default, optional = (False, bool) if value_type is bool else (None, value_type | None)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[optional, info],
    )


def _print_version(requested: bool) -> None:
    if requested:
        console.write([f"{PROGRAM} {__version__}"])
        raise typer.Exit


def _print_schema(requested: bool) -> None:
    if requested:
        from vmsnap_lint.config.file.config_schema import schema  # few runs need it

        console.write(json.dumps(schema(), indent=2).splitlines())
        raise typer.Exit


def _print_completion(shell: str | None) -> None:
    if shell is not None:
        from vmsnap_lint.cli.completion import script  # few runs need it

        console.write(script(shell).splitlines())
        raise typer.Exit


def _install_completion(shell: str | None) -> None:
    if shell is not None:
        from vmsnap_lint.cli.completion import installed  # few runs need it

        console.write([f"The completion is installed in {installed(shell)}: open a new shell."])
        raise typer.Exit


_ANSWERS: dict[str, Callable[[Any], None]] = {
    "install-completion": _install_completion,
    "schema": _print_schema,
    "show-completion": _print_completion,
    "version": _print_version,
}
