"""Directories of several clusters side by side: what one holds says nothing of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.snapshot.predicted import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.engine import PlanRun

VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {devices: {}}
      volumes: [{name: root, persistentVolumeClaim: {claimName: root}}]
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: root, namespace: prod}
spec:
  storageClassName: fast
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
"""
SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly, namespace: prod}
spec:
  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
"""
CLASS = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: ebs.csi.aws.com
"""
RESTORE = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineRestore
metadata: {name: back, namespace: prod}
spec:
  target: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
  virtualMachineSnapshotName: nightly
"""
APP = f"{VM}---\n{CLAIM}---\n{SNAPSHOT}"


def _snapshot_class(name: str) -> str:
    return (
        "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshotClass\n"
        f"metadata: {{name: {name}}}\ndriver: ebs.csi.aws.com\ndeletionPolicy: Delete\n"
    )


def _kubevirt(release: str) -> str:
    return (
        "apiVersion: kubevirt.io/v1\nkind: KubeVirt\n"
        "metadata: {name: kubevirt, namespace: kubevirt}\n"
        "spec: {configuration: {developerConfiguration: {featureGates: [Snapshot]}}}\n"
        f"status: {{observedKubeVirtVersion: v{release}}}\n"
    )


def _written(root: Path, files: dict[str, str]) -> str:
    write(root, files)
    return str(root)


def _errors(root: Path, files: dict[str, str]) -> set[tuple[str, str]]:
    run = engine.lint((_written(root, files),), None, Settings(online=True))
    return {
        (finding.file.removeprefix(f"{root}/"), finding.rule)
        for finding in run.report.findings
        if finding.severity is Severity.ERROR
    }


def _plans(root: Path, files: dict[str, str]) -> PlanRun:
    return engine.plan((_written(root, files),), None, Settings())


SOUND = {
    "another release": {
        "east/kubevirt.yaml": _kubevirt("1.3.0"), "east/app.yaml": APP,
        "west/kubevirt.yaml": _kubevirt("1.9.0"),
        "west/app.yaml": f"{APP}---\n{RESTORE}  volumeRestorePolicy: InPlace\n",
    },
    "a class of the same driver": {
        "east/classes.yaml": f"{_kubevirt('1.3.0')}---\n{CLASS}---\n{_snapshot_class('a')}",
        "east/app.yaml": APP,
        "west/classes.yaml": f"{_kubevirt('1.3.0')}---\n{CLASS}---\n{_snapshot_class('b')}",
        "west/app.yaml": APP,
    },
    "a class of the same name": {
        "east/classes.yaml": CLASS.replace("ebs.csi.aws.com", "rancher.io/local-path"),
        "east/vm.yaml": VM, "west/app.yaml": APP,
    },
    "a restore to a VM of the same name": {
        "east/app.yaml": APP, "east/restore.yaml": RESTORE,
        "west/app.yaml": APP, "west/restore.yaml": RESTORE.replace("back", "again"),
    },
    "claims of the same namespace": {
        "east/app.yaml": APP, "west/app.yaml": f"{VM}---\n{SNAPSHOT}".replace("root}}", "disk}}"),
    },
    "a claim that is pending": {
        "east/app.yaml": f"{VM}---\n{CLAIM}status: {{phase: Pending}}\n",
        "west/app.yaml": f"{VM}---\n{SNAPSHOT}",
    },
    "another VM of the namespace": {
        "east/app.yaml": APP,
        "west/app.yaml": f"{CLAIM}---\n{SNAPSHOT}---\n{VM.replace('web', 'db')}",
    },
}  # fmt: skip


@pytest.mark.parametrize("files", SOUND.values(), ids=SOUND.keys())
def test_nothing_is_held_against_one_cluster_that_another_has(
    files: dict[str, str], tmp_path: Path
) -> None:
    assert _errors(tmp_path, files) == set()


@pytest.mark.parametrize("files", SOUND.values(), ids=SOUND.keys())
def test_each_snapshot_has_one_plan(files: dict[str, str], tmp_path: Path) -> None:
    run = _plans(tmp_path, files)
    assert len(run.snapshots) == sum(SNAPSHOT in text for text in files.values())
    assert run.report.snapshots == len(run.snapshots)


def test_each_cluster_has_its_own_faults(tmp_path: Path) -> None:
    files = {
        "clusters/east/classes.yaml": CLASS, "clusters/east/app.yaml": APP,
        "clusters/west/classes.yaml": CLASS.replace("ebs.csi.aws.com", "rancher.io/local-path"),
        "clusters/west/app.yaml": APP,
    }  # fmt: skip
    assert _errors(tmp_path, files) == {("clusters/west/app.yaml", "non-csi-provisioner")}


def test_what_stands_beside_them_is_for_all(tmp_path: Path) -> None:
    files = {
        "classes.yaml": CLASS.replace("ebs.csi.aws.com", "rancher.io/local-path"),
        "clusters/east/app.yaml": APP, "clusters/west/app.yaml": APP,
    }  # fmt: skip
    assert _errors(tmp_path, files) == {
        ("clusters/east/app.yaml", "non-csi-provisioner"),
        ("clusters/west/app.yaml", "non-csi-provisioner"),
    }


def test_a_snapshot_beside_them_reaches_the_vm_that_only_one_has(tmp_path: Path) -> None:
    local = CLASS.replace("ebs.csi.aws.com", "rancher.io/local-path")
    db = f"{VM}---\n{CLAIM}".replace("web", "db").replace("root", "data")
    files = {
        "clusters/east/app.yaml": VM, "clusters/west/app.yaml": f"{VM}---\n{db}---\n{local}",
        "ops/nightly.yaml": SNAPSHOT.replace("name: web", "name: db"),
    }  # fmt: skip
    assert _errors(tmp_path, files) == {("clusters/west/app.yaml", "non-csi-provisioner")}
    assert [plan.verdict for plan in _plans(tmp_path, files).snapshots] == [Verdict.PARTIAL]


def test_directories_that_share_nothing_are_one_cluster(tmp_path: Path) -> None:
    files = {
        "vms/web.yaml": VM, "claims/root.yaml": CLAIM, "snapshots/nightly.yaml": SNAPSHOT,
        "classes/fast.yaml": CLASS, "classes/snapshots.yaml": _snapshot_class("a"),
    }  # fmt: skip
    assert [plan.verdict for plan in _plans(tmp_path, files).snapshots] == [Verdict.COMPLETE]
    wrong = {**files, "claims/root.yaml": CLAIM.replace("name: root", "name: rooot")}
    assert _errors(tmp_path, wrong) == {("vms/web.yaml", "claim-missing")}


def test_a_class_that_is_copied_does_not_part_what_belongs_together(tmp_path: Path) -> None:
    files = {
        "web/app.yaml": f"{VM}---\n{CLAIM}---\n{CLASS}", "db/class.yaml": CLASS,
        "db/nightly.yaml": SNAPSHOT, "db/db.yaml": VM.replace("web", "db"),
        "db/snapshots.yaml": _snapshot_class("a"),
    }  # fmt: skip
    assert [plan.verdict for plan in _plans(tmp_path, files).snapshots] == [Verdict.COMPLETE]
