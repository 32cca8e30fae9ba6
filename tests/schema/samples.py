"""One sound object of each kind that has a schema, with as many fields as make it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.core import kinds

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind

__all__ = ["SAMPLES", "sample"]

_SOURCE = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "db"}
_SIZE = {"requests": {"storage": "20Gi"}}
_VMI_SPEC: dict[str, Any] = {
    "domain": {
        "cpu": {"cores": 2},
        "memory": {"guest": "2Gi"},
        "devices": {
            "disks": [
                {"name": "root", "bootOrder": 1, "disk": {"bus": "virtio"}},
                {"name": "seed", "disk": {"bus": "virtio"}},
            ],
            "interfaces": [{"name": "default", "masquerade": {}}],
            "tpm": {"persistent": True},
        },
        "firmware": {"bootloader": {"efi": {"secureBoot": False}}},
    },
    "networks": [{"name": "default", "pod": {}}],
    "volumes": [
        {"name": "root", "dataVolume": {"name": "db-root"}},
        {"name": "seed", "cloudInitNoCloud": {"userData": "#cloud-config\n"}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "db-data"}},
    ],
}
_DV_SPEC: dict[str, Any] = {
    "source": {"blank": {}},
    "storage": {"accessModes": ["ReadWriteMany"], "resources": _SIZE, "storageClassName": "fast"},
}
_VM_SPEC: dict[str, Any] = {
    "runStrategy": "Halted",
    "instancetype": {"name": "u1.small"},
    "dataVolumeTemplates": [{"metadata": {"name": "db-root"}, "spec": _DV_SPEC}],
    "template": {"metadata": {"labels": {"app": "db"}}, "spec": _VMI_SPEC},
}
_CLAIM_SPEC: dict[str, Any] = {
    "accessModes": ["ReadWriteOnce"], "resources": _SIZE, "storageClassName": "fast",
    "volumeMode": "Block",
}  # fmt: skip

SAMPLES: dict[Kind, dict[str, Any]] = {
    kinds.SNAPSHOT: {"spec": {"source": _SOURCE, "deletionPolicy": "Retain"}},
    kinds.CONTENT: {
        "spec": {
            "virtualMachineSnapshotName": "nightly",
            "source": {"virtualMachine": {"metadata": {"name": "db"}, "spec": _VM_SPEC}},
            "volumeBackups": [
                {"volumeName": "root", "persistentVolumeClaim": {"spec": _CLAIM_SPEC}}
            ],
        }
    },
    kinds.RESTORE: {
        "spec": {
            "target": _SOURCE,
            "virtualMachineSnapshotName": "nightly",
            "patches": ['{"op": "replace", "path": "/spec/running", "value": false}'],
        }
    },
    kinds.VM: {"spec": _VM_SPEC, "status": {"printableStatus": "Stopped"}},
    kinds.VMI: {"spec": _VMI_SPEC},
    kinds.KUBEVIRT: {
        "spec": {
            "configuration": {
                "developerConfiguration": {"featureGates": ["Snapshot"]},
                "vmStateStorageClass": "fast",
            }
        }
    },
    kinds.POOL: {
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "db"}},
            "virtualMachineTemplate": {"metadata": {"labels": {"app": "db"}}, "spec": _VM_SPEC},
        }
    },
    kinds.CLONE: {"spec": {"source": _SOURCE, "newMacAddresses": {"default": "02-00-00-00-00-01"}}},
    kinds.EXPORT: {"spec": {"source": _SOURCE, "ttlDuration": "1h"}},
    kinds.BACKUP: {
        "spec": {"source": _SOURCE, "pvcName": "store", "mode": "Pull", "tokenSecretRef": "t"}
    },
    kinds.BACKUP_TRACKER: {"spec": {"source": _SOURCE}},
    kinds.DATA_VOLUME: {"spec": _DV_SPEC},
    kinds.STORAGE_PROFILE: {
        "spec": {
            "claimPropertySets": [{"accessModes": ["ReadWriteMany"], "volumeMode": "Block"}],
            "snapshotClass": "fast",
        }
    },
    kinds.VOLUME_SNAPSHOT_CLASS: {
        "driver": "csi.example.com", "deletionPolicy": "Delete", "parameters": {"type": "snap"},
    },
    kinds.VOLUME_SNAPSHOT: {
        "spec": {
            "source": {"persistentVolumeClaimName": "db-data"}, "volumeSnapshotClassName": "fast",
        }
    },
    kinds.VOLUME_SNAPSHOT_CONTENT: {
        "spec": {
            "deletionPolicy": "Delete", "driver": "csi.example.com",
            "source": {"snapshotHandle": "h"},
            "volumeSnapshotRef": {"name": "s", "namespace": "prod"},
        }
    },
    kinds.STORAGE_CLASS: {
        "provisioner": "csi.example.com", "parameters": {"pool": "ssd"}, "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": True,
    },
    kinds.PVC: {"spec": _CLAIM_SPEC},
    kinds.PV: {
        "spec": {
            "capacity": {"storage": "20Gi"}, "accessModes": ["ReadWriteOnce"],
            "csi": {"driver": "csi.example.com", "volumeHandle": "h"},
        }
    },
}  # fmt: skip


def sample(kind: Kind, version: str = "v1") -> dict[str, Any]:
    """A sound object of `kind`, safe to change at its top level."""
    api_version = f"{kind.group}/{version}" if kind.group else version
    head = {"apiVersion": api_version, "kind": kind.kind}
    return head | {"metadata": {"name": "db", "labels": {"app": "db"}}} | SAMPLES[kind]
