"""Programs run within limits, apart from the user's settings, and never twice."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write
from vmsnap_lint.deploy.render.programs import ProgramLimits, find, run_all

if TYPE_CHECKING:
    from pathlib import Path


def program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_outputs_come_in_the_order_of_the_commands(tmp_path: Path) -> None:
    late = program(tmp_path / "late", "/bin/sleep 0.2; echo late")
    soon = program(tmp_path / "soon", "echo soon")
    outputs = run_all([[late], [soon], [late]], str(tmp_path), ProgramLimits())
    assert [one.data for one in outputs] == [b"late\n", b"soon\n", b"late\n"]


def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    slow = program(tmp_path / "slow", "/bin/sleep 60 & /bin/sleep 60")
    (output,) = run_all([[slow]], str(tmp_path), ProgramLimits(seconds=0.2))
    assert (output.data, "longer than 0.2 seconds" in output.error) == (b"", True)


def test_an_endless_output_is_cut_off(tmp_path: Path) -> None:
    endless = program(tmp_path / "endless", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; done")
    (output,) = run_all([[endless]], str(tmp_path), ProgramLimits(bytes=1000))
    assert (output.data, "1,000 bytes" in output.error) == (b"", True)


@pytest.mark.parametrize(
    ("text", "error"),
    [("echo broken >&2; exit 1", "broken"), ("exit 3", "exit status 3"), ("kill -9 $$", "-9")],
)
def test_a_failure_says_why(tmp_path: Path, text: str, error: str) -> None:
    (output,) = run_all([[program(tmp_path / "fails", text)]], str(tmp_path), ProgramLimits())
    assert (output.data, error in output.error) == (b"", True)


def test_what_cannot_be_started_is_a_failure_too(tmp_path: Path) -> None:
    file = tmp_path / "no-program"
    file.write_text("neither script nor binary")
    file.chmod(0o755)
    (output,) = run_all([[str(file)]], str(tmp_path), ProgramLimits())
    assert "cannot run" in output.error


def test_nothing_of_the_user_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    shown = program(tmp_path / "show", "/usr/bin/env")
    (output,) = run_all([[shown]], str(tmp_path), ProgramLimits())
    names = {line.partition(b"=")[0] for line in output.data.splitlines()}
    assert b"TOKEN" not in names
    assert {b"HOME", b"KUBECONFIG", b"HTTPS_PROXY", b"PATH"} <= names


def test_a_program_is_found_as_a_shell_finds_it(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        program(tmp_path / name / "helm", "")
    (tmp_path / "a" / "helm").chmod(0o644)
    search_path = f"{tmp_path}/missing::{tmp_path}/a:{tmp_path}/b"
    assert find("helm", search_path) == str(tmp_path / "b" / "helm")
    assert find("kustomize", search_path) == ""


def test_kustomize_comes_before_kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"k/kustomization.yaml": "resources: [vm.yaml]\n", "k/vm.yaml": VM})
    program(tmp_path / "kubectl", "exit 1")
    program(tmp_path / "kustomize", f'test "$1" = build && /bin/cat {tmp_path}/k/vm.yaml')
    report = lint(str(tmp_path))
    assert (findings_at(report), not_checked(report), report.objects) == ([], {}, 1)


def test_a_tree_that_takes_too_long_is_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"k/kustomization.yaml": "resources: [vm.yaml]\n", "k/vm.yaml": VM})
    write(tmp_path, {"other/snapshot.yaml": SNAPSHOT.replace("name: web", "name: ${VM}")})
    program(tmp_path / "kubectl", "/bin/sleep 60")
    report = lint(str(tmp_path), render_seconds=0.2)
    assert findings_at(report) == [("k/kustomization.yaml", 1, "render-failed")]
    assert set(not_checked(report)) == {"k/kustomization.yaml"}
