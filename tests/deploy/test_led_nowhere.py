"""A path that only points elsewhere is no green run where nothing of that is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import files
from tests.builders import manifests_of, snapshot_class, yaml_of
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
