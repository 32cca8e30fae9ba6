"""The command that measures, on something small."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks import programs, run, table, trees
from benchmarks.programs import OURS, READER
from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

README = ROOT / "benchmarks" / "README.md"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each program runs as seldom as it may, and no peer is there."""
    monkeypatch.setattr("benchmarks.measured.MOST", 1)
    monkeypatch.setattr("benchmarks.measured.LEAST", 1)
    monkeypatch.setenv("PATH", "")


@pytest.mark.usefixtures("few")
def test_trees_and_directories_are_measured_and_trees_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = tmp_path / "gitops"
    tree.mkdir()
    (tree / "vm.yaml").write_text("kind: VirtualMachine\napiVersion: kubevirt.io/v1\n")
    figures = tmp_path / "figures.json"
    words = [
        "run", "--scale", "0.001", "--trees", str(tmp_path / "kept"), "--json", str(figures),
        "dense", "clusters", str(tree),
    ]  # fmt: skip
    monkeypatch.setattr(sys, "argv", words)
    assert run.main() in (0, 1)
    shown = capsys.readouterr()
    assert "| dense: 10 files, each of ours | vmsnap-lint |" in shown.out
    assert "| gitops: 1 files, 0 MB | vmsnap-lint |" in shown.out
    assert "clusters is left out: neither kustomize nor kubectl is on PATH" in shown.err
    rows = json.loads(figures.read_text())["rows"]
    assert {row["program"] for row in rows if row["target"] == "gitops"} == {OURS, READER}
    assert not any(row["figures"]["lacks"] for row in rows)
    assert trees.cached("dense", 0.001, tmp_path / "kept").is_dir()


def test_a_mistake_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["run", "dens"])
    with pytest.raises(SystemExit, match="2"):
        run.main()


def test_the_readme_has_the_marks_and_every_tree_and_base() -> None:
    page = README.read_text()
    assert table.replaced(page, "") != page
    assert page.count(table.BEGIN) == page.count(table.END) == 1
    named = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    bases = {programs.BARE, programs.PARSER, programs.READER, programs.KUSTOMIZE, programs.TENTH}
    assert named >= {*trees.TREES, *bases, programs.KUBECONFORM, "yamllint", "check-jsonschema"}
