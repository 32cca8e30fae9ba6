"""What a process of ours that handles hostile input may use, and which environment it gets."""

from __future__ import annotations

import os
import sys

__all__ = ["confine", "environment"]


def environment() -> dict[str, str]:
    """An environment that finds our modules, and has no other setting of Python."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}


def confine(memory: int, seconds: int, **others: int) -> None:
    """Limits this process, where the system can, to bytes of memory and seconds of CPU.

    `others` are further limits, such as `RLIMIT_FSIZE`. There are no core dumps.
    """
    try:
        import resource  # not on Windows
    except ImportError:
        return
    limits = {"RLIMIT_AS": memory, "RLIMIT_CPU": seconds, "RLIMIT_CORE": 0, **others}
    for name, most in limits.items():
        what = getattr(resource, name)
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(what, (most, most))
