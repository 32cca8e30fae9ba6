"""Data files are found in a checkout and in a wheel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.shared import ROOT
from vmsnap_lint.core import data_files

if TYPE_CHECKING:
    import pytest


def test_a_checkout_reads_the_folders_beside_the_package() -> None:
    assert Path(data_files.folder("schemas")) == ROOT / "schemas"
    text = data_files.read_text("schemas", "storage.k8s.io", "StorageClass.json")
    assert json.loads(text)["title"] == "StorageClass"


def test_a_wheel_reads_what_is_packed_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tmp_path / "vmsnap_lint" / "_data" / "schemas"
    packed.mkdir(parents=True)
    (packed / "a.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(
        data_files, "__file__", str(tmp_path / "vmsnap_lint" / "core" / "data_files.py")
    )
    monkeypatch.setattr(data_files, "folder", data_files.folder.__wrapped__)  # without its cache
    assert Path(data_files.folder("schemas")) == packed
    assert data_files.read_text("schemas", "a.json") == "{}"
