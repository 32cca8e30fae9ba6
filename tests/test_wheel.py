"""The wheel holds all that a lint needs: installed on its own, it lints."""

from __future__ import annotations

import subprocess
import sys
import venv
from typing import TYPE_CHECKING

import pytest

from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin directory of an environment into which the built wheel was installed."""
    there = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(there / "dist"), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = (there / "dist").glob("*.whl")
    venv.create(there / "env", with_pip=True)
    python = there / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", wheel], check=True, capture_output=True)
    return there / "env" / "bin"


def _run(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(installed / "vmsnap-lint"), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=installed)


def test_the_installed_wheel_finds_what_the_checkout_finds(installed: Path) -> None:
    shop = str(ROOT / "examples" / "shop")
    run = _run(installed, shop)
    assert run.returncode == 1
    assert "error[source-vm-running]" in run.stdout
    assert "error[failure-deadline-invalid]" in run.stdout


def test_the_installed_wheel_writes_the_page_of_plans(installed: Path) -> None:
    page = _run(installed, "plan", "--format", "html", str(ROOT / "examples" / "shop")).stdout
    here = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", "plan", "--format", "html", "examples/shop"],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert page.count("<script>") == page.count("<style>") == 1
    assert len(page.splitlines()) == len(here.stdout.splitlines())


def test_the_installed_wheel_explains_every_rule(installed: Path) -> None:
    here = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", "rule", "--format", "json"],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert _run(installed, "rule", "--format", "json").stdout == here.stdout


def test_the_installed_wheel_has_the_man_page(installed: Path) -> None:
    page = installed.parent / "share" / "man" / "man1" / "vmsnap-lint.1"
    assert page.read_bytes() == (ROOT / "docs" / "reference" / "vmsnap-lint.1").read_bytes()
