"""What keeps directories in sync is found by the paths it names; other trees are left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.builders import snap, snapshot_class, vm, yaml_of
from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity
from vmsnap_lint.objects.manifest import Manifest
from vmsnap_lint.objects.sync_order import deploys

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

RULES = frozenset((
    "apply-order", "argocd-stopped-vm-wave", "crd-and-class-together", "snapshot-as-desired-state",
))  # fmt: skip
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: volumesnapshotclasses.snapshot.storage.k8s.io}
spec:
  group: snapshot.storage.k8s.io
  names: {kind: VolumeSnapshotClass, plural: volumesnapshotclasses}
  scope: Cluster
  versions: [{name: v1, served: true, storage: true}]
"""
CLASS = yaml_of(snapshot_class("fast"))
SNAPSHOT = yaml_of(snap())
HELM_RELEASE = {"ceph/Chart.yaml": "apiVersion: v2\nname: ceph\nversion: 0.1.0\n"}


class Page:
    """All that `Manifest` asks of a document here."""

    def __init__(self, file: str) -> None:
        self.file = file


def flux(file: str, path: str) -> Manifest:
    value: dict[str, Any] = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "apps"},
        "spec": {"path": path},
    }
    return Manifest(Page(file), value, ())  # type: ignore[arg-type]


def findings_at(root: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rules of the family that speak, each with its file."""
    write(root, files)
    monkeypatch.chdir(root)
    report = engine.lint((".",), None, Settings(select=RULES)).report
    assert all(one.severity <= Severity.WARNING for one in report.findings)
    return [f"{one.rule} {one.file}" for one in report.findings]


def waved(wave: int) -> str:
    """A VM in a sync wave."""
    return yaml_of(vm(metadata={"annotations": {"argocd.argoproj.io/sync-wave": str(wave)}}))


@pytest.mark.parametrize(
    ("file", "path", "directory"),
    [
        ("clusters/prod/apps.yaml", "./apps/prod", "apps/prod"),
        ("clusters/prod/apps.yaml", "apps", "apps/prod/db"),
        ("repo/clusters/prod/apps.yaml", "apps/prod/", "repo/apps/prod"),
        ("apps.yaml", "vms", "vms"),
        ("/home/me/repo/apps.yaml", "vms", "/home/me/repo/vms"),
    ],
)
def test_a_tool_deploys_the_directories_below_its_path(
    file: str, path: str, directory: str
) -> None:
    assert deploys(flux(file, path), directory)


@pytest.mark.parametrize(
    ("file", "path", "directory"),
    [
        ("clusters/apps.yaml", "apps", "apps-of-others"),
        ("clusters/apps.yaml", "apps", "docs/apps"),
        ("clusters/apps.yaml", "apps/prod", "apps"),
        ("clusters/apps.yaml", "./", "anything"),
        ("clusters/apps.yaml", "", "anything"),
        ("one/clusters/apps.yaml", "apps", "other/apps"),
    ],
)
def test_a_tool_does_not_deploy_what_lies_elsewhere(file: str, path: str, directory: str) -> None:
    assert not deploys(flux(file, path), directory)


def test_waves_of_two_applications_do_not_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"vms/web.yaml": waved(2), "backup/nightly.yaml": SNAPSHOT}
    assert findings_at(tmp_path, files, monkeypatch) == []


def test_a_kustomization_brings_both_into_one_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "kustomization.yaml": "resources: [vms/web.yaml, backup/nightly.yaml]\n",
        "vms/web.yaml": waved(2),
        "backup/nightly.yaml": SNAPSHOT,
    }
    assert findings_at(tmp_path, files, monkeypatch) == [
        "apply-order backup/nightly.yaml", "snapshot-as-desired-state backup/nightly.yaml",
    ]  # fmt: skip


def test_a_kustomization_without_snapshots_is_no_business_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "kustomization.yaml": "resources: [crd.yaml, class.yaml, web.yaml]\n",
        "crd.yaml": CRD,
        "class.yaml": CLASS,
        "web.yaml": waved(2),
    }
    assert findings_at(tmp_path, files, monkeypatch) == []


def test_a_release_of_flux_does_not_sort_the_objects_of_a_chart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """helm installs it, and helm looks for every kind first."""
    tool = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: ceph}\nspec: {path: ./ceph}\n"
    )
    files = {
        **HELM_RELEASE,
        "ceph/templates/crd.yaml": CRD,
        "ceph/templates/class.yaml": CLASS,
        "apps/nightly.yaml": SNAPSHOT,
        "clusters/ceph.yaml": tool,
    }
    assert findings_at(tmp_path, files, monkeypatch) == [
        "crd-and-class-together ceph/templates/class.yaml"
    ]


@pytest.mark.parametrize("path", ["spec", "metadata"])
@pytest.mark.parametrize("odd", ["", "null", "[1]", "text", "{annotations: [1], source: 3}"])
def test_odd_values_break_nothing(
    path: str, odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = f"apiVersion: argoproj.io/v1alpha1\nkind: Application\n{path}: {odd}\n"
    crd = f"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n{path}: {odd}\n"
    files = {
        "a.yaml": tool,
        "b.yaml": waved(1),
        "c.yaml": SNAPSHOT,
        "d.yaml": f"{crd}---\n{CLASS}",
    }
    assert "apply-order c.yaml" in findings_at(tmp_path, files, monkeypatch)


def test_overlays_of_one_snapshot_say_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "base/kustomization.yaml": "resources: [web.yaml, nightly.yaml]\n",
        "base/web.yaml": yaml_of(vm()),
        "base/nightly.yaml": SNAPSHOT,
        "east/kustomization.yaml": "nameSuffix: -east\nresources: [../base]\n",
        "west/kustomization.yaml": "nameSuffix: -west\nresources: [../base]\n",
    }
    assert findings_at(tmp_path, files, monkeypatch) == [
        "snapshot-as-desired-state base/nightly.yaml"
    ]
