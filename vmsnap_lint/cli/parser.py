"""Arguments become a Command, by a typer program that is built from the table. Imports typer."""

from __future__ import annotations

import inspect
import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

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

    from vmsnap_lint.config.options import Option

__all__ = ["parse"]

_HELP = ("-h", "--help")


class _Verb(TyperCommand):
    """A verb whose help comes from the table."""

    def get_help(self, ctx: Any) -> str:
        """The help of the verb."""
        return help_text(ctx.info_name)


class _Verbs(TyperGroup):
    """The program, whose help comes from the table."""

    def get_help(self, ctx: Any) -> str:  # noqa: ARG002  # the name is typer's
        """The help of the program."""
        return help_text("")


def parse(arguments: Sequence[str]) -> Command | None:
    """The Command that the arguments ask for; None where help or the version was all.

    What cannot be used is a UsageError; mistakes in a configuration are a ConfigError.
    """
    words = _with_verb(arguments)
    program = typer.main.get_command(_app())
    try:
        result = program.main(words, prog_name=PROGRAM, standalone_mode=False)
    except TyperException as error:
        raise UsageError(usage_mistake(error, words[0])) from error
    return result if isinstance(result, Command) else None


def _with_verb(arguments: Sequence[str]) -> list[str]:
    """The arguments with the default verb where they name none, and ask nothing of the program."""
    of_program = {*VERBS, *_HELP, *(flag for row in options_of("") for flag in row.flags)}
    if arguments[:1] and arguments[0] in of_program:
        return list(arguments)
    return [DEFAULT, *arguments]


def _app() -> typer.Typer:
    app = typer.Typer(
        cls=_Verbs,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": list(_HELP)},
    )
    app.callback()(_with_signature(lambda _: None, _parameters("")))
    for verb in VERBS:
        app.command(verb, cls=_Verb)(_with_signature(partial(_run, verb), _parameters(verb)))
    return app


def _run(verb: str, context: typer.Context) -> Command:
    """The Command of a verb, with the flags in the order in which they are given."""
    given = {name: value for name, value in context.params.items() if value or value == ""}
    arguments = given.pop("arguments", ())
    return command(verb, [arguments] if isinstance(arguments, str) else arguments, given)


def _with_signature(
    function: Callable[[typer.Context], Any], parameters: Iterable[inspect.Parameter]
) -> Callable[..., Any]:
    """A function that calls this one, with these parameters for typer to see."""

    def run(ctx: typer.Context, **_values: Any) -> Any:
        return function(ctx)  # which holds the values, too

    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    every = [inspect.Parameter("ctx", positional, annotation=typer.Context), *parameters]
    run.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in every}
    return run


def _parameters(verb: str) -> Iterator[inspect.Parameter]:
    """What typer has to know of the argument and the flags of a verb."""
    if verb and VERBS[verb].argument:
        several = VERBS[verb].repeated
        argument = typer.Argument(metavar=VERBS[verb].argument)
        yield _parameter("arguments", list[str] if several else str, argument)
    for option in options_of(verb):
        answer = _ANSWERS.get(option.key)
        flags = typer.Option(
            *option.flags, metavar=option.placeholder, callback=answer, is_eager=bool(answer)
        )
        yield _parameter(parameter(option), _python_type(option), flags)


def _parameter(name: str, kind: Any, told: Any) -> inspect.Parameter:
    default, annotation = (False, bool) if kind is bool else (None, kind | None)
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[annotation, told],
    )


def _python_type(option: Option) -> Any:
    """The type that typer is to read; all else about a value is checked by ourselves."""
    if option.type is Type.SWITCH:
        return bool
    return list[str] if option.type.is_list else str


def _print_version(asked: bool) -> None:
    if asked:
        console.write([f"{PROGRAM} {__version__}"])
        raise typer.Exit


def _print_schema(asked: bool) -> None:
    if asked:
        from vmsnap_lint.config.file.config_schema import schema  # few runs ask for it

        console.write(json.dumps(schema(), indent=2).splitlines())
        raise typer.Exit


_ANSWERS = {"schema": _print_schema, "version": _print_version}
