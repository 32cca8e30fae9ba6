"""A line on the terminal of a long run that says what is being done, and leaves no trace.

A timer draws it, as a run may wait for a program for long; no other thread is needed. Standard
error gets nothing in the first second.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from vmsnap_lint.core import stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["shown"]

_AFTER = 1.0  # seconds
_EVERY = 0.2
_ERASE = b"\r\x1b[K"
_ENDING = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # by default without a chance to erase it


def shown(descriptor: int) -> Callable[[], None]:
    """Shows the line on a terminal after a second; returns what erases it and ends that.

    Where the alarm of the process is in use, or there is none (Windows), nothing is shown.
    """
    if not hasattr(signal, "setitimer") or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        return _nothing
    line = _Line(descriptor)
    try:
        line.begin()
    except ValueError:  # only the main thread has signals
        return _nothing
    return line.end


def _nothing() -> None:
    """There is no line."""


class _Line:
    """The line, and the handlers of signals that it replaces."""

    def __init__(self, descriptor: int) -> None:
        self._terminal = descriptor
        self._text = ""
        self._handlers: dict[int, Any] = {}

    def begin(self) -> None:
        self._replace(signal.SIGALRM, self._draw)
        for number in _ENDING:
            if signal.getsignal(number) is signal.SIG_DFL:
                self._replace(number, self._leave)
        signal.setitimer(signal.ITIMER_REAL, _AFTER, _EVERY)

    def end(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._text:
            self._write(_ERASE)

    def _replace(self, number: int, handler: Callable[[int, object], None]) -> None:
        self._handlers[number] = signal.signal(number, handler)

    def _draw(self, _number: int, _frame: object) -> None:
        text = stages.now()[: self._room()]
        if text and text != self._text:
            self._text = text
            self._write(b"\r" + text.encode("ascii", "replace") + b"\x1b[K")

    def _room(self) -> int:
        """A line that is as wide as the terminal may be wrapped, and is not erased then."""
        try:
            return max(0, os.get_terminal_size(self._terminal).columns - 1) or 79
        except OSError:
            return 0

    def _write(self, data: bytes) -> None:
        with suppress(OSError):  # the terminal is gone
            os.write(self._terminal, data)

    def _leave(self, number: int, _frame: object) -> None:
        """Ends the process by a signal, as without us."""
        self.end()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
