"""Values of flags become Settings; every mistake in them is told at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.config.settings import Settings
from vmsnap_lint.config.suggestions import kind_mistake, rule_mistake
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.core.values import Release

__all__ = ["Flags", "settings"]

_UNITS = {"h": 1, "d": 24, "w": 7 * 24}


class Flags(NamedTuple):
    """The flags of a lint as they were written."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    snapshot_mode: str = "offline"
    kubevirt: str | None = None
    complete: tuple[str, ...] = ()
    all_vms: bool = False
    allow_empty: bool = False
    crds: tuple[str, ...] = ()
    crds_from_input: bool = False
    render: str = "auto"
    helm_values: tuple[str, ...] = ()
    baseline: str = ""
    no_suppressions: bool = False
    root: str = ""
    tracked: bool = False
    exclude: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    since: str = ""
    docs: bool = False
    facts: str = ""
    facts_max_age: str = "30d"


def settings(flags: Flags) -> Settings:
    """The Settings that the flags ask for; UsageError with all mistakes in one line."""
    select, ignore, complete = map(_split, (flags.select, flags.ignore, flags.complete))
    mistakes = [f"--select: {mistake}" for mistake in map(rule_mistake, select) if mistake]
    mistakes += [f"--ignore: {mistake}" for mistake in map(rule_mistake, ignore) if mistake]
    mistakes += [f"--complete: {mistake}" for mistake in map(kind_mistake, complete) if mistake]
    release = None
    try:
        release = _release(flags.kubevirt)
    except UsageError as error:
        mistakes.append(f"--kubevirt: {error}")
    hours = _hours(flags.facts_max_age)
    if hours is None:
        shown = f'"{flags.facts_max_age}" is no time'
        mistakes.append(f"--facts-max-age: {shown}: write days, weeks or hours: 30d, 2w or 12h")
    if mistakes:
        raise UsageError("; ".join(mistakes))
    return Settings(
        select=frozenset(select),
        ignore=frozenset(ignore),
        online=flags.snapshot_mode == "online",
        kubevirt=release,
        complete=frozenset(complete) or None,
        all_vms=flags.all_vms,
        allow_empty=flags.allow_empty,
        crds=flags.crds,
        crds_from_input=flags.crds_from_input,
        render=flags.render,
        helm_values=flags.helm_values,
        baseline=flags.baseline,
        suppressions=not flags.no_suppressions,
        docs=flags.docs,
        facts=flags.facts,
        facts_max_age=hours or 0,
        root=flags.root,
        tracked=flags.tracked,
        exclude=tuple(map(_scope, flags.exclude)),
        context=flags.context,
        since=flags.since,
    )


def _release(text: str | None) -> Release | None:
    from vmsnap_lint.core.releases import resolve  # only where a release is named

    return None if text is None else resolve(text)


def _scope(glob: str) -> Scope:
    """What a glob names, as seen from the working directory or, with ../, from one above it."""
    base = os.getcwd()
    while glob.startswith(("../", "./")):
        base = os.path.dirname(base) if glob.startswith("../") else base
        glob = glob.partition("/")[2]
    return Scope(base, (glob,))


def _hours(text: str) -> int | None:
    """The hours of a time such as 30d; None where it is none."""
    number, unit = text[:-1], _UNITS.get(text[-1:])
    if unit is None or not number.isdecimal() or len(number) > 6:
        return None
    return int(number) * unit


def _split(values: Iterable[str]) -> list[str]:
    """The entries of a repeatable, comma-separated flag."""
    return [part.strip() for value in values for part in value.split(",") if part.strip()]
