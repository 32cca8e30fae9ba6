"""`lsp` says at once what it needs, and reads the configuration of a folder later."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.files import write
from tests.shared import ROOT
from vmsnap_lint.cli.command import Command
from vmsnap_lint.cli.lsp_command import run
from vmsnap_lint.cli.parser import parse
from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_without_the_extra_the_page_that_says_how_to_install_it_is_named(tmp_path: Path) -> None:
    code = "import sys; sys.modules['pygls'] = None; from vmsnap_lint.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "lsp", "--stdio"],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "vmsnap-lint: error: lsp needs pygls: install vmsnap-lint[lsp] "
        "(https://vmsnap-lint.github.io/vmsnap-lint/guides/install/#extras)\n"
    )


def test_a_server_whose_editor_is_gone_ends(tmp_path: Path) -> None:
    pytest.importorskip("pygls")
    write(tmp_path, {".vmsnap-lint.yaml": "mistake: 1\n"})
    done = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", "lsp"],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60,
        cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("is_flag", [True, False])
def test_a_chosen_configuration_that_cannot_be_read_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_flag: bool
) -> None:
    pytest.importorskip("pygls")
    monkeypatch.chdir(tmp_path)
    if not is_flag:
        monkeypatch.setenv("VMSNAP_LINT_CONFIG", "nope.yaml")
    reason = r'cannot read the configuration "nope.yaml" \(no such file or directory\)'
    with pytest.raises(UsageError, match=reason):
        run(Command("lsp", (), config="nope.yaml" if is_flag else ""))


def test_the_chosen_configuration_is_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {".vmsnap-lint.yaml": "mistake: 1\n"})
    command = parse(["lsp", "--stdio", "--config", "other.yaml"])
    assert command == Command("lsp", (), config="other.yaml")
