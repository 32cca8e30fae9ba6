"""The flags that are about configuration: they speak before all others. Imports typer."""

from __future__ import annotations

from typing import Annotated

import typer

from vmsnap_lint.cli.layers import gather

__all__ = ["Config", "Schema"]


def _configure(context: typer.Context, choice: str | None) -> str | None:
    """Lets configuration and environment stand in for flags that are not given."""
    context.obj = layers = gather(choice)
    values = layers.values()
    if context.info_name != "check":
        values.pop("format", None)  # which is that of findings
    keys = {max(one.opts, key=len).lstrip("-"): one.name for one in context.command.params}
    context.default_map = {keys[key]: value for key, value in values.items() if key in keys}
    return choice


def _print_schema(asked: bool) -> None:
    if asked:
        from json import dumps  # few runs ask for it

        from vmsnap_lint.config.file.config_schema import schema

        typer.echo(dumps(schema(), indent=2))
        raise typer.Exit


Config = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE|none",
        callback=_configure,
        is_eager=True,
        help="The configuration to read, instead of the nearest one.",
    ),
]
Schema = Annotated[
    bool,
    typer.Option(
        "--schema",
        callback=_print_schema,
        is_eager=True,
        help="Print the JSON Schema of configuration files.",
    ),
]
