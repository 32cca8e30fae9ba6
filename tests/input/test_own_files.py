"""What an earlier run wrote is no input of the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import snap, yaml_of
from vmsnap_lint import cli

NAMED = ("gitlab", "jsonl", "sarif")
KNOWN = ("json",)  # by how they begin


@pytest.fixture(autouse=True)
def _directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("snapshot.yaml").write_text(yaml_of(snap()))


def _read(capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """The last line of a run, which says how much was read."""
    cli.run(["--format=concise", *flags, "."])
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("name", KNOWN)
def test_a_report_is_known_by_its_content(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = _read(capsys)
    _read(capsys, f"--output={name}=report.json")
    assert Path("report.json").exists()
    assert _read(capsys) == before


@pytest.mark.parametrize("name", NAMED)
def test_the_file_of_an_output_is_not_read(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = _read(capsys)
    flag = f"--output={name}=report.json"
    assert _read(capsys, flag) == before
    assert _read(capsys, flag) == before


def test_a_baseline_is_known_by_its_content(capsys: pytest.CaptureFixture[str]) -> None:
    before = _read(capsys)
    _read(capsys, "--write-baseline=known.json")
    assert Path("known.json").exists()
    assert _read(capsys) == before
