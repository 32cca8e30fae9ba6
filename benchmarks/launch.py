"""Runs one program and prints its seconds, processor time, peak memory (KiB) and exit status.

`launch.py SECONDS OUTPUT COMMAND...`: a small process of its own, as the peak that the kernel tells
of a child is never less than what its parent had. The status is negative where a signal ended it,
-9 where that was the time limit.
"""

import os
import signal
import sys
import time


def _run(seconds: float, output: str, command: list[str]) -> None:
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.setsid()
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(file, 1)
        os.dup2(file, 2)
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _, status, usage = os.wait4(child, 0)
    took = time.perf_counter() - began
    peak = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    code = os.waitstatus_to_exitcode(status)
    print(took, usage.ru_utime + usage.ru_stime, peak, code)


if __name__ == "__main__":
    _run(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
