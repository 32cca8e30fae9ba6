"""Fuzzes the targets: `python -m fuzz.run [--seconds N] [--target NAME]`.

With atheris (an extra of `dev`) inputs are guided by the lines that they reach; without it, by
chance, which finds less in the same time. Inputs that break a promise are tried again without
measuring, made small and kept: put them into tests/hostile/found/TARGET when they are mended.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fuzz import attempts, engines
from fuzz.mutation import MOST_BYTES
from fuzz.surroundings import confine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PATIENCE = 4.0  # the most by which measuring coverage slows the program down
_GRACE = 60.0  # seconds by which a process may be late


class Asked(NamedTuple):
    """How to fuzz; `seconds` are those of one target."""

    seconds: float
    seed: int
    guided: bool
    folder: Path


def main() -> int:
    """Fuzzes; returns 1 if an input breaks a promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="in all")
    parser.add_argument("--target", action="append", default=[], help="one of all (repeatable)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--engine", choices=("atheris", "chance"))
    parser.add_argument("--keep", type=Path, help="the folder for inputs that break a promise")
    given = parser.parse_args()
    guided = engines.ATHERIS if given.engine is None else given.engine == "atheris"
    if guided:
        with _quiet(Path(os.devnull)):
            engines.instrumented()
    from fuzz.targets import BY_NAME  # imports the program, which is to be measured

    names = given.target or list(BY_NAME)
    if unknown := set(names) - set(BY_NAME):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(BY_NAME)}")
    jobs = min(given.jobs, len(names))
    keep = given.keep or Path(tempfile.mkdtemp(prefix="fuzz-found-"))
    with tempfile.TemporaryDirectory() as folder:
        asked = Asked(given.seconds * jobs / len(names), given.seed, guided, Path(folder))
        way = "guided by coverage" if guided else "by chance (atheris is not installed)"
        print(f"{len(names)} targets, {asked.seconds:.1f} s each, {way}", flush=True)
        ended = _all(names, jobs, asked)
        broken = sum(_told(name, asked, keep, ended[name]) for name in names)
    print(f"{broken} faults; their inputs are in {keep}" if broken else "no fault")
    return int(bool(broken))


def _all(names: Sequence[str], jobs: int, asked: Asked) -> dict[str, int]:
    """Fuzzes the targets, some at a time; how the process of each ended."""
    waiting, running, ended = [*names][::-1], dict[int, tuple[str, float]](), dict[str, int]()
    while waiting or running:
        while waiting and len(running) < jobs:
            name = waiting.pop()
            running[_started(name, asked)] = name, time.monotonic()
        time.sleep(0.02)
        for process, (name, began) in [*running.items()]:
            if time.monotonic() - began > 2 * asked.seconds + _GRACE:
                os.kill(process, signal.SIGKILL)
            done, status = os.waitpid(process, os.WNOHANG)
            if done:
                del running[process]
                ended[name] = os.waitstatus_to_exitcode(status)
    return ended


def _started(name: str, asked: Asked) -> int:
    """The process that fuzzes a target: a fork, since measuring takes seconds to begin."""
    folder = asked.folder / name
    folder.mkdir()
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    try:
        with _quiet(folder / "log"):
            _fuzzed(name, folder, asked)
        os._exit(0)
    finally:
        os._exit(1)


def _fuzzed(name: str, folder: Path, asked: Asked) -> None:
    from fuzz.targets import BY_NAME, seeds  # as above

    confine()
    target = BY_NAME[name]
    attempt = attempts.Attempts(target.function, folder, _PATIENCE if asked.guided else 1.0)
    inputs = seeds(target)
    if not asked.guided:
        engines.by_chance(attempt, inputs, target.pieces, asked.seconds, asked.seed)
        return
    corpus = folder / "corpus"
    corpus.mkdir()
    for data in inputs:
        (corpus / hashlib.sha256(data).hexdigest()).write_bytes(data[:MOST_BYTES])
    engines.guided(attempt, target.pieces, asked.seconds, asked.seed, corpus)


def _told(name: str, asked: Asked, keep: Path, code: int) -> int:
    """Prints what came of a target; the number of its faults."""
    folder = asked.folder / name
    rows = attempts.results(folder)
    print(f"{name}: {attempts.count(folder):,} inputs", flush=True)
    if code:
        print(f"{name}: the process ended with {code}")
        print((folder / "log").read_text(errors="replace")[-2000:])
        rows.append(("the end of the process", attempts.current(folder)))
    return sum(_confirmed(name, kind, data, keep) for kind, data in rows)


def _confirmed(name: str, kind: str, data: bytes, keep: Path) -> bool:
    """Whether an input breaks a promise again, with nothing else in its process."""
    path = keep / name / hashlib.sha256(kind.encode()).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    command = [sys.executable, "-m", "fuzz.reproduce", name, str(path), "--shrink"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    except subprocess.TimeoutExpired:
        print(f"{path}: {kind}: is not done in 300 s")
        return True
    if not done.returncode:
        path.unlink()
        return False
    print(f"{path}: {kind}\n{done.stdout}{done.stderr}", flush=True)
    return True


@contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """Writes to the log what comes to standard output and standard error."""
    sys.stdout.flush()
    kept = [os.dup(1), os.dup(2)]
    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    try:
        yield
    finally:
        sys.stdout.flush()
        for copy, stream in zip(kept, (1, 2), strict=True):
            os.dup2(copy, stream)
            os.close(copy)


if __name__ == "__main__":
    raise SystemExit(main())
