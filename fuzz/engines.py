"""Calls a target with ever new inputs: guided by coverage (atheris), or by chance alone."""

from __future__ import annotations

import importlib.util
import pkgutil
import sys
import time
from importlib import import_module
from random import Random
from typing import TYPE_CHECKING

from fuzz.mutation import MOST_BYTES, mutated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Try = Callable[[bytes], None]

__all__ = ["ATHERIS", "by_chance", "guided", "instrumented"]

ATHERIS = importlib.util.find_spec("atheris") is not None
_POOL = 400  # inputs that are kept to be changed again


def by_chance(
    attempt: Try, seeds: Sequence[bytes], pieces: Sequence[bytes], seconds: float, seed: int
) -> None:
    """Tries the seeds, then changes of them and of what came of these."""
    dice, end = Random(seed), time.monotonic() + seconds  # no secret
    for data in seeds:
        attempt(data)
    pool = [*seeds]
    while time.monotonic() < end:
        data = mutated(dice.choice(pool), dice, seeds, pieces)
        attempt(data)
        if dice.random() < 0.2 and len(data) < MOST_BYTES // 4:
            pool.append(data)
            if len(pool) > _POOL + len(seeds):
                del pool[len(seeds)]


def instrumented() -> None:
    """Imports all modules of the program so that atheris sees which lines an input reaches."""
    import atheris  # a dev extra, not for every platform

    with atheris.instrument_imports(include=["vmsnap_lint"], enable_loader_override=False):
        package = import_module("vmsnap_lint")
        for module in pkgutil.walk_packages(package.__path__, "vmsnap_lint."):
            if not module.name.endswith(("__main__", "cel_worker")):
                import_module(module.name)


def guided(attempt: Try, pieces: Sequence[bytes], seconds: float, seed: int, folder: Path) -> None:
    """Lets libFuzzer choose; it ends the process.

    `folder` holds the inputs to begin with, and gets those that reach other lines.
    """
    import atheris  # as above

    others = [path.read_bytes() for path in sorted(folder.iterdir())]

    def change(data: bytes, most: int, number: int) -> bytes:
        dice = Random(number)  # no secret
        if dice.random() < 0.5:
            changed: bytes = atheris.Mutate(data, most)
            return changed
        return mutated(data, dice, others, pieces)[:most]

    options = [
        f"-max_total_time={max(1, int(seconds))}", f"-max_len={MOST_BYTES}", f"-seed={seed or 1}",
        "-verbosity=0", "-timeout=120", "-report_slow_units=3600", "-rss_limit_mb=4096",
        f"-artifact_prefix={folder.parent}/",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(folder)], attempt, custom_mutator=change)
    atheris.Fuzz()
