"""The trees of the benchmarks are the same each time, and sound."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from benchmarks.trees import TREES, cached, described, make
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from pathlib import Path

SCALES = {"deep": 0.003, "clusters": 0.01}
SETTINGS = Settings(render="never", list_unverified=False)
SOUND = ("tiny", "dense", "wide", "export", "deep")


def _made(name: str, folder: Path) -> Path:
    make(name, SCALES.get(name, 0.005), folder / name)
    return folder / name


def _bytes(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("name", TREES)
def test_a_tree_has_the_same_bytes_each_time(name: str, tmp_path: Path) -> None:
    first, second = (_made(name, tmp_path / part) for part in ("first", "second"))
    assert _bytes(first) == _bytes(second)
    assert _bytes(first)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_tree_has_no_findings(name: str, tmp_path: Path) -> None:
    report = engine.lint((str(_made(name, tmp_path)),), None, SETTINGS).report
    assert report.findings == ()
    assert not report.unread
    assert report.snapshots >= 1


def test_the_monorepo_has_no_errors_and_is_read(tmp_path: Path) -> None:
    make("monorepo", 0.01, tmp_path / "tree")
    report = engine.lint((str(tmp_path / "tree"),), None, SETTINGS).report
    assert [found for found in report.findings if found.severity is Severity.ERROR] == []
    assert not report.unread
    assert report.snapshots >= 10


def test_the_monorepo_has_files_of_all_kinds(tmp_path: Path) -> None:
    make("monorepo", 0.05, tmp_path / "tree")
    folders = Counter(path.split("/")[0] for path in _bytes(tmp_path / "tree"))
    assert set(folders) == {
        "apps", "charts", "crds", "dashboards", "projects", "releases", "values", "vms",
    }  # fmt: skip
    assert folders["vms"] == 60
    assert 1_400 <= folders.total() <= 1_600


def test_lines_of_a_dense_tree_vary(tmp_path: Path) -> None:
    files = _bytes(_made("dense", tmp_path)).values()
    lines = [line for data in files for line in data.splitlines()]
    assert len(set(lines)) > len(lines) / 4


@pytest.mark.parametrize("name", ["dense", "export"])
def test_what_is_written_in_many_styles_is_valid_yaml(name: str, tmp_path: Path) -> None:
    for data in _bytes(_made(name, tmp_path)).values():
        documents = [*YAML(typ="safe", pure=True).load_all(data)]
        assert all(document["kind"] for document in documents)


def test_a_smaller_scale_has_less_of_everything() -> None:
    assert described("dense", 0.1) == "1,000 files, each of ours"
    assert described("tiny", 0.1) == "3 manifests"


def test_trees_of_two_sizes_are_kept_apart(tmp_path: Path) -> None:
    folders = {cached(name, scale, tmp_path) for name in TREES for scale in (1.0, 0.1)}
    assert len(folders) == 2 * len(TREES)
