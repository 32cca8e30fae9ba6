"""Runs the program: arguments to exit code. Only this package prints and ends the process.

The exit codes (exit_codes.py) do not depend on the output format, or on a reader that stops
reading.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from vmsnap_lint.cli import console
from vmsnap_lint.cli.command import read_plain
from vmsnap_lint.cli.exit_codes import CLEAN, DEFECT, FINDINGS, INTERRUPTED, USAGE
from vmsnap_lint.core.errors import ConfigError, ExhaustedError, Interruption, UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.cli.command import Command

__all__ = ["CLEAN", "DEFECT", "FINDINGS", "INTERRUPTED", "USAGE", "main", "run"]

_RESERVE = 1 << 20  # bytes, to say that there is no memory


def main() -> None:
    """Runs the program with the arguments of the process, and ends it.

    A cleanup at the end would only take time.
    """
    sys.unraisablehook = lambda _: None  # what is left when memory ends is said once
    code = run(sys.argv[1:])
    if sys.gettrace() or sys.getprofile():  # coverage, a profiler or a debugger needs the end
        sys.exit(code)
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Runs a command, writes its output, and returns the exit code."""
    reserve = bytearray(_RESERVE)
    try:
        if console.COMPLETION in os.environ:
            return _completed()
        command = _command(arguments)
        if command is None:
            return CLEAN
        module = import_module(f"vmsnap_lint.cli.{command.verb}_command")
        code: int = module.run(command)
        return code
    except ConfigError as error:
        console.write_errors(error.mistakes)
        return USAGE
    except (MemoryError, RecursionError, ExhaustedError) as error:
        reserve.clear()
        error.__context__ = error.__traceback__ = None  # with them all objects of the run go
        exhausted = error if isinstance(error, ExhaustedError) else ExhaustedError(error)
        console.write_errors([str(exhausted)])
        return USAGE
    except UsageError as error:
        from vmsnap_lint.cli.slips import command_hint  # only for mistakes

        console.write_errors([f"{error}{command_hint(arguments, str(error))}"])
        return USAGE
    except Interruption as interruption:
        return interruption.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:  # of the system, as no descriptor or no space left
        subject = f'"{error.filename}"' if error.filename else "the system"
        console.write_errors([f"{subject} cannot be used: {error.strerror or error}"])
        return USAGE
    except Exception as error:  # noqa: BLE001  # bugs have their own exit code
        console.write_defect(error, verbose=not {"-v", "--verbose"}.isdisjoint(arguments))
        return DEFECT
    finally:
        console.close()


def _completed() -> int:
    """Answers a shell that completes a command line."""
    from vmsnap_lint.cli import completion  # only shells ask

    lines, code = completion.answer(os.environ[console.COMPLETION])
    console.write(lines)
    return code


def _command(arguments: Sequence[str]) -> Command | None:
    """The Command, None if it is already done (--help, --version)."""
    plain = read_plain(arguments)
    if plain is not None:
        return plain
    from vmsnap_lint.cli.parser import parse  # imports typer

    return parse(arguments)
