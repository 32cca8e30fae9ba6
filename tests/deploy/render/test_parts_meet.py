"""Objects of one namespace see each other whatever builds them, and the same without renderers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import findings_at, lint, write

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: shop}
spec:
  runStrategy: Always
  template:
    spec:
      domain: {devices: {disks: [{name: root, disk: {bus: virtio}}]}}
      volumes: [{name: root, persistentVolumeClaim: {claimName: web-root}}]
---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: first, namespace: shop}
spec:
  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-root, namespace: shop}
spec:
  storageClassName: fast
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
"""
CHART = {
    "app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\n",
    "app/templates/app.yaml": APP,
}
KUSTOMIZED = {
    "app/kustomization.yaml": "namespace: shop\nresources: [app.yaml]\n",
    "app/app.yaml": APP.replace(", namespace: shop", ""),
}
PLAIN = {"app/app.yaml": APP}
SOURCE = "{apiGroup: kubevirt.io, kind: VirtualMachine, name: %s}"
OTHERS = {
    "source-vm-missing": (
        "snapshot.kubevirt.io/v1beta1", "VirtualMachineSnapshot", f"source: {SOURCE % 'wbe'}",
    ),
    "restore-snapshot-missing": (
        "snapshot.kubevirt.io/v1beta1", "VirtualMachineRestore",
        f"target: {SOURCE % 'web'}\n  virtualMachineSnapshotName: frist",
    ),
    "restore-target-running": (
        "snapshot.kubevirt.io/v1beta1", "VirtualMachineRestore",
        f"target: {SOURCE % 'web'}\n  virtualMachineSnapshotName: first",
    ),
    "export-vm-running": (
        "export.kubevirt.io/v1", "VirtualMachineExport", f"source: {SOURCE % 'web'}",
    ),
}  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("app", [PLAIN, KUSTOMIZED, CHART], ids=["plain", "kustomized", "chart"])
@pytest.mark.parametrize("rule", OTHERS)
def test_what_names_an_object_that_another_tool_builds_is_judged(
    tree: Path, tools: str, app: dict[str, str], rule: str
) -> None:
    version, kind, spec = OTHERS[rule]
    other = f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x, namespace: shop}}\nspec:\n"
    write(tree, {**app, "ops/other.yaml": f"{other}  {spec}\n"})
    found = findings_at(lint(tools, select=frozenset((rule,))))
    assert [(file, name) for file, _, name in found] == [("ops/other.yaml", rule)]


def test_of_two_overlays_none_is_chosen_and_the_message_says_so(tree: Path, tools: str) -> None:
    snapshot = "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
    write(tree, {
        "base/kustomization.yaml": "resources: [app.yaml]\n",
        "base/app.yaml": APP,
        "east/kustomization.yaml": "resources: [../base]\n",
        "west/kustomization.yaml": "resources: [../base]\n",
        "ops/other.yaml": f"{snapshot}metadata: {{name: x, namespace: shop}}\n"
                          f"spec:\n  source: {SOURCE % 'web'}\n",
    })  # fmt: skip
    report = lint(tools, select=frozenset(("source-vm-missing", "source-vm-unverified")))
    assert findings_at(report) == [("ops/other.yaml", 5, "source-vm-unverified")]
    (finding,) = report.findings
    assert finding.message == (
        'VirtualMachine "web" is declared by "east/kustomization.yaml": '
        "whether it is for the same cluster is unknown"
    )
    assert [place.file for place in finding.related] == ["base/app.yaml"]
