"""A fault of ours names the rule and the file that it broke on, and is no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.builders import snap, vm, yaml_of
from vmsnap_lint import cli, document
from vmsnap_lint.checks import cross_object, running_vms, storage_chain

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.checks import Check


def _breaks(*_: object) -> NoReturn:
    raise KeyError("odd")


def _first_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    manifest = tmp_path / "web.yaml"
    manifest.write_text(yaml_of(snap(), vm(strategy="Always")))
    assert cli.run([str(manifest)]) == cli.DEFECT
    out, err = capsys.readouterr()
    assert out == ""
    assert "report" in err
    return err.splitlines()[0].replace(str(manifest), "web.yaml")


@pytest.mark.parametrize(
    ("table", "rule_id", "subject"),
    [
        (running_vms.CHECKS, "source-vm-running", "web.yaml"),
        (cross_object.CHECKS, "reference-unverified", "the whole input"),
    ],
)
def test_a_broken_rule_is_named_with_its_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    table: dict[str, Check],
    rule_id: str,
    subject: str,
) -> None:
    monkeypatch.setitem(table, rule_id, table[rule_id]._replace(function=_breaks))
    line = _first_line(tmp_path, capsys)
    assert line == f"vmsnap-lint: defect: rule {rule_id} failed on {subject}: KeyError('odd')"


def test_a_broken_prefilter_names_a_rule_that_stands_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = running_vms.CHECKS
    monkeypatch.setitem(
        table, "run-state-missing", table["run-state-missing"]._replace(prefilter=_breaks)
    )
    line = _first_line(tmp_path, capsys)
    assert line == "vmsnap-lint: defect: rule run-state-missing failed on web.yaml: KeyError('odd')"


def test_a_broken_source_of_causes_names_a_rule_that_asks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = storage_chain.CHECKS
    check = table["claim-missing"]._replace(sources=(_breaks,))
    monkeypatch.setitem(table, "claim-missing", check)
    line = _first_line(tmp_path, capsys)
    assert line == "vmsnap-lint: defect: rule claim-missing failed on web.yaml: KeyError('odd')"


def test_a_file_whose_reading_breaks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(document, "parts", _breaks)
    line = _first_line(tmp_path, capsys)
    assert line == "vmsnap-lint: defect: reading web.yaml failed: KeyError('odd')"
