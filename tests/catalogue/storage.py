"""Rows of the storage chain and of snapshot classes."""

from __future__ import annotations

from typing import Any

from tests.catalogue.objects import (
    Object,
    Row,
    claim,
    dv,
    kubevirt,
    obj,
    pvc,
    row,
    sc,
    snap,
    sound,
    template,
    vm,
    volume,
    vsc,
)

__all__ = ["ROWS"]

_KEY = "snapshot.storage.kubernetes.io/is-default-class"
_K8S = "storageclass.kubernetes.io/is-default-class"
_CEPH = "rook-ceph.rbd.csi.ceph.com"
_RBD = "rbd.csi.ceph.com"
_TPM: Object = {"tpm": {"persistent": True}}
_SECRETS = {
    "clusterID": "rook-ceph",
    "csi.storage.k8s.io/snapshotter-secret-name": "rook-csi-rbd-provisioner",
    "csi.storage.k8s.io/snapshotter-secret-namespace": "rook-ceph",
}


def _default(*names: str, value: str = "true") -> Object:
    return {"annotations": dict.fromkeys(names, value)}


def _classes(*classes: Object, provisioner: str = "ebs.csi.aws.com") -> list[Object]:
    """vm1 on class fast, with its snapshot and these snapshot classes."""
    return [snap(), vm("vm1", volume()), claim(), sc(provisioner=provisioner), *classes]


def _profile(name: str = "fast", **status: Any) -> Object:
    return obj("StorageProfile", name, "", spec={}, status=status)


def _dv_volume(name: str = "root", made: str = "d") -> Object:
    return {"name": name, "dataVolume": {"name": made}}


def _pv(**spec: Any) -> Object:
    spec = {
        "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"},
        "claimRef": {"name": "d", "namespace": "a"}, **spec,
    }  # fmt: skip
    return obj("PersistentVolume", "pv1", "", spec=spec, status={"phase": "Bound"})


def _csi(driver: str) -> Object:
    return {"csi": {"driver": driver, "volumeHandle": "v1"}}


def _crd(version: str) -> Object:
    versions = [{"name": version, "served": True, "storage": True,
                 "schema": {"openAPIV3Schema": {"type": "object"}}}]  # fmt: skip
    spec = {
        "group": "snapshot.storage.k8s.io", "scope": "Cluster", "versions": versions,
        "names": {"kind": "VolumeSnapshot", "plural": "volumesnapshots"},
    }  # fmt: skip
    return obj("CustomResourceDefinition", "volumesnapshots.snapshot.storage.k8s.io", "",
               api="apiextensions.k8s.io/v1", spec=spec)  # fmt: skip


_OWNED = {
    "ownerReferences": [{
        "apiVersion": "cdi.kubevirt.io/v1beta1", "kind": "DataVolume", "name": "d",
        "uid": "u", "controller": True,
    }]
}  # fmt: skip
_SIZE = {"resources": {"requests": {"storage": "1Gi"}}}

ROWS: tuple[Row, ...] = (
    row("claim-missing", "error",
        [snap(), vm("vm1", volume("root", "rootdisk")), claim("root-disk"), sc(), vsc()],
        [snap(), vm("vm1", volume("root", "rootdisk")), sc(), vsc()]),
    row("datavolume-missing", "error",
        [snap(), vm("vm1", _dv_volume("root", "d1")), dv("other"), sc(), vsc()],
        [snap(), vm("vm1", _dv_volume("root", "d1")), dv("d1"), sc(), vsc()]),
    row("claim-not-bound", "error",
        [snap(), vm("vm1", volume()), pvc(phase="Pending"), sc(), vsc()],
        [snap(), vm("vm1", volume()), claim(), sc(), vsc()], flags="--kubevirt 1.9"),
    row("claim-not-bound", "warning",
        [snap(), vm("vm1", volume()), pvc(phase="Pending"), sc(), vsc()],
        [snap(), *sound()], flags="--kubevirt 1.4"),
    row("claim-not-populated", "error",
        [snap(), vm("vm1", _dv_volume()), pvc(meta=_OWNED), sc(), vsc(),
         dv(status={"phase": "ImportInProgress"})],
        [snap(), vm("vm1", _dv_volume()), pvc(meta=_OWNED), sc(), vsc(), dv()]),
    row("claim-terminating", "error",
        [snap(), vm("vm1", volume()), sc(), vsc(),
         pvc(meta={"deletionTimestamp": "2026-01-01T00:00:00Z"})],
        [snap(), vm("vm1", volume()), sc(), vsc(), pvc()]),
    row("wffc-unbound-offline", "warning",
        [snap(), vm("vm1", _dv_volume(), dataVolumeTemplates=[template()]), vsc(),
         sc(volumeBindingMode="WaitForFirstConsumer")],
        [snap(), vm("vm1", _dv_volume(), dataVolumeTemplates=[template()]), vsc(), pvc(),
         sc(volumeBindingMode="WaitForFirstConsumer")]),
    row("claim-without-class", "error",
        [snap(), vm("vm1", volume()), pvc(cls=None), sc(), vsc()],
        [snap(), vm("vm1", volume()), claim(cls=None), sc(meta=_default(_K8S)), vsc()]),
    row("claim-without-class", "info",
        [snap(), vm("vm1", volume()), claim(cls=None), vsc()], [snap(), *sound()]),
    row("storage-class-missing", "error",
        [snap(), vm("vm1", volume()), claim(cls="ceph-blok"), sc("ceph-block"), vsc()],
        [snap(), vm("vm1", volume()), claim(cls="ceph-blok"), vsc()],
        flags="--complete StorageClass", good_flags=""),
    row("storage-class-missing", "warning",  # guessed: the input may not hold all classes
        [snap(), vm("vm1", volume()), claim(cls="ceph-blok"), sc("ceph-block"), vsc()],
        [snap(), *sound()]),
    row("default-class-problem", "warning",
        [snap(), vm("vm1", _dv_volume()), dv(storage=_SIZE), vsc(),
         sc("one", meta=_default(_K8S)), sc("two", meta=_default(_K8S))],
        [snap(), vm("vm1", _dv_volume()), dv(storage=_SIZE), vsc()]),
    row("in-tree-provisioner", "error",
        _classes(vsc(), provisioner="kubernetes.io/aws-ebs"), [snap(), *sound()]),
    row("in-tree-provisioner", "warning",
        _classes(vsc(), provisioner="kubernetes.io/no-provisioner"), [snap(), *sound()]),
    row("in-tree-provisioner", "warning",  # KubeVirt takes the class of the profile, and it fails
        [*_classes(vsc(), provisioner="kubernetes.io/aws-ebs"),
         _profile(snapshotClass="fast-snap")],
        [snap(), *sound(), _profile(snapshotClass="fast-snap")]),
    row("non-csi-provisioner", "error",
        _classes(vsc(), provisioner="rancher.io/local-path"), [snap(), *sound()]),
    row("driver-snapshot-unsupported", "warning",
        _classes(provisioner="csi.hetzner.cloud"), [snap(), *sound()]),
    row("driver-snapshot-unsupported", "info",
        _classes(vsc(driver="csi.hetzner.cloud"), provisioner="csi.hetzner.cloud"),
        [snap(), *sound()]),
    row("pv-not-csi", "error",
        [snap(), vm("vm1", volume()), pvc(spec={"volumeName": "pv1"}), sc(), vsc(),
         _pv(nfs={"path": "/x", "server": "s"})],
        [snap(), vm("vm1", volume()), pvc(spec={"volumeName": "pv1"}), sc(), vsc()]),
    row("pv-driver-differs", "warning",
        [snap(), vm("vm1", volume()), pvc(spec={"volumeName": "pv1"}), sc(), vsc(),
         _pv(**_csi("old.csi.aws.com"))],
        [snap(), vm("vm1", volume()), pvc(spec={"volumeName": "pv1"}), sc(), vsc(),
         _pv(**_csi("ebs.csi.aws.com"))]),
    row("dv-no-access-mode", "warning",  # a profile that is not in the input may set them
        [snap(), vm("vm1", _dv_volume()), vsc(), sc(provisioner="rancher.io/local-path"),
         dv(storage={"storageClassName": "fast", **_SIZE})],
        [snap(), vm("vm1", _dv_volume()), vsc(), sc(),
         dv(storage={"storageClassName": "fast", **_SIZE})], also="non-csi-provisioner"),
    row("dv-no-access-mode", "error",
        [snap(), vm("vm1", _dv_volume()), vsc(), sc(provisioner="rancher.io/local-path"),
         dv(storage={"storageClassName": "fast", **_SIZE}), _profile()],
        [snap(), vm("vm1", _dv_volume()), vsc(), sc(),
         dv(storage={"storageClassName": "fast", **_SIZE})], also="non-csi-provisioner"),
    row("backend-state-class", "warning",
        [snap(), vm("vm1", volume(), devices=_TPM), claim(), sc(), vsc(),
         sc("local-path", "rancher.io/local-path"), kubevirt(vmStateStorageClass="local-path")],
        [snap(), vm("vm1", volume(), devices=_TPM), claim(), sc(), vsc(),
         kubevirt(vmStateStorageClass="fast")]),
    row("datavolume-invalid", "error",
        [snap(), vm("vm1", _dv_volume()), sc(), vsc(),
         dv(pvc={"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", **_SIZE},
            storage=_SIZE)],
        [snap(), vm("vm1", _dv_volume()), sc(), vsc(), dv()]),
    row("dvtemplate-unused", "error",
        [snap(), vm("vm1", volume(), dataVolumeTemplates=[template("d2")]), claim(), sc(), vsc()],
        [snap(), vm("vm1", volume(), dataVolumeTemplates=[template("d")]), sc(), vsc()]),
    row("claim-shared", "warning",
        [snap(), *sound(), vm("vm2", volume())],
        [snap(), *sound(), vm("vm2", volume("root", "e")), claim("e")]),
    # snapshot classes
    row("no-snapshot-class", "error",
        _classes(vsc(driver="cephfs.csi.ceph.com", parameters=_SECRETS), provisioner=_RBD),
        _classes(vsc(driver=_RBD, parameters=_SECRETS), provisioner=_RBD),
        flags="--complete VolumeSnapshotClass"),
    row("no-snapshot-class", "warning",  # guessed: the input may not hold all classes
        _classes(vsc(driver="cephfs.csi.ceph.com", parameters=_SECRETS), provisioner=_RBD),
        [snap(), *sound()]),
    row("no-snapshot-class", "info",
        _classes(provisioner=_RBD), [snap(), *sound()]),
    row("ambiguous-class", "warning",  # CDI may be there and choose
        _classes(vsc("one"), vsc("two")), [snap(), *sound()]),
    row("ambiguous-class", "error",
        _classes(vsc("one"), vsc("two")), _classes(vsc("one", meta=_default(_KEY)), vsc("two")),
        flags="--complete StorageProfile"),
    row("ambiguous-class", "info",
        [*_classes(vsc("one"), vsc("two")), _profile(provisioner="ebs.csi.aws.com")],
        _classes(vsc("one"))),
    row("default-annotation-value", "warning",
        _classes(vsc("one", meta=_default(_KEY, value="false")), vsc("two")),
        _classes(vsc("one", meta=_default(_KEY)), vsc("two"))),
    row("several-defaults", "warning",
        _classes(vsc("one", meta=_default(_KEY)), vsc("two", meta=_default(_KEY))),
        _classes(vsc("one", meta=_default(_KEY)), vsc("two"))),
    row("profile-dangling-class", "error",
        [*_classes(vsc()), _profile(snapshotClass="gone")],
        [*_classes(), _profile(snapshotClass="gone")],
        flags="--complete VolumeSnapshotClass", good_flags=""),
    row("profile-dangling-class", "warning",  # guessed: the input may not hold all classes
        [*_classes(vsc()), _profile(snapshotClass="gone")],
        [*_classes(vsc()), _profile(snapshotClass="fast-snap")]),
    row("class-driver-mismatch", "error",
        [*_classes(vsc("nfs-snap", "nfs.csi.k8s.io"), provisioner=_RBD),
         _profile(snapshotClass="nfs-snap")],
        [*_classes(vsc("rbd-snap", _RBD, parameters=_SECRETS), provisioner=_RBD),
         _profile(snapshotClass="rbd-snap")]),
    row("profile-orphan", "info",
        [snap(), *sound(), _profile("quick")], [snap(), *sound(), _profile("fast")]),
    row("class-driver-unmatched", "warning",
        _classes(vsc(driver="rbd.csi.ceph.co"), provisioner=_RBD),
        [snap(), vm("vm1", volume()), claim(), vsc(driver="rbd.csi.ceph.co")]),
    row("class-driver-unmatched", "info",
        _classes(vsc(), vsc("nfs-snap", "nfs.csi.k8s.io")), _classes(vsc())),
    row("class-driver-in-tree", "error",
        _classes(vsc(), vsc("old", "kubernetes.io/aws-ebs")), _classes(vsc())),
    row("class-schema", "error",
        _classes(obj("VolumeSnapshotClass", "fast-snap", "", snapshotter=_RBD,
                     deletionPolicy="Delete"), provisioner=_RBD),
        _classes(vsc())),
    row("class-secret-missing", "warning",
        _classes(vsc(driver=_CEPH, parameters={"clusterID": "rook-ceph"}), provisioner=_CEPH),
        _classes(vsc(driver=_CEPH, parameters=_SECRETS), provisioner=_CEPH)),
    row("class-clusterid-mismatch", "warning",
        [snap(), vm("vm1", volume()), claim(), vsc(driver=_CEPH, parameters=_SECRETS),
         sc(provisioner=_CEPH, parameters={"clusterID": "other"})],
        [snap(), vm("vm1", volume()), claim(), vsc(driver=_CEPH, parameters=_SECRETS),
         sc(provisioner=_CEPH)]),
    row("longhorn-type", "info",
        _classes(vsc(driver="driver.longhorn.io", parameters={"type": "bak"}),
                 provisioner="driver.longhorn.io"),
        _classes(vsc(driver="driver.longhorn.io", parameters={"type": "snap"}),
                 provisioner="driver.longhorn.io")),
    row("snapshot-crd-not-v1", "error",
        [snap(), *sound(), _crd("v1beta1")], [snap(), *sound(), _crd("v1")]),
    row("snapshot-api-old", "error",
        _classes(obj("VolumeSnapshotClass", "fast-snap", "", driver="ebs.csi.aws.com",
                     deletionPolicy="Delete", api="snapshot.storage.k8s.io/v1beta1")),
        _classes(obj("VolumeSnapshotClass", "fast-snap", "", driver="ebs.csi.aws.com",
                     deletionPolicy="Delete", api="snapshot.storage.k8s.io/v1beta1"))[1:],
        good_flags="--kubevirt 0.50"),
)  # fmt: skip
