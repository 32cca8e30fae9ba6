"""How many processes at once this machine, or container, gives a run."""

from __future__ import annotations

import os
from contextlib import suppress

__all__ = ["usable"]

_QUOTA = "/sys/fs/cgroup/cpu.max"  # cgroup v2: "200000 100000" microseconds, or "max 100000"
_FORMER_QUOTA = ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us")


def usable() -> int:
    """The cores that this process may use, as many as the quota of its container is worth."""
    try:
        cores = len(os.sched_getaffinity(0))
    except (AttributeError, OSError):  # not on macOS and Windows
        cores = os.cpu_count() or 1
    return max(1, min(cores, _quota() or cores))


def _quota() -> int:
    """The quota of the container in whole cores, 0 where there is none."""
    allowed = (_read(_QUOTA) or " ".join(map(_read, _FORMER_QUOTA))).split()
    if len(allowed) != 2 or not all(map(str.isdecimal, allowed)):
        return 0
    quota, period = map(int, allowed)
    return -(-quota // period) if period else 0


def _read(path: str) -> str:
    with suppress(OSError, ValueError), open(path, encoding="ascii") as file:
        return file.read(100).strip()
    return ""
