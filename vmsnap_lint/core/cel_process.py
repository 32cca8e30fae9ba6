"""Starts the process that compiles and evaluates CEL, and reads its answers."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.worker_process import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["EXTRA", "answered", "evaluated", "is_installed", "start_ahead"]

EXTRA = "vmsnap-lint[cel]"
_LIBRARY = "cel_expr_python"
_AHEAD: list[subprocess.Popen[bytes]] = []
"""At most one process that waits for questions."""


def is_installed() -> bool:
    """Whether the library that evaluates CEL is there."""
    return find_spec(_LIBRARY) is not None


def evaluated(questions: Iterable[Any], seconds: float) -> tuple[list[Any], str]:
    """The answers in order, as many as there are, and why there are no more.

    Questions and answers are those of `cel_worker`.
    """
    return answered([json.dumps(question) for question in questions], seconds)


def answered(lines: Sequence[str], seconds: float) -> tuple[list[Any], str]:
    """The same for questions that are lines of JSON."""
    try:
        with _process() as process:
            output, stopped = _answers(process, "\n".join(lines).encode(), seconds)
    except OSError as error:
        output, stopped = b"", f"their evaluation cannot be started: {error.strerror}"
    complete = output[: output.rfind(b"\n") + 1]
    return [json.loads(line) for line in complete.splitlines()], stopped


def start_ahead() -> None:
    """Starts the process of the next questions, which need not wait for that then."""
    if not _AHEAD:
        with suppress(OSError):
            _AHEAD.append(_started())


def _process() -> subprocess.Popen[bytes]:
    """A process that was asked nothing yet."""
    if _AHEAD:
        ahead = _AHEAD.pop()
        if ahead.poll() is None:
            return ahead
        ahead.communicate()
    return _started()


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # ourselves, with data on its standard input
        [sys.executable, "-P", "-m", "vmsnap_lint.core.cel_worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=environment(),
    )  # fmt: skip


def _answers(process: subprocess.Popen[bytes], asked: bytes, seconds: float) -> tuple[bytes, str]:
    """The output of a process, and why there is no more of it."""
    try:
        return process.communicate(asked, timeout=seconds)[0], "their evaluation failed"
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0], f"they took longer than {seconds:.3g} seconds"
    except BaseException:
        process.kill()  # whoever interrupts does not wait for it
        raise
