"""What the stages of a run took, as a small table: seconds, processor time, and the peak memory.

Of other processes (kustomize, helm, workers) only what has ended is known, so their processor time
counts in the stage that waited for them, and stands apart.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress

from vmsnap_lint.core import stages
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["StageTimes", "recorded"]

_START = "start (interpreter, imports, settings)"
_STAT, _STATUS = "/proc/self/stat", "/proc/self/status"
_STARTED = 19  # the field of _STAT behind the name of the program: its start, in clock ticks
_KIB_OF_MIB = 1 << 10


class _Moment(NamedTuple):
    """Seconds since some time, and of processors so far: ours, and of other processes."""

    wall: float
    own: float
    others: float


class _Spent(NamedTuple):
    """What all stages of one name took together, and how many pieces were done in them."""

    wall: float = 0.0
    own: float = 0.0
    others: float = 0.0
    done: int = 0


class StageTimes:
    """The clock of a run: what has ended is added up by stage, in the order of their first."""

    def __init__(self) -> None:
        now = _moment()
        self._last = _Moment(now.wall - _seconds_since_start(), 0.0, 0.0)
        self._spent: dict[str, _Spent] = {}

    def ended(self, what: str, done: int) -> None:
        """Adds the time since the end of the last stage to this one."""
        now, last = _moment(), self._last
        so_far = self._spent.get(what, _Spent())
        self._last = now
        self._spent[what] = _Spent(
            so_far.wall + now.wall - last.wall, so_far.own + now.own - last.own,
            so_far.others + now.others - last.others, so_far.done + done,
        )  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The table."""
        rows = [(f"{what}: {one.done:,}" if one.done else what, one)
                for what, one in self._spent.items()]  # fmt: skip
        rows.append(("all", _sum(self._spent.values())))
        width = max(len(what) for what, _ in rows)
        with_others = rows[-1][1].others > 0
        others = "  others' processor" if with_others else ""
        yield f"{'':{width}}  {'seconds':>8}  processor{others}"
        for what, one in rows:
            more = f"  {one.others:17.3f}" if with_others else ""
            yield f"{what:{width}}  {one.wall:8.3f}  {one.own:9.3f}{more}"
        yield from _memory()


@contextmanager
def recorded() -> Iterator[StageTimes]:
    """The times of the stages until the end; what went before is the first of them."""
    times = StageTimes()
    stages.enter(_START)
    stages.watch(times.ended)
    try:
        yield times
        stages.enter("ending")
    finally:
        stages.watch(None)


def _moment() -> _Moment:
    used = os.times()
    return _Moment(
        time.perf_counter(), time.process_time(), used.children_user + used.children_system
    )


def _sum(spent: Iterable[_Spent]) -> _Spent:
    every = list(spent)
    return _Spent(
        sum(one.wall for one in every), sum(one.own for one in every),
        sum(one.others for one in every),
    )  # fmt: skip


def _seconds_since_start() -> float:
    """How long the process has run: as Linux tells, in hundredths, else its processor time."""
    with suppress(OSError, ValueError, IndexError, AttributeError), open(_STAT, "rb") as file:
        ticks = int(file.read().rpartition(b")")[2].split()[_STARTED])
        since_boot = time.clock_gettime(time.CLOCK_BOOTTIME)
        return max(since_boot - ticks / os.sysconf("SC_CLK_TCK"), time.process_time())
    return time.process_time()


def _memory() -> Iterator[str]:
    try:
        import resource  # not on Windows
    except ImportError:
        return
    own, others = (
        resource.getrusage(who).ru_maxrss // _unit()
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    own = _high_water() or own
    yield f"peak memory: {own} MiB" + (
        f", the largest other process {others} MiB" if others else ""
    )


def _unit() -> int:
    """How many of what the system tells are a MiB: bytes on macOS, KiB elsewhere."""
    return 1 << 20 if os.uname().sysname == "Darwin" else _KIB_OF_MIB


def _high_water() -> int:
    """The peak that Linux tells of this program alone, without the one that started it; else 0."""
    with suppress(OSError), open(_STATUS, "rb") as file:
        for line in file:
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) // _KIB_OF_MIB
    return 0
