"""Items become the results of a function, in their order, by forked copies of this process as well.

What the function reads is in memory, which a copy shares. The items are cut into shares of about
equal cost. This process does one alone, so that copies have what had to be prepared for it; then
who is free takes the next one. When none is left, the results of copies come through pipes,
pickled: only our own code has written them, and nobody else has the pipe.

What a copy does not give is done here, when its turn comes: it was killed, its results cannot be
sent, or the function raised. So a failure is told as by one process, and the first one of all.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import signal
import sys
from contextlib import contextmanager, suppress
from enum import Enum
from functools import cached_property
from io import BytesIO
from itertools import accumulate, islice

from vmsnap_lint.core import stages
from vmsnap_lint.core.interruptions import as_exceptions
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import NoReturn

__all__ = ["results"]

_SHARES = 16  # for each process, so that none waits long for the last one
_MOST_RESULTS = 20_000  # of an item that are held; more of them are left to their turn
_NUMBER, _LENGTH = 4, 8  # bytes of the number of a share, and of a length
_MOST_SHARES = 1_000  # whose numbers fit into the smallest pipe
_CHUNK = 2**20
_PLAIN = frozenset((bool, bytes, dict, float, int, list, str, type(None)))  # never known ones
_ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class _Known:
    """Objects by their id; results refer to them as they are.

    All are named before this process is copied: only then an id means the same in each copy. There
    may be very many, and most results refer to none, so that they are indexed by the first that
    does.
    """

    def __init__(self, objects: Sequence[object]) -> None:
        self._objects = objects

    @cached_property
    def by_id(self) -> dict[int, object]:
        """The objects by their id."""
        return {id(each): each for each in self._objects}


class _Work(NamedTuple):
    """What is to be done: the function, the items by share, and what results may refer to.

    The shares are in the order in which they are taken.
    """

    function: Callable[[Any], Iterable[Any]]
    shares: list[Sequence[Any]]
    known: _Known

    def made(self, number: int) -> list[list[Any]] | None:
        """The results of a share, by item; None if they are too many to hold."""
        every = []
        for item in self.shares[number]:
            made = list(islice(self.function(item), _MOST_RESULTS + 1))
            if len(made) > _MOST_RESULTS:
                return None
            every.append(made)
        return every


class _Copy(NamedTuple):
    """A copy of this process, and the pipe with its results."""

    process: int
    pipe: int


def results(
    items: Sequence[Any],
    function: Callable[[Any], Iterable[Any]],
    seconds: Sequence[float],
    processes: int,
    known: Sequence[object],
    alone: int,
) -> Iterator[Iterable[Any]]:
    """The results of each item, in order, by so many processes; they may refer to what is known.

    The share with the item `alone` is done before there are copies.
    """
    shares = _shares(items, seconds, processes)
    ends = accumulate(map(len, shares))
    first = next((number for number, end in enumerate(ends) if end > alone), 0)
    order = [first, *(number for number in range(len(shares)) if number != first)]
    work = _Work(function, [shares[number] for number in order], _Known(known))
    with as_exceptions():
        done = _done(work, processes)
    for taken in sorted(range(len(order)), key=order.__getitem__):
        made = done.pop(taken, None)
        if isinstance(made, bytes):
            made = _Reader(made, work.known).load()
        yield from map(function, work.shares[taken]) if made is None else made


def _shares(items: Sequence[Any], seconds: Sequence[float], processes: int) -> list[Sequence[Any]]:
    """The items in order, in parts of about equal cost."""
    most = sum(seconds) / min(_SHARES * processes, _MOST_SHARES)
    ends, cost = [], 0.0
    for index, each in enumerate(seconds, start=1):
        cost += each
        if cost >= most:
            ends.append(index)
            cost = 0.0
    ends = [*ends[:_MOST_SHARES], len(items)]
    starts = [0, *ends]
    return [items[start:end] for start, end in zip(starts, ends, strict=False) if start < end]


def _done(work: _Work, processes: int) -> dict[int, bytes | list[list[Any]]]:
    """The results of the shares that went well, those of copies as they were sent."""
    copies: list[_Copy] = []
    done: dict[int, bytes | list[list[Any]]] = {}
    queue = _queue(len(work.shares))
    try:
        taken = _taken(work, queue)
        done.update(islice(taken, 1))
        for _ in range(processes - 1):
            _start(copies, work, queue)
        done.update(taken)
        for copy in copies:
            done.update(_received(copy.pipe))
    finally:
        _end(copies)
        os.close(queue)
    return done


def _queue(number: int) -> int:
    """A pipe with the numbers of all shares, of which each reader takes the next one."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(each.to_bytes(_NUMBER, "big") for each in range(number)))
    os.close(writing)
    return reading


def _taken(work: _Work, queue: int, parent: int = 0) -> Iterator[tuple[int, list[list[Any]]]]:
    """The shares that this process gets, with their results.

    After a failure nobody takes more, as nothing that follows it is needed.
    """
    while parent in (0, os.getppid()) and (number := os.read(queue, _NUMBER)):
        share = int.from_bytes(number, "big")
        stages.reach(share / len(work.shares))
        try:
            made = work.made(share)
        except Exception:  # noqa: BLE001 # raised again when its turn comes
            while os.read(queue, _CHUNK):
                pass
            return
        if made is not None:
            yield share, made


def _start(copies: list[_Copy], work: _Work, queue: int) -> None:
    """Adds a copy of this process, where the system allows one more."""
    parent = os.getpid()
    with suppress(OSError), _undisturbed() as usual:
        reading, writing = os.pipe()
        try:
            process = os.fork()
            if not process:
                _be_copy(
                    work, queue, [reading, *(copy.pipe for copy in copies)], writing, parent, usual
                )
            copies.append(_Copy(process, reading))
        except OSError:
            os.close(reading)
        finally:
            os.close(writing)


@contextmanager
def _undisturbed() -> Iterator[set[Any]]:
    """Signals wait, so that none comes before a copy is noted; gives those that waited before."""
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield usual
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def _be_copy(
    work: _Work, queue: int, readers: Iterable[int], pipe: int, parent: int, usual: set[Any]
) -> NoReturn:
    """What a copy does: it takes shares, sends their results, and ends without any cleanup."""
    try:
        for number in _ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        for reader in readers:
            os.close(reader)
        gc.disable()  # it would write to memory that is shared
        with _bound_to_reader(pipe):
            sent = [*_frames(work, _taken(work, queue, parent=parent))]
        for frame in sent:
            _send(pipe, frame)
    finally:
        os._exit(0)  # what is missing is done by the parent


@contextmanager
def _bound_to_reader(pipe: int) -> Iterator[None]:
    """On Linux a signal ends this process when the other end of the pipe is gone."""
    if sys.platform != "linux":
        yield
        return
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    usual = fcntl.fcntl(pipe, fcntl.F_GETFL)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETFL, usual | os.O_ASYNC)
    yield
    fcntl.fcntl(pipe, fcntl.F_SETFL, usual)  # a reader that reads would be a signal, too


def _frames(work: _Work, taken: Iterable[tuple[int, list[list[Any]]]]) -> Iterator[bytes]:
    """The results that can be sent: the number of a share, the length, the pickle."""
    for number, made in taken:
        with suppress(Exception):
            data = _pickled(made, work.known)
            yield number.to_bytes(_NUMBER, "big") + len(data).to_bytes(_LENGTH, "big") + data


def _send(pipe: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(pipe, rest[:_CHUNK]) :]


def _received(pipe: int) -> Iterator[tuple[int, bytes]]:
    """The shares that a copy did, until it ended, with their results."""
    with open(pipe, "rb", closefd=False) as file:
        while len(head := file.read(_NUMBER + _LENGTH)) == _NUMBER + _LENGTH:
            length = int.from_bytes(head[_NUMBER:], "big")
            if len(data := file.read(length)) == length:
                yield int.from_bytes(head[:_NUMBER], "big"), data


def _end(copies: Iterable[_Copy]) -> None:
    """Ends all copies at once."""
    for copy in copies:
        with suppress(ProcessLookupError):
            os.kill(copy.process, signal.SIGKILL)
    for copy in copies:
        os.close(copy.pipe)
        with suppress(ChildProcessError):  # where the signals of children are ignored
            os.waitpid(copy.process, 0)


def _pickled(made: object, known: _Known) -> bytes:
    """The results; raises LookupError if they refer to what the parent does not have."""
    file = BytesIO()
    writer = _KnowingWriter(file, known) if known else _Writer(file, pickle.HIGHEST_PROTOCOL)
    writer.dump(made)
    return file.getvalue()


class _Writer(pickle.Pickler):
    """Writes plain values."""

    def reducer_override(self, thing: object) -> Any:
        if isinstance(thing, tuple | Enum | type):
            return NotImplemented
        raise LookupError(type(thing))


class _KnowingWriter(_Writer):
    """Writes in place of what both processes know its id, which it asks of each value."""

    def __init__(self, file: BytesIO, known: _Known) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._known = known

    def persistent_id(self, thing: object) -> int | None:
        if type(thing) in _PLAIN:
            return None
        return id(thing) if id(thing) in self._known.by_id else None


class _Reader(pickle.Unpickler):
    """Reads what `_Writer` wrote."""

    def __init__(self, data: bytes, known: _Known) -> None:
        super().__init__(BytesIO(data))
        self._known = known

    def persistent_load(self, key: int) -> object:
        return self._known.by_id[key]
