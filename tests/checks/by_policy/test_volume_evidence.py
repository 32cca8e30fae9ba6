"""The volumes of a plan have the classes that their snapshots are, or were, taken with."""

from __future__ import annotations

import pytest

from tests.builders import claim, snap, snapshot_class, storage_class, vm
from tests.checks.by_policy.judging import policy, verdict

pytest.importorskip("cel_expr_python")

DISK = (storage_class(), snapshot_class(), claim())


def test_a_snapshot_that_was_taken_has_the_classes_of_then() -> None:
    content = {
        "apiVersion": "snapshot.kubevirt.io/v1beta1", "kind": "VirtualMachineSnapshotContent",
        "metadata": {"name": "content"},
        "spec": {"virtualMachineSnapshotName": "nightly", "volumeBackups": [{
            "volumeName": "root", "volumeSnapshotName": "vs",
            "persistentVolumeClaim": {
                "metadata": {"name": "root"}, "spec": {"storageClassName": "former"}
            },
        }]},
        "status": {"readyToUse": True},
    }  # fmt: skip
    volume_snapshot = {
        "apiVersion": "snapshot.storage.k8s.io/v1", "kind": "VolumeSnapshot",
        "metadata": {"name": "vs"},
        "spec": {"volumeSnapshotClassName": "kept"}, "status": {"readyToUse": True},
    }  # fmt: skip
    done = {"phase": "Succeeded", "readyToUse": True, "creationTime": "2026-01-05T10:00:10Z"}
    taken = {**snap(), "status": {**done, "virtualMachineSnapshotContentName": "content"}}
    kept = {**snapshot_class("kept", driver="other.csi.example.org"), "deletionPolicy": "Retain"}
    objects = [vm(), *DISK, taken, content, volume_snapshot, kept]
    require = 'plan.volumes.all(v, v.snapshotClass.deletionPolicy == "Retain")'
    assert verdict(policy(require, "snapshot"), objects) == "met"
    former = 'plan.volumes.all(v, v.storageClass.name == "former" && !v.storageClass.exists)'
    assert verdict(policy(former, "snapshot"), objects) == "met"
    assert verdict(policy(require), objects) == "unmet"
    objects.remove(volume_snapshot)
    assert verdict(policy(require, "snapshot"), objects, complete=frozenset()) == "unknown"
