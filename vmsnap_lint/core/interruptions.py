"""Signals that ask the process to end become exceptions while there is something to leave.

Only where programs run and temporary files lie about: elsewhere a signal may end the process as it
does by default, and nothing needs to be imported for it.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager

from vmsnap_lint.core.errors import Interruption
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import NoReturn

__all__ = ["as_exceptions"]

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def as_exceptions() -> Iterator[None]:
    """Within it a signal raises Interruption, and a second one ends the process at once.

    A signal that the caller ignores (nohup) stays ignored. Only the main thread can handle signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handled = {number: signal.getsignal(number) for number in _SIGNALS}
    handled = {number: old for number, old in handled.items() if old not in (signal.SIG_IGN, None)}
    try:
        for number in handled:
            signal.signal(number, _leave)
        yield
    finally:
        for number, old in handled.items():
            signal.signal(number, old)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """What is left now is not to be left again: the next signal does not wait for it."""
    for other in _SIGNALS:
        if signal.getsignal(other) is _leave:
            signal.signal(other, _end)
    raise Interruption(number)


def _end(number: int, _: FrameType | None) -> NoReturn:
    os._exit(128 + number)
