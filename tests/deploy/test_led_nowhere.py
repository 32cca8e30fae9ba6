"""A path that only points elsewhere is no green run where nothing of that is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import files
from tests.builders import manifests_of, snapshot_class, vm, yaml_of
from tests.named_clusters import by_directory
from vmsnap_lint import cli
from vmsnap_lint.objects.gaps import Gap

if TYPE_CHECKING:
    from pathlib import Path

POINTER = {
    "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
    "kind": "Kustomization",
    "metadata": {"name": "apps", "namespace": "flux-system"},
    "spec": {"path": "./apps", "sourceRef": {"kind": "GitRepository", "name": "other"}},
}
SOURCE = {
    "apiVersion": "source.toolkit.fluxcd.io/v1",
    "kind": "GitRepository",
    "metadata": {"name": "other", "namespace": "flux-system"},
}
APPLICATION = {
    "apiVersion": "argoproj.io/v1alpha1", "kind": "Application", "metadata": {"name": "web"},
}  # fmt: skip
GAP = Gap('Kustomization "apps"', 'GitRepository "other" is not this repository')
GAPS = {"staging": (GAP,)}
STAGING = {"staging": ("staging",)}
IN_FILE = manifests_of("staging/apps.yaml", POINTER, SOURCE)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files.write(tmp_path, {"staging/apps.yaml": yaml_of(POINTER, SOURCE)})
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("verb", ["check", "plan"])
def test_pointers_to_nothing_are_refused(
    verb: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    by_directory(monkeypatch, STAGING, GAPS, pointers=IN_FILE)
    assert cli.run([verb, "staging"]) == cli.USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "vmsnap-lint: error: staging holds only Flux Kustomizations, and nothing they apply is in "
        'the repository: Kustomization "apps" (GitRepository "other" is not this repository); '
        "pass what they apply, or --allow-empty\n"
    )
    assert cli.run([verb, "."]) == cli.USAGE
    assert ": error: this directory holds only Flux Kust" in capsys.readouterr().err
    assert cli.run([verb, "--allow-empty", "staging"]) == cli.CLEAN
    assert cli.run(["clusters", "staging"]) == cli.CLEAN


def test_each_kind_of_pointer_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    application = manifests_of("staging/web.yaml", APPLICATION)
    by_directory(monkeypatch, STAGING, GAPS, pointers=(*IN_FILE, *application))
    assert cli.run(["staging", "staging/apps.yaml"]) == cli.USAGE
    error = capsys.readouterr().err
    assert "the input holds only Argo CD Applications and Flux Kustomizations, and" in error


def test_what_holds_an_object_to_judge_is_judged(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(here, {"staging/class.yaml": yaml_of(snapshot_class())})
    by_directory(monkeypatch, STAGING, GAPS, pointers=IN_FILE)
    assert cli.run(["staging"]) == cli.CLEAN


def test_pointers_without_a_gap_lead_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    by_directory(monkeypatch, STAGING, pointers=IN_FILE)
    assert cli.run(["staging"]) == cli.CLEAN


def test_what_is_found_is_enough(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a directory with Deployments alone: it was read, and there is nothing to judge."""
    by_directory(monkeypatch, STAGING, GAPS, found="apps", pointers=IN_FILE)
    assert cli.run(["staging"]) == cli.CLEAN


def _kustomization(name: str, path: str) -> str:
    return (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        f"metadata: {{name: {name}, namespace: flux-system}}\n"
        f"spec: {{path: {path}, sourceRef: {{kind: GitRepository, name: flux-system}}}}\n"
    )


@pytest.mark.parametrize(("path", "code"), [("./apps", cli.USAGE), ("./web", cli.CLEAN)])
def test_pointers_of_a_tree_are_followed(
    here: Path, capsys: pytest.CaptureFixture[str], path: str, code: int
) -> None:
    files.write(here, {
        ".git/HEAD": "", "staging/apps.yaml": _kustomization("apps", path),
        "web/deployment.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
    })  # fmt: skip
    assert cli.run(["staging"]) == code
    error = capsys.readouterr().err
    assert ('Kustomization "apps" (its path "./apps" does not exist' in error) is (code == 2)
    assert cli.run(["clusters", "staging"]) == cli.CLEAN
    assert str(here) not in capsys.readouterr().out


def test_what_is_there_and_not_judged_is_said_to_be(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Suspended, so that the cluster may have another state of it."""
    suspended = _kustomization("apps", "./web").replace("spec: {", "spec: {suspend: true, ")
    files.write(here, {
        ".git/HEAD": "", "staging/apps.yaml": suspended + "---\n" + _kustomization("no", "./no"),
        "web/vm.yaml": yaml_of(vm()),
    })  # fmt: skip
    assert cli.run(["staging"]) == cli.USAGE
    error = capsys.readouterr().err
    assert 'can be judged: Kustomization "apps" (it is suspended: its objects may be' in error
    assert cli.run(["--allow-empty", "staging"]) == cli.CLEAN
    assert capsys.readouterr().err.startswith(
        'not checked: staging/apps.yaml: the objects of Kustomization "apps" are not judged, as it '
        "is suspended: its objects may be out of date\n"
    )


def test_without_a_vm_nothing_is_missed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suspended = _kustomization("apps", "./web").replace("spec: {", "spec: {suspend: true, ")
    files.write(here, {".git/HEAD": "", "staging/apps.yaml": suspended, "web/a.yaml": CONFIG})
    assert cli.run(["--allow-empty", "."]) == cli.CLEAN
    assert "not judged" not in capsys.readouterr().err


def test_a_chart_that_must_be_rendered_and_is_not_is_a_finding(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files.write(here, {
        ".git/HEAD": "", "staging/apps.yaml": RELEASE, "bin/helm": "",
        "chart/Chart.yaml": "apiVersion: v2\nname: web\ndependencies: [{name: part}]\n",
        "chart/templates/vm.yaml": yaml_of(vm()) + "# {{ .Values.x }}\n",
    })  # fmt: skip
    (here / "bin/helm").chmod(0o700)
    monkeypatch.setenv("PATH", str(here / "bin"))
    assert cli.run(["--format=concise", "--render=require", "staging"]) == cli.FINDINGS
    assert capsys.readouterr().out == (
        'chart/Chart.yaml:1:1: error[render-failed] dependency "part" is missing in "charts"\n'
    )
    assert cli.run(["staging"]) == cli.USAGE
    assert 'chart "chart" (dependency "part" is missing in "charts")' in capsys.readouterr().err


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: prod}
spec: {chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system}}}}
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
