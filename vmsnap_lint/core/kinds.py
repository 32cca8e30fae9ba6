"""The (group, kind) pairs that the linter knows, named once."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import NamedTuple

__all__ = [
    "ARGO_APPLICATION", "ARGO_APPLICATION_SET", "BACKUP", "BACKUP_TRACKER", "CDI", "CLONE",
    "CLUSTER_INSTANCETYPE", "CLUSTER_PREFERENCE", "CLUSTER_SCOPED", "CONFIG_MAP", "CONTENT",
    "CONTROLLER_REVISION", "CRD", "DATA_IMPORT_CRON", "DATA_SOURCE", "DATA_VOLUME", "EXPORT",
    "FLUX_GIT_REPOSITORY", "FLUX_HELM_RELEASE", "FLUX_KUSTOMIZATION", "GROUPS", "HYPERCONVERGED",
    "INSTANCETYPE", "KUBEVIRT", "LINSTOR_CONFIG", "LVM_CLUSTER", "NAMESPACE", "OCS_CLUSTER", "POD",
    "POOL", "PORTWORX_CLUSTER", "PREFERENCE", "PV", "PVC", "RESTORE", "SNAPSHOT", "STORAGE_CLASS",
    "STORAGE_PROFILE", "VM", "VMI", "VOLUME_SNAPSHOT", "VOLUME_SNAPSHOT_CLASS",
    "VOLUME_SNAPSHOT_CONTENT", "Kind",
]  # fmt: skip


class Kind(NamedTuple):
    """An API group and a kind in it; version never matters to identity."""

    group: str
    kind: str


SNAPSHOT = Kind("snapshot.kubevirt.io", "VirtualMachineSnapshot")
CONTENT = Kind("snapshot.kubevirt.io", "VirtualMachineSnapshotContent")
RESTORE = Kind("snapshot.kubevirt.io", "VirtualMachineRestore")
VM = Kind("kubevirt.io", "VirtualMachine")
VMI = Kind("kubevirt.io", "VirtualMachineInstance")
KUBEVIRT = Kind("kubevirt.io", "KubeVirt")
HYPERCONVERGED = Kind("hco.kubevirt.io", "HyperConverged")
POOL = Kind("pool.kubevirt.io", "VirtualMachinePool")
CLONE = Kind("clone.kubevirt.io", "VirtualMachineClone")
EXPORT = Kind("export.kubevirt.io", "VirtualMachineExport")
BACKUP = Kind("backup.kubevirt.io", "VirtualMachineBackup")
BACKUP_TRACKER = Kind("backup.kubevirt.io", "VirtualMachineBackupTracker")
INSTANCETYPE = Kind("instancetype.kubevirt.io", "VirtualMachineInstancetype")
CLUSTER_INSTANCETYPE = Kind("instancetype.kubevirt.io", "VirtualMachineClusterInstancetype")
PREFERENCE = Kind("instancetype.kubevirt.io", "VirtualMachinePreference")
CLUSTER_PREFERENCE = Kind("instancetype.kubevirt.io", "VirtualMachineClusterPreference")
CDI = Kind("cdi.kubevirt.io", "CDI")
DATA_IMPORT_CRON = Kind("cdi.kubevirt.io", "DataImportCron")
DATA_SOURCE = Kind("cdi.kubevirt.io", "DataSource")
DATA_VOLUME = Kind("cdi.kubevirt.io", "DataVolume")
STORAGE_PROFILE = Kind("cdi.kubevirt.io", "StorageProfile")
VOLUME_SNAPSHOT_CLASS = Kind("snapshot.storage.k8s.io", "VolumeSnapshotClass")
VOLUME_SNAPSHOT = Kind("snapshot.storage.k8s.io", "VolumeSnapshot")
VOLUME_SNAPSHOT_CONTENT = Kind("snapshot.storage.k8s.io", "VolumeSnapshotContent")
STORAGE_CLASS = Kind("storage.k8s.io", "StorageClass")
PVC = Kind("", "PersistentVolumeClaim")
PV = Kind("", "PersistentVolume")
POD = Kind("", "Pod")
CONFIG_MAP = Kind("", "ConfigMap")
NAMESPACE = Kind("", "Namespace")
CONTROLLER_REVISION = Kind("apps", "ControllerRevision")
ARGO_APPLICATION = Kind("argoproj.io", "Application")
ARGO_APPLICATION_SET = Kind("argoproj.io", "ApplicationSet")
FLUX_GIT_REPOSITORY = Kind("source.toolkit.fluxcd.io", "GitRepository")
FLUX_HELM_RELEASE = Kind("helm.toolkit.fluxcd.io", "HelmRelease")
FLUX_KUSTOMIZATION = Kind("kustomize.toolkit.fluxcd.io", "Kustomization")
LINSTOR_CONFIG = Kind("piraeus.io", "LinstorSatelliteConfiguration")
LVM_CLUSTER = Kind("lvm.topolvm.io", "LVMCluster")
OCS_CLUSTER = Kind("ocs.openshift.io", "StorageCluster")
PORTWORX_CLUSTER = Kind("core.libopenstorage.org", "StorageCluster")
CRD = Kind("apiextensions.k8s.io", "CustomResourceDefinition")

CLUSTER_SCOPED = frozenset({
    CLUSTER_INSTANCETYPE, CLUSTER_PREFERENCE, CRD, PV, STORAGE_CLASS, STORAGE_PROFILE,
    VOLUME_SNAPSHOT_CLASS, VOLUME_SNAPSHOT_CONTENT,
})  # fmt: skip

# The kinds of each KubeVirt group (kubevirt v1.9.0, pkg/virt-operator/resource/generate/components
# /crds.go; CDI and HCO: their own CRDs).
GROUPS = {
    "snapshot.kubevirt.io": (SNAPSHOT.kind, CONTENT.kind, RESTORE.kind),
    "kubevirt.io": (
        VM.kind, VMI.kind, KUBEVIRT.kind, "VirtualMachineInstanceMigration",
        "VirtualMachineInstancePreset", "VirtualMachineInstanceReplicaSet",
    ),
    "pool.kubevirt.io": (POOL.kind,),
    "clone.kubevirt.io": (CLONE.kind,),
    "export.kubevirt.io": (EXPORT.kind,),
    "backup.kubevirt.io": (BACKUP.kind, BACKUP_TRACKER.kind),
    "migrations.kubevirt.io": ("MigrationPolicy",),
    "instancetype.kubevirt.io": (
        INSTANCETYPE.kind, CLUSTER_INSTANCETYPE.kind, PREFERENCE.kind, CLUSTER_PREFERENCE.kind,
    ),
    "cdi.kubevirt.io": (
        DATA_VOLUME.kind, STORAGE_PROFILE.kind, CDI.kind, DATA_SOURCE.kind, "CDIConfig",
        DATA_IMPORT_CRON.kind, "ObjectTransfer", "OpenstackVolumePopulator", "OvirtVolumePopulator",
        "VolumeCloneSource", "VolumeImportSource", "VolumeUploadSource",
    ),
}  # fmt: skip
