"""The pages and the README say what the program does."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.shared import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"```console\n\$ (vmsnap-lint [^\n]*)\n(.*?)```", README, re.DOTALL)


def _run(command: str) -> str:
    """What the command prints, results and notes in the order a terminal shows them."""
    words = command.split()[1:]
    run = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", *words],
        cwd=ROOT, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={"PATH": "", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return run.stdout


def test_the_readme_shows_sessions() -> None:
    assert {command for command, _ in SESSIONS} >= {
        "vmsnap-lint examples/shop",
        "vmsnap-lint examples/shop-repaired",
        "vmsnap-lint plan examples/shop",
    }


@pytest.mark.parametrize(("command", "output"), SESSIONS)
def test_the_readme_shows_what_is_printed(command: str, output: str) -> None:
    assert _run(command) == output


def test_the_generated_pages_are_fresh() -> None:
    run = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
