"""What Python programs call: `vmsnap_lint.check` and `vmsnap_lint.plan`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from vmsnap_lint import engine
from vmsnap_lint.cli import console
from vmsnap_lint.cli.command import command, options_of, parameter
from vmsnap_lint.config.options import Group, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.cli.command import Command
    from vmsnap_lint.core.model import Report
    from vmsnap_lint.report.plans import Plans

__all__ = ["CheckOptions", "PlanOptions", "check", "plan"]

_Path = str | os.PathLike[str]


class PlanOptions(TypedDict, total=False):
    """The options of `plan`: the flags of the command with underscores."""

    all_vms: bool
    allow_empty: bool
    cluster: Iterable[str]
    complete: Iterable[str]
    config: str
    context: Iterable[str]
    crds: Iterable[str]
    crds_from_input: bool
    docs: bool
    exclude: Iterable[str]
    facts: str
    facts_max_age: str
    helm_values: Iterable[str]
    kubevirt: str
    render: str
    snapshot_mode: str
    tracked: bool


class CheckOptions(PlanOptions, total=False):
    """The options of `check`: those of `plan`, and those of rules and changes."""

    select: Iterable[str]
    ignore: Iterable[str]
    baseline: str
    no_suppressions: bool
    root: str
    since: str


def check(paths: _Path | Iterable[_Path] = ".", **options: Unpack[CheckOptions]) -> Report:
    """The findings in files and directories, as `vmsnap-lint check` has them.

    Nothing is printed, folded or cut off. As for the command, the nearest configuration file and
    variables count, and options override them.

    Raises UsageError (of `vmsnap_lint.core.errors`) for input or options that cannot be used, and
    TypeError for an option that does not exist.
    """
    asked = _command("check", paths, options)
    return engine.lint(asked.arguments, None, console.prepared(asked.settings)).report


def plan(paths: _Path | Iterable[_Path] = ".", **options: Unpack[PlanOptions]) -> Plans:
    """What each snapshot, restore, clone and export will contain, as `vmsnap-lint plan` shows it.

    Raises UsageError and TypeError as `check` does.
    """
    asked = _command("plan", paths, options)
    return engine.plan(asked.arguments, None, console.prepared(asked.settings)).plans


def _command(verb: str, paths: _Path | Iterable[_Path], options: Mapping[str, Any]) -> Command:
    """The command that these arguments stand for; each path is one, also if it begins with "-"."""
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    names = [os.fspath(path) for path in several]
    literal = [f"./{name}" if name.startswith("-") else name for name in names]
    return command(verb, literal, dict(_flags(verb, options)))


def _flags(verb: str, options: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The options as parameters of the command."""
    shown = (Group.RULES, Group.INPUT, Group.CLUSTER)
    rows = {
        row.key.replace("-", "_"): row
        for row in options_of(verb)
        if (row.group in shown or row.key == "config") and row.key != "write-baseline"
    }
    for name, value in options.items():
        if name not in rows:
            raise TypeError(f'{verb}() has no option "{name}", but {", ".join(sorted(rows))}')
        row = rows[name]
        if row.type.is_list and isinstance(value, str):
            raise TypeError(f'the option "{name}" takes a list of strings')
        if row.type is not Type.SWITCH or value:
            yield parameter(row), tuple(value) if row.type.is_list else value
