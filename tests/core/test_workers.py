"""Copies of the process give the results of one process, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import ROOT
from vmsnap_lint.core import cores, forked, stages, workers
from vmsnap_lint.core.model import Severity, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    # a thread of the tests, such as the one of xdist, is none of the program
    pytest.mark.usefixtures("alone"),
]

THIS = os.getpid()
DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(workers, "_is_alone", lambda: True)
    before = workers._Allowed.processes
    yield
    workers.allow(before)


def made(
    work: Callable[[Any], Iterable[Any]],
    items: Sequence[Any],
    processes: int = 3,
    known: Sequence[object] = (),
) -> list[list[Any]]:
    """The results by so many processes, and nothing is left of these."""
    workers.allow(processes)
    descriptors = len([*DESCRIPTORS.iterdir()])
    try:
        found = workers.spread(items, work, [1.0] * len(items), lambda: known)
        return [list(each) for each in found]
    finally:
        assert len([*DESCRIPTORS.iterdir()]) == descriptors
        with pytest.raises(ChildProcessError):  # no zombie
            os.waitpid(-1, os.WNOHANG)


def is_copy() -> bool:
    return os.getpid() != THIS


def slow_here(item: object) -> None:
    """Lets a copy take the items after the first one, whichever process is quicker."""
    if not is_copy() and item:
        time.sleep(0.05)


@settings(max_examples=15, deadline=None)
@given(
    items=st.lists(st.text(max_size=3), max_size=80),
    seconds=st.lists(st.floats(0, 100), min_size=80, max_size=80),
    processes=st.integers(1, 4),
    alone=st.integers(0, 80),
)
def test_the_results_are_those_of_one_process(
    items: list[str], seconds: list[float], processes: int, alone: int
) -> None:
    workers.allow(processes)
    costs = seconds[: len(items)]
    found = workers.spread(items, lambda item: [item, len(item)], costs, alone=alone)
    assert [list(each) for each in found] == [[item, len(item)] for item in items]


def test_copies_do_a_part() -> None:
    def work(item: int) -> list[tuple[int, bool]]:
        slow_here(item)
        return [(item, is_copy())]

    found = [entry for each in made(work, range(40)) for entry in each]
    assert [item for item, _ in found] == [*range(40)]
    assert {copied for _, copied in found} == {True, False}


@pytest.mark.parametrize("first", [0, 3, 7])
def test_one_item_is_done_before_there_are_copies(first: int) -> None:
    prepared: list[int] = []

    def work(item: int) -> list[tuple[int, int]]:
        slow_here(item)
        prepared.append(item)
        return [(item, prepared[0])]

    workers.allow(2)
    found = workers.spread(range(8), work, [1.0] * 8, alone=first)
    assert [list(each) for each in found] == [[(item, first)] for item in range(8)]


@pytest.mark.parametrize("processes", [1, 2])
def test_little_work_is_not_worth_a_copy(processes: int) -> None:
    workers.allow(processes)
    found = workers.spread(range(40), lambda _: [os.getpid()], [0.001] * 40)
    assert {pid for each in found for pid in each} == {THIS}


def test_a_process_with_threads_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    release = threading.Event()
    thread = threading.Thread(target=release.wait)
    thread.start()
    try:
        assert not workers._is_alone()
    finally:
        release.set()
        thread.join()


def test_results_refer_to_what_both_processes_have() -> None:
    class Thing:
        pass

    things = [Thing() for _ in range(20)]

    def work(item: int) -> list[tuple[Thing, Severity]]:
        slow_here(item)
        return [(things[item], Severity.ERROR)]

    assert made(work, range(20), 2, things) == [[(thing, Severity.ERROR)] for thing in things]


def test_what_cannot_be_sent_is_made_here() -> None:
    class Thing:
        pass

    def work(item: int) -> list[object]:
        slow_here(item)
        return [Thing(), Span(1, 1, 1, item)]

    assert [each[1].end_column for each in made(work, range(20))] == [*range(20)]


def test_too_many_results_are_made_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "_MOST_RESULTS", 10)
    found = made(lambda item: iter(range(item * 8)), range(4))
    assert found == [[*range(item * 8)] for item in range(4)]


@pytest.mark.parametrize("end", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(1)])
def test_what_a_dead_copy_leaves_is_done_here(end: Callable[[], None]) -> None:
    def work(item: int) -> list[int]:
        slow_here(item)
        if is_copy() and item % 5 == 3:
            end()
        return [item]

    assert made(work, range(30)) == [[item] for item in range(30)]


@pytest.mark.parametrize("error", [MemoryError, RecursionError, ValueError])
def test_a_failure_of_a_copy_alone_is_none(error: type[Exception]) -> None:
    def work(item: int) -> list[int]:
        slow_here(item)
        if is_copy():
            raise error
        return [item]

    assert made(work, range(20)) == [[item] for item in range(20)]


def test_the_first_failure_is_told_after_what_precedes_it() -> None:
    def work(item: int) -> list[int]:
        if item in (7, 9, 11):
            raise ValueError(item)
        return [item]

    workers.allow(3)
    found = workers.spread(range(30), work, [1.0] * 30)
    assert [list(each) for each in islice(found, 7)] == [[item] for item in range(7)]
    with pytest.raises(ValueError, match=r"^7$"):
        list(next(found))


def test_a_stage_tells_of_what_copies_do() -> None:
    told = set()

    def work(item: int) -> list[int]:
        told.add(stages.now())
        time.sleep(0.01)
        return [item]

    stages.enter("reading", 40)
    made(work, range(40))
    assert max(int(text.split()[1]) for text in told) > len(told)


def test_no_process_more_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr("os.fork", refused)
    assert made(lambda item: [item], range(9)) == [[item] for item in range(9)]


def test_children_that_nobody_waits_for_are_no_failure() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        workers.allow(3)
        found = workers.spread(range(9), lambda item: [item], [1.0] * 9)
        assert [list(each) for each in found] == [[item] for item in range(9)]
    finally:
        signal.signal(signal.SIGCHLD, before)


def test_output_that_waits_is_written_once(tmp_path: Path) -> None:
    """Neither buffers nor what is to be done at the end of a process are those of a copy."""
    code = (
        "import atexit, os, sys\nfrom vmsnap_lint.core import workers\n"
        "atexit.register(print, 'end')\nprint('begin', end=' ')\nworkers.allow(3)\n"
        "found = workers.spread(range(50), lambda n: [n], [1.0] * 50)\n"
        "print(sum(n for each in found for n in each))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
    )  # fmt: skip
    assert (run.stdout, run.stderr) == ("begin 1225\nend\n", "")


# Runs until its copies run too, whose ids it prints; then a signal ends it.
ENDLESS = r"""\
import os, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
import vmsnap_lint.cli.check_command as command
from vmsnap_lint.core import workers

def work(item):
    if item:
        os.write(1, b"%d\n" % os.getpid())
        time.sleep(600)
    return []

def run(_):
    workers.allow(3)
    list(workers.spread(range(40), work, [1.0] * 40))

command.run = run
from vmsnap_lint.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)],
)
@pytest.mark.parametrize("to_group", [False, True])
def test_copies_do_not_outlive_a_run(number: int, code: int, to_group: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        processes = [int(run.stdout.readline()) for _ in range(3)]
        (os.killpg if to_group else os.kill)(run.pid, number)
        output = run.stdout.read()  # it ends when all of them have ended
    assert (run.returncode, output, len({*processes})) == (code, b"", 3)


def test_cores_are_those_of_the_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {*range(8)})
    quota = tmp_path / "cpu.max"
    monkeypatch.setattr(cores, "_QUOTA", str(quota))
    monkeypatch.setattr(cores, "_FORMER_QUOTA", (str(tmp_path / "a"), str(tmp_path / "b")))
    found = []
    for text in ("max 100000", "250000 100000", "50000 100000", "1600000 100000", "x", "1 0"):
        quota.write_text(f"{text}\n")
        found.append(cores.usable())
    quota.unlink()
    assert [*found, cores.usable()] == [8, 3, 1, 8, 8, 8, 8]
    (tmp_path / "a").write_text("200000\n")
    (tmp_path / "b").write_text("100000\n")
    assert cores.usable() == 2
    (tmp_path / "a").write_text("-1\n")
    assert cores.usable() == 8
