"""A signal ends the run and all that it started, with the exit code of a shell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, write
from tests.shared import ROOT
from vmsnap_lint import __main__ as program
from vmsnap_lint import cli
from vmsnap_lint.core import interruptions
from vmsnap_lint.core.errors import Interruption

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.usefixtures("handlers"),
]

SIGNALS = {
    signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9,
}  # fmt: skip
TREE = {
    "kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
    "vm.yaml": VM, "snapshot.yaml": SNAPSHOT,
}  # fmt: skip
SLEEPER = """\
#!{python} -S
import os, signal, time
for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(one, signal.SIG_IGN)
with open("{pid}.new", "w") as file:
    file.write(str(os.getpid()))
os.rename("{pid}.new", "{pid}")
time.sleep(600)
"""


def soon(is_so: object) -> bool:
    """Whether a condition holds within some seconds."""
    for _ in range(1500):
        if is_so():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.parametrize(("number", "code"), SIGNALS.items(), ids=str)
def test_programs_and_temporary_files_do_not_outlive_us(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    pid, temporary, kubectl = (tmp_path / name for name in ("pid", "temporary", "bin/kubectl"))
    temporary.mkdir()
    kubectl.parent.mkdir()
    kubectl.write_text(SLEEPER.format(python=sys.executable, pid=pid))
    kubectl.chmod(0o755)
    write(tmp_path / "tree", TREE)
    environment = {
        **os.environ, "PATH": str(kubectl.parent), "TMPDIR": str(temporary),
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "vmsnap_lint", "."], cwd=tmp_path / "tree", env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as run:  # fmt: skip
        assert soon(pid.exists)
        assert list(temporary.iterdir())
        run.send_signal(number)
        output, _ = run.communicate(timeout=60)
    assert (run.returncode, output) == (code, b"")
    assert soon(lambda: not is_running(int(pid.read_text())))
    assert soon(lambda: not list(temporary.iterdir()))


# Stands in front of the program: the signal comes while its modules are imported.
EARLY = """\
import os, signal, sys
import vmsnap_lint.__main__ as program

class Signals:
    def find_spec(self, name, *_):
        if name == "vmsnap_lint.cli":
            os.kill(os.getpid(), getattr(signal, sys.argv[1]))

sys.meta_path.insert(0, Signals())
program.main()
"""


def test_an_interruption_during_the_start_leaves_no_traceback() -> None:
    run = subprocess.run(
        [sys.executable, "-c", EARLY, "SIGINT"], check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (SIGNALS[signal.SIGINT], b"")


def test_next_to_nothing_is_imported_before_an_interruption_is_caught() -> None:
    code = (
        "import sys; before = {*sys.modules}; import vmsnap_lint.__main__\n"
        "print(*sorted({name for name in sys.modules if '.' not in name} - before))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(ROOT)!r})\n{code}"],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert {"re", "signal", "typing", "typer", "yaml"}.isdisjoint(run.stdout.split())
    assert "vmsnap_lint" in run.stdout.split()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_programs_are_left_by_an_exception_and_a_second_signal_ends_at_once(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def ended(code: int) -> None:
        raise Interruption(code - 128)

    monkeypatch.setattr("os._exit", ended)
    before = signal.getsignal(number)
    with interruptions.as_exceptions():
        with pytest.raises(Interruption) as first:
            signal.raise_signal(number)
        assert signal.getsignal(number) is interruptions._end
        with pytest.raises(Interruption) as second:  # from os._exit
            signal.raise_signal(number)
    assert first.value.exit_code == second.value.exit_code == SIGNALS[number]
    assert signal.getsignal(number) is before


def test_an_interruption_outside_of_the_run_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    for error in (Interruption(signal.SIGHUP), KeyboardInterrupt()):

        def run(error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(cli, "main", run)
        program.main()
    assert codes == [129, 130]


def test_an_interruption_during_the_run_is_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise Interruption(signal.SIGTERM)

    monkeypatch.setattr(cli, "_command", interrupted)
    assert cli.run(["."]) == 143


def test_signals_that_the_caller_ignores_stay_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with interruptions.as_exceptions():
        signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_another_thread_leaves_the_signals_alone() -> None:
    handlers = []

    def run() -> None:
        with interruptions.as_exceptions():
            handlers.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGTERM)]
