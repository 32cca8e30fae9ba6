"""A long run says on a terminal what it does, and leaves nothing of that there."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import termios
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, write
from tests.shared import ROOT
from vmsnap_lint import cli
from vmsnap_lint.cli import progress_line
from vmsnap_lint.core import stages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pty = pytest.importorskip("pty")

SLOW = """\
#!{python} -S
import time
time.sleep({seconds})
print({output!r})
"""
BUILT = f"{VM}---\n{SNAPSHOT}"
TREE = {
    "kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
    "vm.yaml": VM, "snapshot.yaml": SNAPSHOT,
}  # fmt: skip
LINE = "building trees: 0 of 1"
ERASED = "\r\x1b[K"


@pytest.fixture(autouse=True)
def _signals_arrive() -> Iterator[None]:
    """What is started in the background of a shell ignores some, and so would our processes."""
    ignored = [each for each in SIGNALS if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, signal.SIG_DFL)
    yield
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    write(tmp_path / "tree", TREE)
    return tmp_path / "tree"


def slow(tree: Path, seconds: float) -> str:
    """A search path with a kubectl that takes its time."""
    program = tree.parent / "bin" / "kubectl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(SLOW.format(python=sys.executable, seconds=seconds, output=BUILT))
    program.chmod(0o755)
    return str(program.parent)


class Run:
    """A run whose standard error, and standard output if it is no pipe, is a terminal."""

    def __init__(
        self,
        tree: Path,
        path: str,
        *flags: str,
        piped: bool = False,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.terminal, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vmsnap_lint", *flags],
            cwd=tree, stdin=subprocess.DEVNULL, stderr=theirs,
            stdout=subprocess.PIPE if piped else theirs,
            env={"PATH": path, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment},
        )  # fmt: skip
        os.close(theirs)
        self.shown = ""

    def until(self, text: str = "", seconds: float = 30) -> bool:
        """Whether a text is shown; without one, reads all that there is."""
        end = time.monotonic() + seconds
        while not (text and text in self.shown) and time.monotonic() < end:
            if not select.select([self.terminal], [], [], 0.1)[0]:
                continue
            try:
                part = os.read(self.terminal, 1 << 16)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            self.shown += part.decode()
        return text in self.shown

    def ended(self) -> int:
        self.until()
        if self.process.stdout is not None:
            self.process.stdout.close()
        code = self.process.wait(60)
        os.close(self.terminal)
        return code


def screen(shown: str) -> list[str]:
    """The lines of a terminal that got this: it knows line ends and how to erase a line."""
    lines, column = [""], 0
    for part in re.findall(r"\r\n|\r|\x1b\[K|[^\r\x1b]+", shown):
        if part == "\r\n":
            lines.append("")
            column = 0
        elif part == "\r":
            column = 0
        elif part == "\x1b[K":
            lines[-1] = lines[-1][:column]
        else:
            lines[-1] = lines[-1][:column] + part + lines[-1][column + len(part) :]
            column += len(part)
    return lines


def test_a_slow_run_shows_what_it_does_and_leaves_no_trace(tree: Path) -> None:
    run = Run(tree, slow(tree, 1.8))
    assert run.until(LINE)
    assert run.ended() in (cli.CLEAN, cli.FINDINGS)
    before, _, after = run.shown.partition(LINE)
    assert ERASED in after
    quick = Run(tree, slow(tree, 0))
    assert quick.ended() in (cli.CLEAN, cli.FINDINGS)
    assert screen(run.shown) == screen(quick.shown)
    assert set(before) <= set("\r\x1b[K") | set("reading files: 0123456789")


def test_nobody_is_shown_a_line_who_did_not_look(tree: Path) -> None:
    path = slow(tree, 1.4)
    runs = [
        Run(tree, path, "--quiet"),
        Run(tree, path, environment={"CI": "1"}),
        Run(tree, path, environment={"GITHUB_ACTIONS": "true"}),
        Run(tree, path, environment={"TERM": "dumb"}),
    ]
    for run in runs:
        run.ended()
        assert "building" not in run.shown
        assert "\x1b[K" not in run.shown


def test_a_pipe_gets_no_line(tree: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint"], cwd=tree, capture_output=True, check=False,
        env={"PATH": slow(tree, 1.4), "PYTHONPATH": str(ROOT), "TERM": "xterm"},
    )  # fmt: skip
    assert b"building" not in ran.stderr + ran.stdout
    assert b"\x1b" not in ran.stderr + ran.stdout


def test_the_result_may_go_elsewhere(tree: Path) -> None:
    run = Run(tree, slow(tree, 1.8), piped=True)
    assert run.until(LINE)
    run.ended()
    assert ERASED in run.shown.partition(LINE)[2]


@pytest.mark.parametrize("verb", ["plan", "clusters"])
def test_other_verbs_that_read_show_it_too(tree: Path, verb: str) -> None:
    run = Run(tree, slow(tree, 1.8), verb)
    assert run.until(LINE)
    assert run.ended() == cli.CLEAN
    assert not [line for line in screen(run.shown) if "building" in line]


SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.mark.parametrize(("number", "code"), SIGNALS.items(), ids=str)
def test_a_signal_erases_it(tree: Path, number: signal.Signals, code: int) -> None:
    run = Run(tree, slow(tree, 60))
    assert run.until(LINE)
    run.process.send_signal(number)
    assert run.ended() == code
    assert screen(run.shown) == [""]


def test_an_error_erases_it(tree: Path) -> None:
    run = Run(tree, slow(tree, 1.8), "--cluster=none")
    assert run.until(LINE)
    assert run.ended() == cli.USAGE
    lines = screen(run.shown)
    assert lines[0].startswith("vmsnap-lint: error: ")
    assert not [line for line in lines if "building" in line]


# --- in this process


@pytest.fixture
def _alarm() -> Iterator[None]:
    """The alarm that watches over tests is off for a while."""
    handler = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    timer = signal.setitimer(signal.ITIMER_REAL, 0)
    yield
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, *timer)


@pytest.fixture
def terminal(_alarm: None) -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 20))
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def received(terminal: int) -> bytes:
    """What a terminal has got."""
    data = b""
    while select.select([terminal], [], [], 0.2)[0]:
        data += os.read(terminal, 1000)
    return data


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_would_end_the_process_does_so_after_it_is_erased(
    terminal: tuple[int, int], number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[int, int]] = []
    before = signal.getsignal(number)
    signal.signal(number, signal.SIG_DFL)
    end = progress_line.shown(terminal[1])
    try:
        signal.raise_signal(signal.SIGALRM)
        monkeypatch.setattr("os.kill", lambda *it: sent.append(it))
        signal.raise_signal(number)
        assert sent == [(os.getpid(), number)]
        assert signal.getsignal(number) is signal.SIG_DFL
        assert received(terminal[0]).endswith(b"\r\x1b[K")
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    finally:
        end()
        signal.signal(number, before)


def test_a_line_is_never_as_wide_as_the_terminal(terminal: tuple[int, int]) -> None:
    end = progress_line.shown(terminal[1])
    stages.enter("reading files", 1_234_567)
    signal.raise_signal(signal.SIGALRM)
    signal.raise_signal(signal.SIGALRM)
    end()
    assert received(terminal[0]) == b"\rreading files: 0 of\x1b[K\r\x1b[K"
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL


def test_an_alarm_that_is_in_use_is_left_alone(terminal: tuple[int, int]) -> None:
    def handler(*_: object) -> None:
        """Of somebody else."""

    signal.signal(signal.SIGALRM, handler)
    progress_line.shown(terminal[1])()
    assert signal.getsignal(signal.SIGALRM) is handler
    assert not select.select([terminal[0]], [], [], 0)[0]


@pytest.mark.usefixtures("_alarm")
def test_a_terminal_that_is_gone_is_no_error() -> None:
    ours, theirs = pty.openpty()
    end = progress_line.shown(theirs)
    os.close(ours)
    os.close(theirs)
    signal.raise_signal(signal.SIGALRM)
    end()
