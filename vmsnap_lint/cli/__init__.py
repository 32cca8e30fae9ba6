"""Arguments become a run and an exit code. Only this room prints and ends the process.

Exit codes: 0 no finding reaches --fail-on, 1 findings, 2 the caller's fault, 3 our fault, 130
interrupted. An output format never changes them, nor does a reader that stops reading.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from vmsnap_lint.cli import console
from vmsnap_lint.cli.command import read_plain
from vmsnap_lint.core.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.cli.command import Command

__all__ = ["CLEAN", "DEFECT", "FINDINGS", "INTERRUPTED", "USAGE", "main", "run"]

CLEAN = 0
FINDINGS = 1
USAGE = 2
DEFECT = 3
INTERRUPTED = 130


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
        from vmsnap_lint.cli.slips import verb_hint  # of use to mistakes only

        console.complain(f"{error}{verb_hint(arguments, str(error))}")
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # the last resort: a defect gets its own exit code
        console.confess(error, verbose=not {"-v", "--verbose"}.isdisjoint(arguments))
        return DEFECT
    finally:
        console.close()


def _command(arguments: Sequence[str]) -> Command | None:
    """What is asked for; None where it was answered already (--help, --version)."""
    plain = read_plain(arguments)
    if plain is not None:
        return plain
    from vmsnap_lint.cli.parser import parse  # imports typer

    return parse(arguments)


def _perform(command: Command) -> int:
    """The exit code of the verb, whose module alone is imported."""
    module = import_module(f"vmsnap_lint.cli.{command.verb}_command")
    code: int = module.run(command)
    return code
