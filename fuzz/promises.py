"""What holds for any input: each function raises BrokenPromiseError where it does not."""

from __future__ import annotations

import re
import resource
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from vmsnap_lint.core.model import Span

__all__ = [
    "LARGE",
    "BrokenPromiseError",
    "TooSlowError",
    "hold",
    "inert",
    "kept",
    "lines_of",
    "within",
]

LARGE = 16 * 1024  # bytes; a longer input, up to 64 KiB, may take twice the time
_SECONDS = 1.0
_MEGABYTES = 300
# Lines that a CI system takes for its own commands (GitHub, Azure), also after blanks; no command
# begins with a third colon.
_COMMANDS = re.compile(r"(?m)^\s*::(?!:)|##(?:vso)?\[")
_BREAK = re.compile(r"\r\n|\n|\r")
_REMAINING = re.compile(r"[^\n -~]")


class BrokenPromiseError(Exception):
    """Our fault: the program did what no input may make it do."""


class TooSlowError(BaseException):
    """Our fault: an input is still worked on after many times its time.

    No `except Exception` of the program stops it.
    """


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Ends what runs inside by a TooSlowError after that processor time."""

    def stop(_number: int, frame: FrameType | None) -> None:
        where = frame.f_code.co_qualname if frame else "?"
        raise TooSlowError(f"stopped after {seconds:.0f} s of CPU in {where}")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def hold(function: Callable[[bytes], None], data: bytes, patience: float = 1.0) -> None:
    """Calls the function, within its time and memory; a UsageError is an answer like any other.

    `patience` multiplies the time, for code that is slowed down by measuring it. Raises
    BrokenPromiseError or TooSlowError, and what the function raises.
    """
    most = _SECONDS * patience * (2 if len(data) > LARGE else 1)
    peak, began = _peak(), time.process_time()
    try:
        with limited(1.5 * most):
            function(data)
    except UsageError as error:
        kept("\n" not in str(error), f"a usage error of several lines: {str(error)!r}")
    spent = time.process_time() - began
    kept(spent <= most, f"{len(data):,} bytes took {spent:.1f} s of CPU")
    grown = _peak() - peak
    kept(grown <= _MEGABYTES, f"{len(data):,} bytes took {grown:.0f} MB")


def kept(promise: object, message: str) -> None:
    """Raises BrokenPromiseError with the message unless the promise holds."""
    if not promise:
        raise BrokenPromiseError(message)


def inert(text: str, *, commands: bool = True) -> None:
    """Output acts on no terminal, and with `commands` on no CI system that reads it."""
    for odd in _REMAINING.finditer(text):
        kept(odd[0].isprintable(), f"raw {odd[0]!r} in the output at {odd.start()}")
    match = _COMMANDS.search(text) if commands else None
    kept(
        match is None, f"a workflow command in the output: {match and text[match.start() :][:60]!r}"
    )


def lines_of(text: str) -> list[str]:
    """The text by lines, as editors count them."""
    return _BREAK.split(text)


def within(span: Span, lines: Sequence[str]) -> None:
    """A place is in its file, and ends where or after it begins."""
    line, column, end_line, end_column = span
    kept(1 <= line <= end_line <= len(lines), f"{span} leads out of a file of {len(lines)} lines")
    longest = (len(lines[line - 1]) + 1, len(lines[end_line - 1]) + 1)
    kept(1 <= column <= longest[0] + 1, f"{span} begins behind its line")
    kept(1 <= end_column <= longest[1] + 1, f"{span} ends behind its line")
    kept((line, column) <= (end_line, end_column), f"{span} ends before it begins")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
