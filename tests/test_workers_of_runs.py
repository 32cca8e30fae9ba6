"""Runs print the same with one process and with several, whatever they read."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.shared import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies of a process")

# Runs the program so that each two objects, files and documents are worth another process.
FORCED = """
import sys
from vmsnap_lint.checks import runner
from vmsnap_lint.core import forked, workers
runner._BLOCK, workers._LEAST_SECONDS = 2, 0
if sys.argv.pop(1) == "dying":
    forked._frames = lambda *_: 1 / 0
from vmsnap_lint.__main__ import main
main()
"""
RUNS = {
    "examples": ["--all-vms", "--format", "json", "--render", "never", "--allow-empty", "."],
    "tests/cases": ["-v", "--all-vms", "--docs", "--render", "never", "--allow-empty", "."],
}


def printed(path: str, processes: int, how: str = "living") -> tuple[int, bytes, bytes]:
    run = subprocess.run(
        [sys.executable, "-c", FORCED, how, "--workers", str(processes), *RUNS[path]],
        check=False, capture_output=True, cwd=ROOT / path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return run.returncode, run.stdout, run.stderr


@pytest.mark.parametrize("path", ["examples", pytest.param("tests/cases", marks=pytest.mark.slow)])
def test_the_number_of_processes_changes_nothing(path: str) -> None:
    alone = printed(path, 1)
    assert alone[0] == 1
    assert printed(path, 2) == alone
    assert printed(path, 4) == alone


def test_processes_that_die_change_nothing() -> None:
    assert printed("examples", 3, "dying") == printed("examples", 1)


@pytest.mark.parametrize("value", ["0", "61", "two", "-1", "1.5", "٣"])
def test_a_number_of_processes_is_one_to_sixty(value: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", f"--workers={value}", "."], check=False,
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    expected = f'--workers: "{value}" is not auto or a number from 1 to 60'
    assert (run.returncode, expected in run.stderr) == (2, True)
