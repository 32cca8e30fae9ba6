"""Items become the results of a function, in their order; copies of this process help with many.

No result depends on how many there are.
"""

from __future__ import annotations

import os
import sys

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeVar

    Item = TypeVar("Item")
    Result = TypeVar("Result")

__all__ = ["MOST_PROCESSES", "allow", "spread"]

MOST_PROCESSES = 60
_LEAST_SECONDS = 0.25  # of work that is worth copies: one costs some 0.03 s
_TASKS = "/proc/self/task"  # all threads of this process, on Linux


class _Allowed:
    """How many processes a run may use, 0 for one on each usable core: one place for all of it."""

    processes = 1


def allow(processes: int) -> None:
    """Sets how many processes a run may use, 0 for one on each usable core."""
    _Allowed.processes = processes


def spread(
    items: Sequence[Item],
    work: Callable[[Item], Iterable[Result]],
    seconds: Sequence[float],
    known: Callable[[], Iterable[object]] = tuple,
    alone: int = 0,
) -> Iterator[Iterable[Result]]:
    """The results of each item, in order; it takes about so many seconds.

    `known` gives the objects that results may refer to as they are; what refers to another instance
    of their classes is done in this process. The item `alone` is done before there are copies,
    which then share what it had prepared.
    """
    processes = _processes(sum(seconds)) if len(items) > 1 else 1
    if processes < 2:
        return map(work, items)
    from vmsnap_lint.core import forked  # small runs need no other process

    return forked.results(items, work, seconds, processes, [*known()], alone)


def _processes(seconds: float) -> int:
    """The processes that work of so many seconds is worth, where it is safe to copy this one."""
    if seconds < _LEAST_SECONDS or _Allowed.processes == 1 or not _is_alone():
        return 1
    if _Allowed.processes:
        return min(_Allowed.processes, MOST_PROCESSES)
    from vmsnap_lint.core import cores  # as above

    return min(cores.usable(), MOST_PROCESSES)


def _is_alone() -> bool:
    """Whether this process can be copied, and has one thread: a lock of another stays locked."""
    if not hasattr(os, "fork"):
        return False
    if sys.platform == "linux":
        try:
            return len(os.listdir(_TASKS)) == 1
        except OSError:
            return False
    import threading  # where nothing else counts them

    return threading.active_count() == 1
