"""A signal ends the run and all that it started, with the exit code of a shell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, write
from tests.shared import ROOT
from vmsnap_lint import __main__ as program
from vmsnap_lint import cli
from vmsnap_lint.core.errors import Interruption

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

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


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The handlers of this process stay."""
    before = {number: signal.getsignal(number) for number in SIGNALS if number != signal.SIGKILL}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_the_start_leaves_no_traceback(number: signal.Signals) -> None:
    run = subprocess.run(
        [sys.executable, "-c", EARLY, number.name], check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (SIGNALS[number], b"")


def test_before_the_signals_are_handled_next_to_nothing_is_imported() -> None:
    code = (
        "import sys; before = {*sys.modules}; import vmsnap_lint.__main__\n"
        "print(*sorted({name for name in sys.modules if '.' not in name} - before))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(ROOT)!r})\n{code}"],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert "signal" in run.stdout
    assert {"re", "typing", "typer", "yaml"}.isdisjoint(run.stdout.split())


def test_the_run_is_left_by_an_exception_and_a_second_signal_ends_it_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run() -> None:
        for _ in range(2):
            with pytest.raises(Interruption) as interruption:
                signal.raise_signal(signal.SIGTERM)
            codes.append(interruption.value.exit_code)

    def ended(code: int) -> None:
        codes.append(code)
        raise Interruption(code - 128)

    codes: list[int] = []
    monkeypatch.setattr(cli, "main", run)
    monkeypatch.setattr("os._exit", ended)
    program.main()
    assert codes == [143, 143, 143]  # the second one from os._exit


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


def test_signals_that_the_caller_ignores_stay_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    monkeypatch.setattr(cli, "main", lambda: signal.raise_signal(signal.SIGHUP))
    program.main()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
