"""Runs programs in turns, and says what they took."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.programs import Program

__all__ = ["Figures", "Taken", "figures", "runs", "turns"]

SECONDS = 15.0  # that all runs of a program on a tree may take, roughly
MOST, LEAST = 25, 3
_LAUNCH = str(Path(__file__).with_name("launch.py"))
_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"  # an installed program is compiled


class Taken(NamedTuple):
    """What one run took: seconds, seconds of the processors, MB; `lacks` is why it is no answer."""

    seconds: float
    cpu: float
    megabytes: float
    lacks: str = ""


class Figures(NamedTuple):
    """What the runs of a program took: the median, the fastest and the slowest, the peak."""

    seconds: float
    fastest: float
    slowest: float
    cpu: float
    megabytes: float
    runs: int
    lacks: str = ""


def turns(
    programs: Mapping[str, Program], limit: float, seconds: float = SECONDS
) -> dict[str, Figures]:
    """The figures of each program; what is longer than the limit, or fails, is not run again."""
    first = {name: _once(program, limit) for name, program in programs.items()}
    taken: dict[str, list[Taken]] = {name: [] for name in programs}
    wanted = {name: runs(one, programs[name].is_peer, seconds) for name, one in first.items()}
    for turn in range(max(wanted.values(), default=0)):
        for name, program in programs.items():
            if turn < wanted[name]:
                taken[name].append(_once(program, limit))
    return {name: figures(taken[name] or [first[name]]) for name in programs}


def runs(first: Taken, is_peer: bool, seconds: float = SECONDS) -> int:
    """How often a program is run after its first run, which only warms the caches."""
    if first.lacks:
        return 0
    fitting = int(seconds / max(first.seconds, 1e-3))
    return max(0 if is_peer else LEAST, min(MOST, fitting))


def figures(taken: Iterable[Taken]) -> Figures:
    """The figures of some runs."""
    every = list(taken)
    seconds = sorted(one.seconds for one in every)
    return Figures(
        statistics.median(seconds), seconds[0], seconds[-1],
        statistics.median(one.cpu for one in every), max(one.megabytes for one in every),
        len(every), next((one.lacks for one in every if one.lacks), ""),
    )  # fmt: skip


def _once(program: Program, limit: float) -> Taken:
    environment = {key: value for key, value in os.environ.items() if key != _UNCOMPILED}
    with tempfile.NamedTemporaryFile() as output:
        launch = [sys.executable, "-I", "-S", _LAUNCH, str(limit), output.name, *program.command]
        told = subprocess.run(
            launch, check=True, capture_output=True, text=True, env=environment
        ).stdout.split()
        said = Path(output.name).read_bytes().decode("utf-8", "replace")
    seconds, cpu, kilobytes, status = float(told[0]), float(told[1]), float(told[2]), int(told[3])
    lacks = _lacks(program, said, status, limit)
    if program.tells_time and not lacks:
        seconds = float(said)
    return Taken(seconds, cpu, kilobytes / 1024, lacks)


def _lacks(program: Program, said: str, status: int, limit: float) -> str:
    if status == -9:
        return f"killed after {limit:g} s"
    if not 0 <= status <= program.most_code:
        return f"exit {status}"
    return "" if program.answer in said else "did not read all"
