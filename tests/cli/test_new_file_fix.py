"""A fix that makes a file: the configuration of kustomize for names of KubeVirt."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.files import write
from vmsnap_lint import cli

NEW = Path("prod/kubevirt-names.yaml")
KUSTOMIZATION = Path("prod/kustomization.yaml")
RULE = ("check", "--select", "kustomize-reference-not-rewritten,render-failed")
LISTED = (
    "resources: [../base]\nnamePrefix: prod-  # ours\nconfigurations:\n  - kubevirt-names.yaml\n"
)


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree that renames a VM, and not in its snapshot; the working directory."""
    monkeypatch.chdir(tmp_path)
    Path(".git").mkdir()
    write(Path(), {
        "prod/kustomization.yaml": "resources: [../base]\nnamePrefix: prod-  # ours\n",
        "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
        "base/vm.yaml": (
            "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: web}\n"
            "spec: {runStrategy: Halted, template: {spec: {domain: {devices: {}}}}}\n"
        ),
        "base/snapshot.yaml": (
            "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
            "metadata: {name: nightly}\n"
            "spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}}\n"
        ),
    })  # fmt: skip


def test_the_file_is_made_and_listed(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*RULE, "--fix", "--unsafe-fixes", "."]) == 0
    assert "fixed: 1 in 2 files" in capfd.readouterr().err
    assert KUSTOMIZATION.read_text() == LISTED
    assert "path: spec/source/name\n" in NEW.read_text()
    assert cli.run([*RULE, "."]) == 0


def test_a_safe_fix_makes_none() -> None:
    assert cli.run([*RULE, "--fix", "."]) == 1
    assert not NEW.exists()


def test_git_makes_it_of_the_patch(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert cli.run([*RULE, "--unsafe-fixes", "--diff", "."]) == 1
    patch = capfdbinary.readouterr().out
    assert not NEW.exists()
    Path(".git").rmdir()
    subprocess.run(["git", "init", "-q", "."], check=True)
    subprocess.run(["git", "apply", "-"], input=patch, check=True)
    assert KUSTOMIZATION.read_text() == LISTED
    assert cli.run([*RULE, "."]) == 0


def test_a_file_of_that_name_stays(capfd: pytest.CaptureFixture[str]) -> None:
    NEW.write_text("nameReference: []\n")
    assert cli.run([*RULE, "--format", "json", "."]) == 1
    (finding,) = json.loads(capfd.readouterr().out)["findings"]
    assert "fixes" not in finding
    assert cli.run([*RULE, "--fix", "--unsafe-fixes", "."]) == 1
    assert NEW.read_text() == "nameReference: []\n"


def test_it_is_not_made_where_the_kustomization_cannot_list_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    KUSTOMIZATION.chmod(0o444)
    assert cli.run([*RULE, "--fix", "--unsafe-fixes", "."]) == 1
    assert "not fixed: prod/kustomization.yaml: it is read-only" in capfd.readouterr().err
    assert not NEW.exists()
