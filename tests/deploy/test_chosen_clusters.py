"""With --cluster only the named clusters are judged, and nothing else of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import files
from tests.builders import claim, snap, snapshot_class, storage_class, vm, yaml_of
from tests.named_clusters import by_directory
from vmsnap_lint import cli, engine
from vmsnap_lint.config.settings import ClusterSettings, Settings
from vmsnap_lint.core.values import Release

if TYPE_CHECKING:
    from pathlib import Path

TREE = {
    "base/app.yaml": yaml_of(snap(), vm(), claim(), storage_class()),
    "prod/class.yaml": yaml_of(snapshot_class(driver="other.csi.io")),
    "prod/broken.yaml": "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n  x: [\n",
    "staging/class.yaml": yaml_of(snapshot_class(driver="one.csi.io")),
    "left/over.yaml": yaml_of(snap("alone", "nobody")),
}
BOTH = {"prod": ("base", "prod"), "staging": ("base", "staging")}
ALL = Settings(complete=frozenset(("all",)))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write(tmp_path, TREE)
    monkeypatch.chdir(tmp_path)


def found(*names: str, **more: object) -> set[tuple[str, str, tuple[str, ...]]]:
    settings = ALL._replace(cluster=names, **more)  # type: ignore[arg-type]
    report = engine.lint((".",), None, settings).report
    return {(one.file, one.rule, one.clusters) for one in report.findings if one.severity == 3}


def test_one_cluster_is_judged_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    by_directory(monkeypatch, BOTH)
    at = ("base/app.yaml", "no-snapshot-class")
    broken = ("prod/broken.yaml", "yaml-invalid", ())
    alone = ("left/over.yaml", "source-vm-missing", ())
    assert found() >= {(*at, ("prod", "staging")), broken, alone}
    assert found("prod") == {(*at, ("prod",)), broken}
    assert found("staging") == {(*at, ("staging",))}
    assert found("staging", "prod") == {(*at, ("prod", "staging")), broken}


@pytest.mark.parametrize("verb", ["check", "plan", "clusters"])
def test_a_cluster_that_does_not_exist_is_a_mistake(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    by_directory(monkeypatch, BOTH)
    assert cli.run([verb, "--cluster", "stagign", "."]) == cli.USAGE
    assert 'no cluster "stagign" (did you mean "staging"?)' in capsys.readouterr().err
    assert cli.run([verb, "--cluster", "x", "--cluster", "prod", "."]) == cli.USAGE
    assert 'no cluster "x" (known are "prod", "staging")' in capsys.readouterr().err


def test_without_clusters_none_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--cluster", "prod", "."]) == cli.USAGE
    assert 'no cluster "prod": the input declares none (' in capsys.readouterr().err


def test_a_cluster_without_objects_has_no_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    by_directory(monkeypatch, {**BOTH, "empty": ("nothing",)})
    assert found("empty") == set()


def test_what_the_configuration_says_of_a_cluster_holds_there_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(tmp_path, {"facts.yaml": f"# vmsnap-lint facts 2026-01-01\n{RBD_CLASS}"})
    by_directory(monkeypatch, BOTH)
    settings = ALL._replace(
        clusters=(
            ClusterSettings("prod", ("prod",), "facts.yaml", Release(1, 6, 2)),
            ClusterSettings("staging", ("staging",), complete=frozenset(("StorageClass",))),
        )
    )
    report = engine.lint((".",), None, settings).report
    errors = [one for one in report.findings if one.rule == "no-snapshot-class"]
    assert [(one.clusters, one.severity.name) for one in errors] == [(("staging",), "WARNING")]
    assert [(one.release, one.source, one.clusters) for one in report.judged] == [
        ("1.6.2", "clusters.prod.kubevirt", ("prod",)),
        ("1.9.0", "", ("staging",)),
    ]


RBD_CLASS = yaml_of(snapshot_class("known"))


def test_clusters_of_the_configuration_are_read_from_their_paths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their paths are no objects: nothing says that Flux would apply them."""
    files.write(tmp_path, {
        ".git/HEAD": "", ".vmsnap-lint.yaml": "complete: [all]\nclusters:\n"
        "  prod: {paths: [base, prod]}\n  staging: {paths: [base, staging]}\n",
        "staging/class.yaml": yaml_of(snapshot_class()),
    })  # fmt: skip
    (tmp_path / "prod/broken.yaml").unlink()
    assert cli.run(["--format=concise"]) == cli.FINDINGS
    out = capsys.readouterr().out
    (line,) = (line for line in out.splitlines() if "no-snapshot-class" in line)
    assert line.endswith("(in cluster prod)")
    assert "Flux" not in out
    assert cli.run(["clusters", "--cluster=prod"]) == cli.CLEAN
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[1:3]] == [
        ["path", '"base"'],
        ["path", '"prod"'],
    ]
