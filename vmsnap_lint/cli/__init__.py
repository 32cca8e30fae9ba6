"""Arguments become a run and an exit code. Only this room prints and ends the process.

Exit codes: 0 no finding reaches --fail-on, 1 findings, 2 the caller's fault, 3 our fault, 130
interrupted. An output format never changes them, nor does a reader that stops reading.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from vmsnap_lint.cli import console
from vmsnap_lint.cli.command_options import (
    VERBS,
    CheckArguments,
    FactsArguments,
    PlanArguments,
    ShowConfig,
)
from vmsnap_lint.cli.layers import gather
from vmsnap_lint.core.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.cli.command_options import Command

__all__ = ["CLEAN", "DEFECT", "FINDINGS", "INTERRUPTED", "USAGE", "main", "run"]

CLEAN = 0
FINDINGS = 1
USAGE = 2
DEFECT = 3
INTERRUPTED = 130
_SWITCHES = ("--allow-empty", "--tracked")


def main() -> None:
    """Runs the program on the arguments of the process, and ends it.

    What a lint makes stays in use until it ends, so looking for garbage would only cost time (a
    tenth of a large run), as would taking it apart at the end.
    """
    gc.disable()
    code = run(sys.argv[1:])
    if _is_traced():
        sys.exit(code)
    os._exit(code)


def _is_traced() -> bool:
    """Whether something in this process (coverage, a profiler, a debugger) waits for its end."""
    return sys.gettrace() is not None or sys.getprofile() is not None


def run(arguments: Sequence[str]) -> int:
    """The exit code of a run; everything it has to say is written."""
    try:
        command = _command(arguments)
        return CLEAN if command is None else _perform(command)
    except ConfigError as error:
        for mistake in error.mistakes:
            console.complain(mistake)
        return USAGE
    except UsageError as error:
        console.complain(f"{error}{_verb_meant(arguments)}")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last resort: a defect gets its own exit code
        console.confess(error, verbose=not {"-v", "--verbose"}.isdisjoint(arguments))
        return DEFECT
    finally:
        console.close()


def _command(arguments: Sequence[str]) -> Command | None:
    """What is asked for; None where it was answered already (--help, --version).

    Typer takes longer to import than a small lint takes, so plain paths do without it, and the
    switches of hooks, which run at every commit.
    """
    rest = [one for one in arguments if one not in _SWITCHES]
    plain = all(argument == "-" or argument[:1] != "-" for argument in rest)
    verb = arguments[0] if arguments and arguments[0] in VERBS else ""
    if plain and verb in {"", "check"}:
        asked = _configured(tuple(rest[1:] if verb else rest) or (".",))
        return asked if rest == list(arguments) else _switched(asked, arguments)
    from vmsnap_lint.cli.parser import parse  # imports typer

    return parse(arguments)


def _switched(asked: CheckArguments, arguments: Sequence[str]) -> CheckArguments:
    """The lint with the switches that stand in the arguments."""
    empty, tracked = (one in arguments for one in _SWITCHES)
    known = asked.settings
    return asked._replace(
        settings=known._replace(
            allow_empty=known.allow_empty or empty, tracked=known.tracked or tracked
        )
    )


def _configured(paths: tuple[str, ...]) -> CheckArguments:
    """A lint as environment and configuration want it."""
    layers = gather()
    if not layers.given:
        return CheckArguments(paths)
    from vmsnap_lint.cli.from_config import check  # most runs have no configuration

    return check(paths, layers)


def _perform(command: Command) -> int:
    # Each verb is imported for itself: a lint has no use for cards and trees.
    if isinstance(command, CheckArguments):
        from vmsnap_lint.cli.check_command import check

        return check(command)
    if isinstance(command, PlanArguments):
        from vmsnap_lint.cli.plan_command import plan

        return plan(command)
    if isinstance(command, ShowConfig):
        from vmsnap_lint.cli.config_command import config

        config(command)
        return CLEAN
    if isinstance(command, FactsArguments):
        from vmsnap_lint.cli.facts_command import facts

        facts(command)
        return CLEAN
    from vmsnap_lint.cli.rule_command import rule

    rule(command)
    return CLEAN


def _verb_meant(arguments: Sequence[str]) -> str:
    """The hint for a path that does not exist because it is a misspelled or misplaced verb."""
    from vmsnap_lint.core.values import nearest  # of use to mistakes alone

    path = next((argument for argument in arguments if argument[:1] != "-"), "")
    if (path in arguments[:1] and path in VERBS) or os.path.lexists(path):
        return ""
    near = (path,) if path in VERBS else nearest(path, VERBS, limit=1)
    return f'; did you mean the verb "{near[0]}"? It comes first' if near else ""
