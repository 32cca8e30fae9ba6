"""Findings and plans name the declared clusters that they hold in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests import files
from tests.builders import claim, snap, snapshot_class, storage_class, vm, yaml_of
from tests.named_clusters import by_directory
from tests.repositories import commit, git
from vmsnap_lint import cli, engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.report.summary import message_of

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Report

TREE = {
    "base/app.yaml": yaml_of(snap(), vm(), claim()),
    "prod/classes.yaml": yaml_of(storage_class(), snapshot_class()),
    "staging/classes.yaml": yaml_of(storage_class(), snapshot_class(driver="other.csi.io")),
}
BOTH = {"prod": ("base", "prod"), "staging": ("base", "staging")}
ALL = Settings(complete=frozenset(("all",)))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files.write(tmp_path, TREE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(settings: Settings = ALL) -> Report:
    return engine.lint((".",), None, settings).report


def test_what_holds_in_one_of_two_clusters_names_it(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    by_directory(monkeypatch, BOTH)
    (finding,) = (found for found in lint().findings if found.rule == "no-snapshot-class")
    assert finding.clusters == ("staging",)
    assert finding.is_partial
    for form in ("full", "concise"):
        assert cli.run(["--complete=all", f"--format={form}"]) == cli.FINDINGS
        (line,) = (
            one for one in capsys.readouterr().out.splitlines() if "no-snapshot-class" in one
        )
        assert line.endswith(" (in cluster staging)")


def test_what_holds_wherever_its_object_lands_is_said_once(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files.write(here, {"prod/classes.yaml": TREE["staging/classes.yaml"]})
    by_directory(monkeypatch, BOTH)
    (finding,) = (found for found in lint().findings if found.rule == "no-snapshot-class")
    assert finding.clusters == ("prod", "staging")
    assert not finding.is_partial
    cli.run(["--complete=all", "--format=concise"])
    assert "in cluster" not in capsys.readouterr().out
    cli.run(["--complete=all", "--format=json"])
    value = json.loads(capsys.readouterr().out)
    assert [found["clusters"] for found in value["findings"] if found["severity"] == "error"] == [
        ["prod", "staging"]
    ]


def test_clusters_are_no_part_of_a_fingerprint(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write(here, {"prod/classes.yaml": TREE["staging/classes.yaml"]})
    by_directory(monkeypatch, {"prod": ("base", "prod")})
    (one,) = (found for found in lint().findings if found.rule == "no-snapshot-class")
    by_directory(monkeypatch, BOTH)
    assert {one.fingerprint} <= {found.fingerprint for found in lint().findings}


def test_what_is_deleted_names_the_clusters_that_need_it(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(here, {"base/class.yaml": yaml_of(snapshot_class()), "staging/classes.yaml": ""})
    files.write(here, {"prod/classes.yaml": yaml_of(storage_class())})
    commit(here, {})
    git(here, "rm", "-q", "base/class.yaml")
    by_directory(monkeypatch, BOTH)
    report = lint(ALL._replace(since="HEAD", select=frozenset({"needed-class-deleted"})))
    (finding,) = report.findings
    assert message_of(finding).endswith(" (in cluster prod)")
    assert not {*finding.applied_to} - {"prod", "staging"}


def test_without_declared_clusters_nothing_names_one(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["--format=full"], ["--format=json"], ["plan"], ["plan", "--format=json"]):
        cli.run(words)
        printed = capsys.readouterr()
        assert "cluster" not in printed.out.replace('"clusters": []', "").lower().replace(
            "clusterid", ""
        )


def test_a_plan_has_a_heading_a_cluster(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files.write(here, {"other/app.yaml": yaml_of(snap("alone", "nobody"))})
    by_directory(monkeypatch, BOTH)
    cli.run(["plan", "--complete=all"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line[:1] not in ("", " ")]
    assert [line.partition(" of ")[0] for line in lines] == [
        "cluster prod",
        'VirtualMachineSnapshot "nightly"',
        "cluster staging",
        'VirtualMachineSnapshot "nightly"',
        "in no cluster",
        'VirtualMachineSnapshot "alone"',
    ]
    cli.run(["plan", "--complete=all", "--format=json"])
    entries = json.loads(capsys.readouterr().out)["snapshots"]
    assert [(entry["clusters"], entry["verdict"]) for entry in entries] == [
        (["prod"], "complete"),
        (["staging"], "partial"),
        ([], "stuck"),
    ]
