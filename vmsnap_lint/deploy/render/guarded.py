"""Starts `guard` and speaks with it: programs on systems that can confine them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from vmsnap_lint.core import stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.render import protocol

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence
    from typing import IO

__all__ = ["Answer", "RunLimits", "answers"]

_START = """\
import sys
sys.path.append(sys.argv[1])
from vmsnap_lint.deploy.render.guard import main
main()
"""
_PACKAGES = os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3))
_OF_PYTHON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_PATIENCE = 2.0


class RunLimits(NamedTuple):
    """Whether programs read only what is in their home (where the kernel can tell); how many run
    at once; the seconds and bytes of all of them, and of one.
    """

    apart: bool
    parallel: int
    run_seconds: float
    seconds: float
    run_bytes: int
    bytes: int


class Answer(NamedTuple):
    """How a program ended: a reason of `protocol`, its exit status, what it wrote."""

    reason: int
    status: int
    output: bytes
    errors: bytes


def answers(
    jobs: Sequence[tuple[int, Sequence[str]]],
    environment: Mapping[str, str],
    home: str,
    limits: RunLimits,
) -> dict[int, Answer]:
    """The answers by the position of the job: its seconds of processor time and its words.

    A guard that was ended from outside has given fewer. Raises OSError if it cannot be started.
    """
    import subprocess  # few runs build anything

    flags = ["-I", "-S", *(["-B"] if sys.dont_write_bytecode else [])]
    own = {name: os.environ[name] for name in _OF_PYTHON if name in os.environ}
    guard = subprocess.Popen(  # noqa: S603 # ourselves
        [sys.executable, *flags, "-c", _START, _PACKAGES], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=home, env=own,
        start_new_session=True,
    )  # fmt: skip
    try:
        return dict(_spoken(guard, len(jobs), _request(jobs, environment, limits)))
    finally:
        _ended(guard)


def _request(
    jobs: Sequence[tuple[int, Sequence[str]]], environment: Mapping[str, str], limits: RunLimits
) -> bytes:
    fields = [str(len(environment)), *(f"{name}={value}" for name, value in environment.items())]
    for seconds, words in jobs:
        fields += [str(len(words) + 1), str(seconds), *words]
    text = b"".join(os.fsencode(field) + protocol.END for field in fields)
    return protocol.REQUEST.pack(*limits, len(text)) + text


def _spoken(
    guard: subprocess.Popen[bytes], number: int, request: bytes
) -> Iterator[tuple[int, Answer]]:
    if guard.stdin is None or guard.stdout is None:
        return
    with suppress(BrokenPipeError):  # it did not start, and answers nothing
        guard.stdin.write(request)
        guard.stdin.flush()
    for _ in range(number):
        head = guard.stdout.read(protocol.ANSWER.size)
        if len(head) < protocol.ANSWER.size:
            return
        position, reason, status, *lengths = protocol.ANSWER.unpack(head)
        output, errors = (guard.stdout.read(length) for length in lengths)
        stages.step()
        yield position, Answer(reason, status, output, errors)


def _ended(guard: subprocess.Popen[bytes]) -> None:
    """Tells the guard to end, which ends all that it runs."""
    import subprocess  # as above

    if guard.stdin is not None:
        with suppress(OSError):
            os.write(guard.stdin.fileno(), protocol.END)  # without it, we have died
    pipes: tuple[IO[bytes] | None, ...] = (guard.stdin, guard.stdout)
    for pipe in filter(None, pipes):
        with suppress(OSError):
            pipe.close()
    try:
        guard.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        guard.kill()
        guard.wait()
