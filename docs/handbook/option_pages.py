"""Writes the reference of options and of what the environment and exit codes mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handbook.markdown import code, page, table
from vmsnap_lint.cli.environment_variables import VARIABLES
from vmsnap_lint.cli.exit_codes import EXIT_CODES, SIGNAL_CODES
from vmsnap_lint.cli.verbs import VERBS
from vmsnap_lint.config.options import Group
from vmsnap_lint.config.settings import ROWS

if TYPE_CHECKING:
    from vmsnap_lint.config.options import Option

__all__ = ["exit_codes_page", "options_page"]

_NOTE = "<!-- written by docs/generate.py from vmsnap_lint/{}: edit the table there -->"
_PRECEDENCE = """\
A flag overrides a variable, a variable overrides the configuration file, the file overrides the
default. The key in files is the flag without its dashes; the variable is `VMSNAP_LINT_` and the key
in capitals with underscores. `vmsnap-lint config` shows the values in force;
[Configuration](configuration.md) has the keys of files."""
_EXIT_CODES = """\
The exit code is the same for every format, and does not depend on what is listed:
`--min-severity`, a reader that closes the pipe and `--output` leave it as it is. `--fail-on`
sets from which severity findings count, `--exit-zero` makes 1 into 0. `merge` ends as one run over
all repositories would have: 1 if a report has a finding that counts, 2 if a report is damaged, or
its run could not read all of its input."""


def options_page() -> str:
    """The reference of all options, group by group, and of the commands."""
    commands = table(
        ("command", "what it does"),
        [(code(f"vmsnap-lint {name} {verb.argument}".rstrip()), verb.summary)
         for name, verb in VERBS.items()],
    )  # fmt: skip
    return page([
        _NOTE.format("config/settings.py"),
        "# Options",
        _PRECEDENCE,
        "## Commands",
        commands,
        *(block for group in Group for block in _group(group)),
    ])  # fmt: skip


def exit_codes_page() -> str:
    """The reference of exit codes and environment variables."""
    variables = [(code(row.variable), code(row.flags[-1]), row.help) for row in _variables()]
    return page([
        _NOTE.format("cli/exit_codes.py, cli/environment_variables.py"),
        "# Exit codes and environment",
        "## Exit codes",
        _EXIT_CODES,
        table(("code", "meaning"), [*EXIT_CODES, *SIGNAL_CODES]),
        "## Environment variables",
        "Lists are separated by commas; switches are `true` or `false`.",
        table(("variable", "flag", "what it does"), variables),
        "Others that count:",
        table(("variable", "effect"), [(code(name), effect) for name, effect in VARIABLES]),
    ])  # fmt: skip


def _variables() -> list[Option]:
    return sorted((row for row in ROWS if row.variable), key=lambda row: row.variable)


def _group(group: Group) -> list[str]:
    rows = [_row(row) for row in ROWS if row.group is group]
    head = ("option", "what it does", "default", "commands", "set by")
    return [f"## {group.value}", table(head, rows)]


def _row(option: Option) -> tuple[str, ...]:
    names = ", ".join(option.flags) or option.key
    shown = f"{names} {option.placeholder}".rstrip()
    default = code(option.default) if isinstance(option.default, str) else ""
    verbs = ", ".join(filter(None, option.verbs))
    return code(shown), option.help, default, verbs, option.set_by.value
