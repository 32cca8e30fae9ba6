"""Runs programs where no process can confine itself (Windows): within limits of time and output."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from vmsnap_lint.core import stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.render import protocol
from vmsnap_lint.deploy.render.guarded import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vmsnap_lint.deploy.render.guarded import RunLimits

__all__ = ["answers"]

_CHUNK = 1 << 16


def answers(
    jobs: Sequence[tuple[int, Sequence[str]]],
    environment: Mapping[str, str],
    home: str,
    limits: RunLimits,
) -> dict[int, Answer]:
    """The answers by the position of the job, as `guarded` gives them."""
    until = time.monotonic() + limits.run_seconds

    def answer(job: tuple[int, Sequence[str]]) -> Answer:
        if time.monotonic() >= until:
            return Answer(protocol.RUN_TIME, -1, b"", b"")
        stages.step()
        return _answer(job[1], environment, home, limits)

    with ThreadPoolExecutor(min(limits.parallel, len(jobs)) or 1) as pool:
        return dict(enumerate(pool.map(answer, jobs)))


def _answer(
    words: Sequence[str], environment: Mapping[str, str], home: str, limits: RunLimits
) -> Answer:
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(  # noqa: S603 # the programs are found by the caller's PATH
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, bufsize=0,
                cwd=home, env=dict(environment), start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            return Answer(0, 127, b"", f"cannot run {words[0]}: {error.strerror}".encode())
        late = threading.Event()
        timer = threading.Timer(limits.seconds, _end_late, (process, late))
        timer.start()
        try:
            output = _read(process, limits.bytes)
            if len(output) > limits.bytes:
                _kill(process)
            status = process.wait()
        except BaseException:
            _kill(process)
            raise
        finally:
            timer.cancel()
        errors.seek(0)
        reason = protocol.OUTPUT if len(output) > limits.bytes else protocol.EXIT
        reason = protocol.TIME if late.is_set() else reason
        return Answer(reason, status, output, errors.read(protocol.MOST_ERROR))


def _read(process: subprocess.Popen[bytes], most: int) -> bytes:
    """The output up to one byte more than is allowed."""
    data = bytearray()
    if process.stdout is not None:
        with process.stdout as stream:
            while len(data) <= most and (chunk := stream.read(_CHUNK)):
                data += chunk
    return bytes(data)


def _end_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the program and all that it started, if it still runs."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
