"""The JSON of plans: paths are those of the repository, whatever the working directory is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.plans import Plans, render

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_paths_are_relative_to_the_root_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "apps").mkdir()
    monkeypatch.chdir(tmp_path / "apps")
    given = ("vm.yaml", "../infra/class.yaml", str(tmp_path / "apps" / "vm.yaml"), "<stdin>")
    plans = Plans(not_checked=tuple(NotChecked(file, "broken") for file in given))
    value = json.loads("\n".join(render("json", plans, Look())))
    assert [entry["file"] for entry in value["not_checked"]] == [
        "apps/vm.yaml", "infra/class.yaml", "apps/vm.yaml", "<stdin>",
    ]  # fmt: skip
