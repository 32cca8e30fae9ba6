"""Runs the command line: `python -m vmsnap_lint` is `vmsnap-lint`.

A signal that asks the process to end leaves nothing behind: what runs then is left by an exception,
so that programs are ended and temporary files removed. While modules are imported there are none.
"""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:  # nothing is imported before the signals are handled
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

__all__ = ["main"]

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


def main() -> None:
    """Runs the program with the arguments of the process, and ends it."""
    _handle(_end)
    from vmsnap_lint.cli import main as run  # half of the time of a small run

    _handle(_leave)
    try:
        run()
    except KeyboardInterrupt as interruption:  # before the program is ready for it, or after it
        os._exit(getattr(interruption, "exit_code", 130))


def _handle(handler: Callable[[int, FrameType | None], NoReturn]) -> None:
    """Lets a function handle the signals, except those that the caller ignores (nohup)."""
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """The next signal does not wait for what is left."""
    from vmsnap_lint.core.errors import Interruption

    _handle(_end)
    raise Interruption(number)


def _end(number: int, _: FrameType | None) -> NoReturn:
    os._exit(128 + number)


if __name__ == "__main__":
    main()
