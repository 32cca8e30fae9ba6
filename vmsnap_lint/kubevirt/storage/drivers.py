"""What is known of the snapshots of provisioners and CSI drivers.

Sources: kubernetes/csi-translation-lib (in-tree names), kubernetes-csi/docs drivers.md (declared
features), the drivers' own repositories (verified), CDI pkg/storagecapabilities (what CDI knows).
"""

from __future__ import annotations

from enum import Enum
from functools import cache, lru_cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "CEPH_PARAMETERS", "Provisioner", "ProvisionerKind", "Support", "cdi_knows", "classify",
    "needs_ceph_parameters",
]  # fmt: skip


class ProvisionerKind(Enum):
    """The kinds of provisioners."""

    IN_TREE = "in-tree"
    NO_PROVISIONER = "no-provisioner"
    NON_CSI = "non-csi"
    BUCKET = "bucket"
    CSI_KNOWN = "csi"
    UNKNOWN = "unknown"


class Support(Enum):
    """Whether volume snapshots work; `DEPENDS` means on how the driver is set up (see the note)."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"
    UNKNOWN = "unknown"


class Provisioner(NamedTuple):
    """What is known of a provisioner. `verified` means found in source, not only in a list."""

    name: str
    kind: ProvisionerKind
    snapshots: Support
    verified: bool
    migrated_to: str | None = None
    note: str = ""

    @property
    def is_csi(self) -> bool:
        """Whether the name may belong to a CSI driver, so that a snapshot class could match it."""
        return self.kind in (ProvisionerKind.CSI_KNOWN, ProvisionerKind.UNKNOWN)

    @property
    def has_thick_volumes(self) -> bool:
        """Whether its volumes may be thick LVM, of which it takes no snapshots."""
        return self.name in _THICK


# https://github.com/topolvm/topolvm/blob/main/docs/snapshot-and-restore.md: a thin pool is needed;
# https://linbit.com/drbd-user-guide/linstor-guide-1_0-en/: snapshots need LVM thin or ZFS pools
_THICK = frozenset(("linstor.csi.linbit.com", "topolvm.cybozu.com", "topolvm.io"))
CEPH_PARAMETERS = (
    "clusterID",
    "csi.storage.k8s.io/snapshotter-secret-name",
    "csi.storage.k8s.io/snapshotter-secret-namespace",
)


@lru_cache(maxsize=1024)
def classify(name: str) -> Provisioner:
    """What is known of `name`, a StorageClass's provisioner or a VolumeSnapshotClass's driver."""
    kind = _kind(name)
    if kind is None:
        return _csi(name)
    return Provisioner(name, kind, Support.NO, name not in _HEARSAY, _MIGRATED.get(name))


def needs_ceph_parameters(driver: str) -> bool:
    """Whether a VolumeSnapshotClass of this driver is useless without `CEPH_PARAMETERS`.

    https://github.com/rook/rook/issues/8728
    """
    return f".{driver}".endswith((".rbd.csi.ceph.com", ".cephfs.csi.ceph.com"))


def cdi_knows(name: str) -> bool:
    """Whether CDI knows access modes for this provisioner, so that a DataVolume may have none.

    A Ceph driver with an unusual prefix counts as known, to avoid a wrong error.
    https://github.com/kubevirt/containerized-data-importer pkg/storagecapabilities
    """
    return name in _CDI_KNOWS.split() or needs_ceph_parameters(name)


def _kind(name: str) -> ProvisionerKind | None:
    """The kind of a provisioner that can never have snapshots."""
    if name == "kubernetes.io/no-provisioner":
        return ProvisionerKind.NO_PROVISIONER
    if name.startswith("kubernetes.io/"):
        return ProvisionerKind.IN_TREE
    if name == "stork-snapshot" or name.endswith((".ceph.rook.io/bucket", ".noobaa.io/obc")):
        return ProvisionerKind.BUCKET
    is_nfs = name.startswith("cluster.local/") and "nfs" in name
    return ProvisionerKind.NON_CSI if is_nfs or name in _NON_CSI else None


def _csi(name: str) -> Provisioner:
    parts = name.split(".")[:16] if len(name) < 254 else []
    for suffix in (".".join(parts[start:]) for start in range(len(parts))):
        if suffix in _table() and (suffix == name or suffix in _PREFIXED):
            note = _NOTES.get(suffix, "")
            return Provisioner(name, ProvisionerKind.CSI_KNOWN, *_table()[suffix], note=note)
    if name.startswith("org.democratic-csi."):
        return Provisioner(name, ProvisionerKind.CSI_KNOWN, Support.YES, False)
    return Provisioner(name, ProvisionerKind.UNKNOWN, Support.UNKNOWN, False)


@cache
def _table() -> Mapping[str, tuple[Support, bool]]:
    rows = (
        (_VERIFIED_YES, Support.YES, True),
        (_VERIFIED_NO, Support.NO, True),
        (_VERIFIED_DEPENDS, Support.DEPENDS, True),
        (_DECLARED_YES, Support.YES, False),
        (_DECLARED_NO, Support.NO, False),
        (_UNDECLARED, Support.UNKNOWN, False),
    )
    return {
        name: (support, verified) for names, support, verified in rows for name in names.split()
    }


# https://github.com/kubernetes/csi-translation-lib/tree/master/plugins
_MIGRATED = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/azure-file": "file.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
    "kubernetes.io/vsphere-volume": "csi.vsphere.vmware.com",
}

# Known from use only, not found in source.
_HEARSAY = frozenset(("docker.io/hostpath", "fuseim.pri/ifs", "microk8s.io/hostpath"))

_NON_CSI = _HEARSAY | {
    "k8s-sigs.io/nfs-subdir-external-provisioner",
    "k8s.io/minikube-hostpath",
    "kubevirt.io/hostpath-provisioner",  # the legacy one; with a dot it is the CSI driver
    "openebs.io/local",
    "rancher.io/local-path",
}

# Operators put a namespace or an instance before these.
_PREFIXED = frozenset((
    "cephfs.csi.ceph.com", "ember-csi.io", "nfs.csi.ceph.com", "rbd.csi.ceph.com",
))  # fmt: skip

_NOTES = {
    "csi.proxmox.sinextra.dev": "only recent releases of the driver have snapshots",
    "csi.vsphere.vmware.com": "block volumes only, not file volumes",
    "driver.longhorn.io": "the class's parameter type chooses a snapshot (snap) or a backup (bak)",
    "kubevirt.io.hostpath-provisioner": "only with a storage pool on a reflink file system",
    "local.csi.openebs.io": "thin volumes only",
    "topolvm.cybozu.com": "thin device classes only",
    "topolvm.io": "thin device classes only",
}

# Found in the driver's source.
_VERIFIED_YES = """
    cephfs.csi.ceph.com csi.kubevirt.io csi.proxmox.sinextra.dev csi.vsphere.vmware.com
    driver.longhorn.io file.csi.azure.com filestore.csi.storage.gke.io hostpath.csi.k8s.io
    io.openebs.csi-mayastor lvm.driver.harvesterhci.io nfs.csi.ceph.com nfs.csi.k8s.io
    rbd.csi.ceph.com zfs.csi.openebs.io
"""
_VERIFIED_NO = """
    csi.hetzner.cloud directpv-min-io efs.csi.aws.com linodebs.csi.linode.com smb.csi.k8s.io
"""
_VERIFIED_DEPENDS = """
    kubevirt.io.hostpath-provisioner local.csi.openebs.io topolvm.cybozu.com topolvm.io
"""
# As listed in https://kubernetes-csi.github.io/docs/drivers.html
_DECLARED_YES = """
    arstor.csi.huayun.io block.csi.ibm.com blockvolume.csi.oraclecloud.com btrfs-nfs-csi
    cinder.csi.openstack.org com.hammerspace.csi com.mapr.csi-kdf com.open-e.joviandss.csi
    com.tencent.cloud.csi.cbs csi-exos-x.seagate.com csi-infiblock-plugin csi-instorage
    csi-isilon.dellemc.com csi-powermax.dellemc.com csi-powerstore.dellemc.com
    csi-sandstone-plugin csi-smtx-plugin csi-soda-plugin csi-unity.dellemc.com
    csi-vxflexos.dellemc.com csi.block.bigtera.com csi.block.ctdi.com csi.block.xsky.com
    csi.cio.storidge.com csi.cloudscale.ch csi.exoscale.com csi.fs.xsky.com csi.hpe.com
    csi.huawei.com csi.lightbitslabs.com csi.nutanix.com csi.san.synology.com csi.scaleway.com
    csi.trident.netapp.io csi.vastdata.com csi.weka.io csi.zadara.com cstor.csi.openebs.io
    dcx.csi.diamanti.com disk.csi.azure.com disk.csi.qingcloud.com
    diskplugin.csi.alibabacloud.com dobs.csi.digitalocean.com dothill.csi.enix.io
    dsp.csi.daterainc.io ebs.csi.aws.com ember-csi.io filex.csi.hpe.com hspc.csi.hitachi.com
    infinibox-csi-driver intelliflash-csi-block-driver.intelliflash.com
    intelliflash-csi-file-driver.intelliflash.com io.hedvig.csi iscsi.csi.ngxstorage.com
    jdcsp-block.csi.jdcloud.com kumoscale.kioxia.com linstor.csi.linbit.com
    local.csi.alibaba.com manila.csi.openstack.org neonsan.csi.qingstor.com
    nexentastor-block-csi-driver.nexenta.com nexentastor-csi-driver.nexenta.com
    org.gluster.glusterfs org.veritas.infoscale pd.csi.storage.gke.io pxd.portworx.com
    quobyte-csi robin spectrumscale.csi.ibm.com volume.csi.bizflycloud.vn vpc.block.csi.ibm.io
"""
_DECLARED_NO = """
    HX-CSI blob.csi.azure.com block.csi.red.ddn.com ceastor.csi.com csi-driver.storpool.com
    csi-infifs-plugin csi.fs.bigtera.com csi.opennebula.io csi.ovirt.org disk.hwameistor.io
    exa.csi.ddn.com filestorage.csi.scaleway.com flexblock.csi.kaixiangtech.com gcs.csi.ofek.dev
    ionir jdcsp-file.csi.jdcloud.com lvm.hwameistor.io nvmesh-csi.excelero.com
    pmem-csi.intel.com
"""
# Listed without features, or known only to CDI: unknown, not "no".
_UNDECLARED = """
    beegfs.csi.netapp.com block.csi.vultr.com com.tencent.cloud.csi.cfs
    com.tencent.cloud.csi.cosfs com.tuxera.csi.moosefs com.vdura.csi.panfs csi-macrosan
    csi.alluxio.com csi.cert-manager.io csi.cubefs.com csi.juicefs.com csi.spdk.io csi.vda.io
    eds.csi.block.sangfor.com eds.csi.file.sangfor.com eu.zetanova.csi.hyperv
    fss.csi.oraclecloud.com fsx.csi.aws.com gcsfuse.csi.storage.gke.io
    kodoplugin.storage.qiniu.com kubesan.gitlab.io lustre-csi.hpe.com
    nasplugin.csi.alibabacloud.com org.gluster.glustervirtblock org.kadalu.gluster
    ossplugin.csi.alibabacloud.com rclone.csi.veloxpack.io s3.csi.aws.com s3.csi.scality.com
    seaweedfs-csi-driver secrets-store.csi.k8s.io secrets.csi.kubevault.com
    spiffe.csi.cert-manager.io storageos vpc.file.csi.ibm.io yandex.csi.flant.com
"""

# Keys of CapabilitiesByProvisionerKey, without parameters and without those of Ceph.
_CDI_KNOWS = """
    block.csi.ibm.com blockvolume.csi.oraclecloud.com cinder.csi.openstack.org
    csi-isilon.dellemc.com csi-powermax.dellemc.com
    csi-powerstore.dellemc.com csi-unity.dellemc.com csi-vxflexos.dellemc.com csi.hpe.com
    csi.huawei.com csi.ovirt.org csi.san.synology.com csi.trident.netapp.io
    csi.vsphere.vmware.com directpv-min-io disk.csi.azure.com driver.longhorn.io ebs.csi.aws.com
    efs.csi.aws.com file.csi.azure.com hspc.csi.hitachi.com infinibox-csi-driver
    k8s-sigs.io/nfs-subdir-external-provisioner k8s.io/minikube-hostpath kubernetes.io/aws-ebs
    kubernetes.io/azure-disk kubernetes.io/azure-file kubernetes.io/gce-pd
    kubernetes.io/portworx-volume kubernetes.io/portworx-volume/nfs kubernetes.io/rbd
    kubernetes.io/storageos kubesan.gitlab.io kubevirt.io.hostpath-provisioner
    kubevirt.io/hostpath-provisioner linstor.csi.linbit.com manila.csi.openstack.org
    nfs.csi.k8s.io pd.csi.storage.gke.io pxd.portworx.com spectrumscale.csi.ibm.com storageos
    topolvm.cybozu.com topolvm.io vpc.block.csi.ibm.io vpc.file.csi.ibm.io
"""
