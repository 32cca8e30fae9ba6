"""What is known of provisioners, and what is honestly not."""

from __future__ import annotations

import csv

import pytest

from tests.shared import SHARED, needs_shared
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.kubevirt.storage.drivers import (
    ProvisionerKind,
    Support,
    cdi_knows,
    classify,
    needs_ceph_parameters,
)


@pytest.mark.parametrize(
    ("name", "migrated_to"),
    [
        ("kubernetes.io/aws-ebs", "ebs.csi.aws.com"),
        ("kubernetes.io/vsphere-volume", "csi.vsphere.vmware.com"),
        ("kubernetes.io/glusterfs", None),
        ("kubernetes.io/of-tomorrow", None),
    ],
)
def test_in_tree_names_never_have_snapshots(name: str, migrated_to: str | None) -> None:
    known = classify(name)
    assert (known.kind, known.snapshots) == (ProvisionerKind.IN_TREE, Support.NO)
    assert known.migrated_to == migrated_to
    assert not known.is_csi


@pytest.mark.parametrize(
    "name",
    [
        "rancher.io/local-path",
        "k8s-sigs.io/nfs-subdir-external-provisioner",
        "cluster.local/storage-nfs-subdir-external-provisioner",
        "cluster.local/nfs-client",
        "kubevirt.io/hostpath-provisioner",
        "openebs.io/local",
        "microk8s.io/hostpath",
    ],
)
def test_classic_provisioners_are_not_csi(name: str) -> None:
    assert classify(name).kind is ProvisionerKind.NON_CSI
    assert classify(name).snapshots is Support.NO


@pytest.mark.parametrize(
    "name",
    ["kubevirt.io.hostpath-provisioner", "nfs.csi.k8s.io", "hostpath.csi.k8s.io",
     "local.csi.openebs.io", "zfs.csi.openebs.io"],
)  # fmt: skip
def test_their_look_alikes_are_csi(name: str) -> None:
    assert classify(name).kind is ProvisionerKind.CSI_KNOWN
    assert classify(name).snapshots in (Support.YES, Support.DEPENDS)


def test_no_provisioner_and_buckets_have_kinds_of_their_own() -> None:
    assert classify("kubernetes.io/no-provisioner").kind is ProvisionerKind.NO_PROVISIONER
    for name in (
        "rook-ceph.ceph.rook.io/bucket",
        "openshift-storage.ceph.rook.io/bucket",
        "openshift-storage.noobaa.io/obc",
        "stork-snapshot",
    ):
        assert classify(name).kind is ProvisionerKind.BUCKET


@pytest.mark.parametrize(
    "name",
    ["rook-ceph.rbd.csi.ceph.com", "my-rook.cephfs.csi.ceph.com", "a.b.rbd.csi.ceph.com",
     "fast.ember-csi.io", "org.democratic-csi.nfs"],
)  # fmt: skip
def test_names_that_carry_a_deployment_are_matched_by_their_end(name: str) -> None:
    assert classify(name).kind is ProvisionerKind.CSI_KNOWN
    assert classify(name).snapshots is Support.YES


@pytest.mark.parametrize(
    "name", ["", "evil.topolvm.io", "rbd.csi.ceph.co", "xrbd.csi.ceph.com", "a." * 300, "no"]
)
def test_any_other_name_is_unknown(name: str) -> None:
    known = classify(name)
    assert (known.kind, known.snapshots) == (ProvisionerKind.UNKNOWN, Support.UNKNOWN)
    assert not known.verified


def test_a_list_without_features_says_nothing() -> None:
    assert classify("fsx.csi.aws.com").snapshots is Support.UNKNOWN
    assert classify("blob.csi.azure.com").snapshots is Support.NO
    assert not classify("blob.csi.azure.com").verified


def test_source_beats_the_list() -> None:
    for name in ("driver.longhorn.io", "file.csi.azure.com", "nfs.csi.k8s.io",
                 "filestore.csi.storage.gke.io", "csi.proxmox.sinextra.dev"):  # fmt: skip
        assert classify(name).snapshots is Support.YES
        assert classify(name).verified
    for name in ("csi.hetzner.cloud", "efs.csi.aws.com", "smb.csi.k8s.io"):
        assert classify(name).snapshots is Support.NO
        assert classify(name).verified


def test_ceph_classes_need_parameters_under_any_prefix() -> None:
    assert needs_ceph_parameters("rbd.csi.ceph.com")
    assert needs_ceph_parameters("openshift-storage.cephfs.csi.ceph.com")
    assert not needs_ceph_parameters("xrbd.csi.ceph.com")
    assert not needs_ceph_parameters("driver.longhorn.io")


def test_what_cdi_knows() -> None:
    assert cdi_knows("driver.longhorn.io")
    assert cdi_knows("my-rook.rbd.csi.ceph.com")
    assert not cdi_knows("rancher.io/local-path")
    assert not cdi_knows("kubernetes.io/no-provisioner")


def test_every_row_is_of_a_known_driver() -> None:
    assert {classify(name).kind for name in drivers._table()} == {ProvisionerKind.CSI_KNOWN}


@needs_shared
def test_the_table_agrees_with_the_survey() -> None:
    """Verified rows as verified; listed ones as listed; empty cells as unknown."""
    assert SHARED is not None
    lines = (SHARED / "csi_drivers.tsv").read_text().splitlines()
    verified = {"yes": Support.YES, "no": Support.NO, "conditional": Support.DEPENDS}
    wrong = []
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        name = row["driver"].replace("[x]", "x").replace("[X]", "x")
        listed = verified[row["docs_snapshot"]] if row["docs_cell"] == "listed" else Support.UNKNOWN
        expected = verified.get(row["verified_snapshot"], listed)
        if name.startswith("kubernetes.io/"):
            expected = Support.NO
        if classify(name).snapshots is not expected:
            wrong.append((name, expected))
        if cdi_knows(name) != (row["in_cdi_capabilities"] == "yes"):
            wrong.append((name, Support.UNKNOWN))
    assert wrong == []
