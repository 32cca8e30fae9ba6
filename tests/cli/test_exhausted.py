"""What the machine lacks is said in one line with exit code 2: it is no defect of the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.shared import ROOT
from vmsnap_lint import cli, document
from vmsnap_lint.checks import running_vms

if TYPE_CHECKING:
    from collections.abc import Callable

VERBS = (
    ("--help",), ("--version",), ("check", "--help"), ("config", "--schema"), ("config",),
    ("rule",), ("rule", "claim-missing"), ("rule", "--format", "json"), ("facts", "-q"),
    ("check", "--exit-zero", "examples/shop"), ("plan", "--format", "json", "examples/shop"),
)  # fmt: skip
MACHINE = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web}
spec: {runStrategy: Always, template: {spec: {domain: {devices: {}}}}}
---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: s}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}}
"""


def _raises(error: BaseException) -> Callable[..., NoReturn]:
    def function(*_: object, **_more: object) -> NoReturn:
        raise error

    return function


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", VERBS)
def test_a_full_disk_takes_one_line(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "vmsnap_lint", *words],
            cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    (line,) = [one for one in ran.stderr.splitlines() if not one.startswith("not checked")]
    assert line.startswith("vmsnap-lint: error: the output cannot be written: No space")
    assert ran.returncode == cli.USAGE


@pytest.mark.parametrize("words", VERBS)
def test_a_reader_that_is_gone_is_no_error(words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", *words],
        cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writing)
    assert ran.returncode == cli.CLEAN
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), "the input takes more memory than there is: exclude it"),
        (RecursionError("x"), "the input is nested too deeply: exclude it"),
        (OSError(24, "Too many files", "a\x1b"), '"a\\x1b" cannot be used: Too many files'),
        (OSError(28, "No space left on device"), "the system cannot be used: No space left"),
    ],
)  # fmt: skip
def test_what_the_machine_lacks_is_no_defect(
    error: Exception,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("vmsnap_lint.engine.lint", _raises(error))
    assert cli.run(["a.yaml"]) == cli.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"vmsnap-lint: error: {expected}")


@pytest.mark.parametrize("error", [MemoryError(), RecursionError()])
def test_the_file_is_named_where_it_is_known(
    error: Exception,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "web.yaml").write_text(MACHINE)
    monkeypatch.chdir(tmp_path)
    table = running_vms.CHECKS
    broken = table["source-vm-running"]._replace(function=_raises(error))
    monkeypatch.setitem(table, "source-vm-running", broken)
    assert cli.run(["web.yaml"]) == cli.USAGE
    monkeypatch.setattr(document, "read", _raises(error))
    assert cli.run(["web.yaml"]) == cli.USAGE
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith('vmsnap-lint: error: "web.yaml" ') for line in lines)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the memory of a process")
@pytest.mark.parametrize("megabytes", [50, 80, 120])
def test_it_ends_well_when_memory_does(megabytes: int, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{MACHINE}x: [{'{},' * 900_000}]\n")
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20,) * 2);"
        "from vmsnap_lint.cli import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "a.yaml"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode in (cli.FINDINGS, cli.USAGE)
    assert "Traceback" not in ran.stderr
    assert len([line for line in ran.stderr.splitlines() if "error" in line]) == 1
