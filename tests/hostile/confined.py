"""Runs a program within limits, and prints what it cost: `python confined.py OUT ERR COMMAND...`.

It is a program of its own, and small: the peak of a process counts from the memory of the one that
started it.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time

_CPU_SECONDS = 15
_WALL_SECONDS = 90
_BYTES = 6 * 2**30


def main() -> None:
    """Runs the program; prints exit code, CPU seconds, peak in MB, and whether it was ended."""
    output, errors, *command = sys.argv[1:]
    process = os.fork()
    if not process:
        os.setsid()
        for stream, name, flags in (
            (0, os.devnull, os.O_RDONLY),
            (1, output, os.O_WRONLY),
            (2, errors, os.O_WRONLY),
        ):
            os.dup2(os.open(name, flags | os.O_CREAT), stream)
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = _BYTES if hard == resource.RLIM_INFINITY else min(hard, _BYTES)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.execv(command[0], command)
    end, done = time.monotonic() + _WALL_SECONDS, 0
    while not done and time.monotonic() < end:
        time.sleep(0.01)
        done, status, usage = os.wait4(process, os.WNOHANG)
    if not done:
        os.killpg(process, signal.SIGKILL)
        _, status, usage = os.wait4(process, 0)
    cost = {
        "code": os.waitstatus_to_exitcode(status),
        "cpu": usage.ru_utime + usage.ru_stime,
        "megabytes": usage.ru_maxrss / 1024,
        "ended": not done,
    }
    sys.stdout.write(json.dumps(cost))


if __name__ == "__main__":
    main()
