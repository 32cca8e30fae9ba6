"""How long something takes, whatever else the machine and the tests around it do."""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["quickest"]

_RUNS = 3


def quickest(work: Callable[[], object], enough: float) -> float:
    """The least seconds of CPU of three runs, or of the first that takes no more than `enough`.

    Other programs on the same core make a run slow by chance; what is slow by itself is so each
    time. The garbage collector does not look at what other tests left.
    """
    least = float("inf")
    gc.freeze()
    try:
        for _ in range(_RUNS):
            least = min(least, _seconds(work))
            if least <= enough:
                break
    finally:
        gc.unfreeze()
    return least


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
