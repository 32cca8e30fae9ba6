"""Runs programs for `guarded`, in a process of its own, within limits that the system keeps.

It has one thread, so that it can fork safely. It ends with all that it started as soon as its
standard input is closed, whichever way its parent ended. And as its start is waited for, it
imports next to nothing.
"""

from __future__ import annotations

import os
import select
import time

from vmsnap_lint.deploy.render import protocol
from vmsnap_lint.deploy.render.confinement import confine
from vmsnap_lint.deploy.render.landlock import restrict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["main", "serve"]

_CHUNK = 1 << 16
_SIGKILL = 9
_SOON = 0.001
_OFTEN = 0.01  # Go fills some 20 MB in that time
_PAGE = os.sysconf("SC_PAGE_SIZE")
_NO_MEMORY = (b"out of memory", b"cannot allocate memory", b"failed to reserve", b"MemoryError")


def main() -> None:
    """Serves standard input and standard output, and ends."""
    serve(0, 1)
    os._exit(0)


def serve(source: int, sink: int) -> None:
    """Reads a request from one descriptor, and writes the answers to another one.

    Raises EOFError where nobody asks.
    """
    apart, parallel, run_seconds, seconds, run_bytes, most, size = protocol.REQUEST.unpack(
        _received(source, protocol.REQUEST.size)
    )
    fields = iter(_received(source, size).split(protocol.END))
    environment = dict(field.split(b"=", 1) for field in _group(fields))
    guard = _Guard(list(_jobs(fields)), (source, sink), (seconds, most), (run_seconds, run_bytes))
    guard.environment, guard.apart = environment, apart
    try:
        guard.run(parallel)
    except BrokenPipeError:
        guard.leave()
    finally:
        guard.end_all(protocol.RUN_TIME)


def _received(source: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = os.read(source, size - len(data))
        if not chunk:
            raise EOFError
        data += chunk
    return data


def _group(fields: Iterator[bytes]) -> list[bytes]:
    return [next(fields) for _ in range(int(next(fields)))]


def _jobs(fields: Iterator[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """The seconds of processor time and the words of each program; the last field is empty."""
    for field in fields:
        if field:
            words = [next(fields) for _ in range(int(field))]
            yield int(words[0]), words[1:]


class _Running:
    """A program that runs, with what it wrote so far."""

    def __init__(self, number: int, pid: int, output: int, errors: int) -> None:
        self.number, self.pid = number, pid
        self.pipes = {output: bytearray(), errors: bytearray()}
        self.output, self.errors = self.pipes.values()
        self.open = {output, errors}
        self.ended_by = protocol.EXIT
        self.until = 0.0
        self.cpu = 0

    def end(self, reason: int) -> None:
        """Ends it with its process group. The first reason counts."""
        self.ended_by = self.ended_by or reason
        for kill in (os.killpg, os.kill):  # the group is there a moment after the process
            try:
                kill(self.pid, _SIGKILL)
            except OSError:
                continue
            return


class _Guard:
    """The programs of a request and their limits."""

    def __init__(
        self,
        jobs: list[tuple[int, list[bytes]]],
        ends: tuple[int, int],
        of_one: tuple[float, int],
        of_all: tuple[float, int],
    ) -> None:
        self._waiting = list(enumerate(jobs))[::-1]
        self._source, self._sink = ends
        self._seconds, self._most = of_one
        self._until, self._left = time.monotonic() + of_all[0], of_all[1]
        self._running: list[_Running] = []
        self._by_pipe: dict[int, _Running] = {}
        self._poll = select.poll()
        self._poll.register(self._source, select.POLLIN)
        self._pid = os.getpid()
        self.environment: dict[bytes, bytes] = {}
        self.apart = False

    def run(self, parallel: int) -> None:
        """Answers for every program, in the order of their ends."""
        while self._waiting or self._running:
            while self._waiting and len(self._running) < parallel and not self._exhausted():
                self._start(*self._waiting.pop())
            for pipe, _ in self._poll.poll(self._patience() * 1000):
                if pipe == self._source:
                    self.leave()
                    return
                self._read(pipe)
            self._end_late_and_large()
            for running in [each for each in self._running if not each.open or each.ended_by]:
                self._reap(running)
            if self._exhausted():
                self._give_up(self._exhausted())

    def leave(self) -> None:
        """Ends all: the parent needs no more answers, or has died and left its directory behind."""
        self.end_all(protocol.RUN_TIME)
        if not os.read(self._source, 1):
            import shutil  # takes as long as the rest of the start

            shutil.rmtree(os.getcwd(), ignore_errors=True)

    def end_all(self, reason: int) -> None:
        """Ends every program that runs."""
        for running in self._running:
            running.end(reason)

    def _exhausted(self) -> int:
        """The limit of all programs that is met, else 0."""
        if self._left < 0:
            return protocol.RUN_OUTPUT
        return protocol.RUN_TIME if time.monotonic() >= self._until else 0

    def _patience(self) -> float:
        """How long nothing needs to be looked at but the pipes."""
        if any(not each.open or each.ended_by for each in self._running):
            return _SOON
        now = time.monotonic()
        until = min([self._until, *(each.until for each in self._running)])
        return min(_OFTEN, max(0.0, until - now) + _SOON)

    def _start(self, number: int, job: tuple[int, list[bytes]]) -> None:
        seconds, words = job
        (output, to_output), (errors, to_errors) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:  # pragma: no cover # in a process that is replaced
            self._become(words, seconds, (to_output, to_errors))
        os.close(to_output)
        os.close(to_errors)
        running = _Running(number, pid, output, errors)
        running.until, running.cpu = time.monotonic() + self._seconds, seconds
        self._running.append(running)
        for pipe in running.open:
            self._by_pipe[pipe] = running
            self._poll.register(pipe, select.POLLIN)

    def _become(  # pragma: no cover # in a process that is replaced
        self, words: list[bytes], seconds: int, pipes: tuple[int, int]
    ) -> None:
        """Becomes the program; ends with the reason as its error where that fails."""
        try:
            os.setsid()
            for number, source in enumerate((os.open(os.devnull, os.O_RDONLY), *pipes)):
                os.dup2(source, number)
            is_script = _is_script(words[0])
            confine(seconds, self._pid, may_fork=is_script)
            if self.apart and not is_script:  # whatever an interpreter needs
                restrict(words[0], os.getcwdb())
            os.execve(words[0], words, self.environment)  # noqa: S606 # no shell is wanted
        except OSError as error:
            os.write(2, b"cannot run %s: %s" % (words[0], str(error.strerror).encode()))
        finally:
            os._exit(127)

    def _read(self, pipe: int) -> None:
        running = self._by_pipe[pipe]
        chunk = os.read(pipe, _CHUNK)
        if not chunk:
            self._poll.unregister(pipe)
            os.close(pipe)
            running.open.discard(pipe)
            return
        written = running.pipes[pipe]
        if written is running.errors:
            written += chunk[: protocol.MOST_ERROR - len(written)]
            return
        written += chunk
        self._left -= len(chunk)
        if len(written) > self._most:
            running.end(protocol.OUTPUT)

    def _end_late_and_large(self) -> None:
        now = time.monotonic()
        for running in self._running:
            if now >= running.until:
                running.end(protocol.TIME)
            elif _size(running.pid) > protocol.MOST_MEMORY:
                running.end(protocol.MEMORY)

    def _give_up(self, reason: int) -> None:
        """Ends all and answers for those that were not started, once the limits of all are met."""
        self.end_all(reason)
        while self._waiting:
            number, _ = self._waiting.pop()
            self._answer(number, reason, -1, b"", b"")

    def _reap(self, running: _Running) -> None:
        """Answers for a program if it has ended."""
        pid, status, usage = os.wait4(running.pid, os.WNOHANG)
        if not pid:
            return
        for pipe in running.open:
            self._poll.unregister(pipe)
            os.close(pipe)
        self._running.remove(running)
        code = os.waitstatus_to_exitcode(status)
        reason = running.ended_by or _limit_met(running, code, usage.ru_utime + usage.ru_stime)
        output = bytes(running.output) if reason == protocol.EXIT else b""
        self._answer(running.number, reason, code, output, bytes(running.errors))

    def _answer(self, number: int, reason: int, code: int, output: bytes, errors: bytes) -> None:
        answer = protocol.ANSWER.pack(number, reason, code, len(output), len(errors))
        for part in (answer, output, errors):
            rest = memoryview(part)
            while rest:
                rest = rest[os.write(self._sink, rest) :]


def _size(pid: int) -> int:
    """The bytes of memory that a process uses, 0 where the system does not tell."""
    try:
        file = os.open(f"/proc/{pid}/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(file, 200).split()[1]) * _PAGE
    except (OSError, IndexError):  # it has ended
        return 0
    finally:
        os.close(file)


def _is_script(path: bytes) -> bool:
    """Whether it is a wrapper of the user, which starts the real program as its child."""
    with open(path, "rb") as file:
        return file.read(2) == b"#!"


def _limit_met(running: _Running, code: int, seconds: float) -> int:
    """The limit by which the system ended a program, else EXIT."""
    if code == -_SIGKILL and seconds >= running.cpu - 0.5:
        return protocol.CPU
    lacks_memory = code != 0 and any(sign in running.errors for sign in _NO_MEMORY)
    return protocol.MEMORY if lacks_memory else protocol.EXIT
