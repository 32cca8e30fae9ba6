"""Formats the text of `--help` from the table of options, 80 columns wide."""

from __future__ import annotations

import textwrap

from vmsnap_lint.cli.command import options_of
from vmsnap_lint.cli.console import PROGRAM
from vmsnap_lint.cli.exit_codes import EXIT_CODES
from vmsnap_lint.cli.verbs import DEFAULT, VERBS
from vmsnap_lint.config.options import Group, Type
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.config.options import Option

__all__ = ["help_text"]

_WIDTH = 80
_COLUMN = 30  # of the help of an option
_ABOUT = (
    "Find KubeVirt VM snapshots and restores that will be rejected, fail, or lack a disk.",
    f'The command may be left out: "{PROGRAM} manifests/" is "{PROGRAM} {DEFAULT} manifests/".',
)
_HELP = ("-h, --help", "Show this message.")


def help_text(verb: str) -> str:
    """The help of a command, or of the program for ""."""
    return "\n".join(_of_verb(verb) if verb else _of_program())


def _of_program() -> Iterator[str]:
    yield f"Usage: {PROGRAM} [OPTIONS] [COMMAND] [ARGS]..."
    for paragraph in _ABOUT:
        yield ""
        yield from textwrap.wrap(paragraph, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from _table("Commands", [(name, verb.summary) for name, verb in VERBS.items()], 10)
    rows = [(", ".join(row.flags), row.help) for row in options_of("")]
    yield from _table("Options", [*rows, _HELP], 24)
    yield from _table("Exit codes", EXIT_CODES, 5)
    yield from _examples(VERBS[DEFAULT].examples[:2])
    yield ""
    yield f"`{PROGRAM} {DEFAULT} --help` lists all options of a lint."


def _of_verb(name: str) -> Iterator[str]:
    verb = VERBS[name]
    argument = f" [{verb.argument}]{'...' if verb.repeated else ''}" if verb.argument else ""
    yield f"Usage: {PROGRAM} {name} [OPTIONS]{argument}"
    yield ""
    yield f"  {verb.summary}"
    if verb.argument:
        yield from _table("Arguments", [(verb.argument, verb.argument_help)], 10)
    options = options_of(name)
    for group in Group:
        rows = [_row(option) for option in options if option.group is group]
        yield from _table(group.value, rows) if rows else ()
    yield from _table("Help", [_HELP])
    yield from _examples(verb.examples)


def _row(option: Option) -> tuple[str, str]:
    """The flag with its value, such as `--color auto|always|never`, and its help.

    Choices that do not fit beside the flag follow the help.
    """
    flags, text = ", ".join(option.flags), option.help
    flag = f"{flags} {option.placeholder}".rstrip()
    if len(flag) > _WIDTH - 2:
        flag = f"{flags} {option.key.upper()}"
        text = f"{text} One of: {', '.join(option.choices)}."
    has_default = option.choices or option.type in (Type.AGE, Type.WORKERS)
    return flag, f"{text} [default: {option.default}]" if has_default else text


def _table(title: str, rows: Iterable[tuple[str, str]], column: int = _COLUMN) -> Iterator[str]:
    """A heading with rows in two columns, the second wrapped."""
    yield ""
    yield f"{title}:"
    for term, text in rows:
        lead = f"  {term}".ljust(column)
        if len(lead) > column or not lead.endswith("  "):
            yield lead.rstrip()
            lead = " " * column
        indent = " " * column
        yield from textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=indent)


def _examples(lines: tuple[str, ...]) -> Iterator[str]:
    if lines:
        yield ""
        yield "Examples:"
        yield from (f"  {line}" for line in lines)
