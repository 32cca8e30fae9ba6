"""Which PersistentVolume stands behind a claim, and what that means for its snapshot."""

from __future__ import annotations

from typing import Any

from tests.builders import (
    RBD,
    claim,
    persistent_volume,
    profile,
    snap,
    snapshot_class,
    storage_class,
    the_plan,
    vm,
)
from vmsnap_lint.kubevirt.verdict import Verdict

NFS: dict[str, Any] = {"nfs": {"server": "10.0.0.1", "path": "/"}}
CSI: dict[str, Any] = {"csi": {"driver": RBD, "volumeHandle": "v1"}}


def verdict(data: dict[str, Any], *volumes: dict[str, Any]) -> Verdict:
    return the_plan(storage_class(), snapshot_class(), snap(), vm(), data, *volumes).verdict


def test_a_volume_that_no_csi_driver_made_keeps_the_snapshot_from_ending() -> None:
    assert verdict(claim(), persistent_volume("a", **NFS)) is Verdict.STUCK
    assert verdict(claim(), persistent_volume("a", **CSI)) is Verdict.COMPLETE


def test_the_volume_that_the_claim_names_counts() -> None:
    both = (persistent_volume("a", **NFS), persistent_volume("b", **CSI))
    assert verdict(claim(spec={"volumeName": "a"}), *both) is Verdict.STUCK
    assert verdict(claim(spec={"volumeName": "b"}), *both) is Verdict.COMPLETE


def test_a_volume_that_was_released_is_not_the_claims_own() -> None:
    both = (persistent_volume("a", "Released", **NFS), persistent_volume("b", **CSI))
    assert verdict(claim(), *both) is Verdict.COMPLETE
    assert verdict(claim(), both[0]) is Verdict.COMPLETE


def test_a_foreign_class_fits_where_its_driver_made_the_volume() -> None:
    old: dict[str, Any] = {"csi": {"driver": "old.csi", "volumeHandle": "v1"}}
    objects = (
        storage_class(), snapshot_class("kept", "old.csi"), snap(), vm(), claim(),
        profile(status={"snapshotClass": "kept"}),
    )  # fmt: skip
    assert the_plan(*objects, persistent_volume("a", **old)).reasons == ()
    assert "VolumeSnapshots fail" in the_plan(*objects).reasons[0]
