"""The table of options becomes the text of `--help`, 80 columns wide."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from vmsnap_lint.cli.command import options_of
from vmsnap_lint.cli.console import PROGRAM
from vmsnap_lint.cli.verbs import DEFAULT, VERBS
from vmsnap_lint.config.options import Group, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.config.options import Option

__all__ = ["help_text"]

_WIDTH = 80
_COLUMN = 30  # where the help of an option begins
_ABOUT = (
    "Check offline which KubeVirt VM snapshots would be rejected, hang or miss a disk.",
    f"The verb may be left out: `{PROGRAM} manifests/` is `{PROGRAM} {DEFAULT} manifests/`.",
)
_EXIT_CODES = (
    ("0", "no finding reaches --fail-on"),
    ("1", "findings"),
    ("2", "usage, configuration or unreadable input"),
    ("3", f"a defect of {PROGRAM}"),
)
_HELP = ("-h, --help", "Show this message.")


def help_text(verb: str) -> str:
    """The help of a verb, or of the program for ""."""
    return "\n".join(_of_verb(verb) if verb else _of_program())


def _of_program() -> Iterator[str]:
    yield f"Usage: {PROGRAM} [OPTIONS] [VERB] [ARGS]..."
    for paragraph in _ABOUT:
        yield ""
        yield from textwrap.wrap(paragraph, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield from _table("Verbs", [(name, verb.summary) for name, verb in VERBS.items()], 10)
    rows = [(", ".join(row.flags), row.help) for row in options_of("")]
    yield from _table("Options", [*rows, _HELP], 17)
    yield from _table("Exit codes", _EXIT_CODES, 5)
    yield from _examples(VERBS[DEFAULT].examples[:2])
    yield ""
    yield f"`{PROGRAM} {DEFAULT} --help` lists the options of a lint."


def _of_verb(name: str) -> Iterator[str]:
    verb = VERBS[name]
    argument = f" [{verb.argument}]{'...' if verb.repeated else ''}" if verb.argument else ""
    yield f"Usage: {PROGRAM} {name} [OPTIONS]{argument}"
    yield ""
    yield f"  {verb.summary}"
    if verb.argument:
        yield from _table("Arguments", [(verb.argument, verb.argument_help)], 10)
    options = options_of(name)
    groups = [group for group in Group if any(row.group is group for row in options)]
    for group in groups:
        rows = [(_spelled(row), _explained(row)) for row in options if row.group is group]
        yield from _table(group.value, rows)
    yield from _table("Help", [_HELP])
    yield from _examples(verb.examples)


def _spelled(option: Option) -> str:
    """The flag with what it takes: `--format full|concise|json`."""
    return f"{', '.join(option.flags)} {option.placeholder}".rstrip()


def _explained(option: Option) -> str:
    shown = option.choices or option.type is Type.AGE
    return f"{option.help} [default: {option.default}]" if shown else option.help


def _table(title: str, rows: list[tuple[str, str]] | tuple[tuple[str, str], ...],
           column: int = _COLUMN) -> Iterator[str]:  # fmt: skip
    """A heading, and the rows below it in two columns, the second folded."""
    yield ""
    yield f"{title}:"
    for term, text in rows:
        lead = f"  {term}".ljust(column)
        if len(lead) > column or not lead.endswith("  "):
            yield lead
            lead = " " * column
        indent = " " * column
        yield from textwrap.wrap(text, _WIDTH, initial_indent=lead, subsequent_indent=indent)


def _examples(lines: tuple[str, ...]) -> Iterator[str]:
    if lines:
        yield ""
        yield "Examples:"
        yield from (f"  {line}" for line in lines)
