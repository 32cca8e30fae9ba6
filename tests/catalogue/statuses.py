"""Rows of exported status."""

from __future__ import annotations

from typing import Any

from tests.catalogue.objects import (
    Object,
    Row,
    claim,
    cont,
    obj,
    pvc,
    row,
    sc,
    snap,
    vm,
    volume,
    vs,
    vsc,
)

__all__ = ["ROWS"]

_TIME = "2026-01-01T00:00:00Z"
_UID = {"uid": "u-vm1"}
_DEADLINE = {"type": "Failure", "status": "True", "reason": "snapshot deadline exceeded"}
_UNBOUND = {
    "type": "Progressing", "status": "False",
    "reason": "Source not locked source a/vm1 volume not bound: d",
}  # fmt: skip
_TWO = vm("vm1", volume(), volume("data", "e"), meta=_UID)


def _ready(**changed: Any) -> Object:
    """The status of a snapshot that is done."""
    return {
        "phase": "Succeeded", "readyToUse": True, "creationTime": _TIME, "sourceUID": "u-vm1",
        "virtualMachineSnapshotContentName": "c",
        "conditions": [
            {"type": "Ready", "status": "True"}, {"type": "Progressing", "status": "False"},
        ],
        **changed,
    }  # fmt: skip


def _backup(name: str = "root", claim_name: str = "d", saved: str | None = "v1") -> Object:
    kept = claim(claim_name)
    one: Object = {
        "volumeName": name,
        "persistentVolumeClaim": {"metadata": kept["metadata"], "spec": kept["spec"]},
    }
    return one | ({"volumeSnapshotName": saved} if saved else {})


def _dump(*instead: Object) -> list[Object]:
    """A snapshot with all behind it; what has the kind and name of an object takes its place."""
    objects = [
        snap(status=_ready()), cont(backups=(_backup(),)), vs("v1"), _vsc_content("v1"),
        vm("vm1", volume(), meta=_UID), pvc(), sc(), vsc(),
    ]  # fmt: skip
    found = {(one["kind"], one["metadata"]["name"]): one for one in (*objects, *instead)}
    return list(found.values())


def _without(*kinds: str) -> list[Object]:
    return [one for one in _dump() if one["kind"] not in kinds]


def _vsc_content(of: str, driver: str = "ebs.csi.aws.com", back: str = "") -> Object:
    spec = {
        "deletionPolicy": "Delete", "driver": driver, "source": {"volumeHandle": "h"},
        "volumeSnapshotRef": {"name": back or of, "namespace": "a", "kind": "VolumeSnapshot"},
        "volumeSnapshotClassName": "fast-snap",
    }  # fmt: skip
    return obj("VolumeSnapshotContent", f"{of}-c", "", meta={"uid": "u-vsc"}, spec=spec,
               status={"readyToUse": True, "snapshotHandle": "s"})  # fmt: skip


_ALL = "--complete all"
_TOO = {"phase": "Failed", "conditions": [_DEADLINE]}

ROWS: tuple[Row, ...] = (
    row("snapshot-failed", "error", [snap(status={"phase": "Failed"})], [snap()]),
    row("snapshot-failed", "error", _dump(snap(status=_TOO)), _dump(), flags=_ALL),
    row("snapshot-not-ready", "error",
        [snap(status={"readyToUse": False})], [snap(status={"phase": "Deleting"})]),
    row("snapshot-source-not-locked", "error",
        [snap(status={"conditions": [_UNBOUND]})], [snap()]),
    row("status-contradiction", "warning",
        _dump(snap(status=_ready(creationTime=None, phase="InProgress"))), _dump()),
    row("snapshot-partial", "warning",
        [snap(status=_ready(snapshotVolumes={"excludedVolumes": ["data"]})),
         vm("vm1", {"name": "data", "dataVolume": {"name": "d"}}, meta=_UID)],
        [snap(status=_ready(snapshotVolumes={"excludedVolumes": ["data"]}))]),
    row("content-missing", "error",
        [*_without("VirtualMachineSnapshotContent"), cont("other", "t", backups=(_backup(),))],
        _without("VirtualMachineSnapshotContent"), flags="", good_flags=""),
    row("content-mismatch", "error",
        _dump(cont(of="other", backups=(_backup(),))), _dump()),
    row("content-volume-missing", "error",
        _dump(_TWO, cont(saved=_TWO, backups=(_backup(),)), pvc("e")), _dump(), flags=_ALL),
    row("content-empty", "warning", _dump(cont()), _dump()),
    row("content-entry-unusable", "error",
        _dump(cont(backups=(_backup(saved=None),))), _dump()),
    row("content-error", "error",
        _dump(cont(backups=(_backup(),), status={
            "readyToUse": False, "error": {"message": "VolumeSnapshots (v1) missing"}}),
              snap(status=_ready())), _dump()),
    row("volumesnapshot-missing", "error", [*_without("VolumeSnapshot"), vs("v2")],
        _without("VolumeSnapshot", "VolumeSnapshotContent")),
    row("volumesnapshot-not-ready", "error",
        _dump(vs("v1", status={"readyToUse": False, "error": {"message": "no handle"},
                               "boundVolumeSnapshotContentName": "v1-c"})), _dump()),
    row("volumesnapshot-mismatch", "error", _dump(vs("v1", "other"), pvc("other")), _dump()),
    row("snapshot-chain-broken", "error",
        _dump(_vsc_content("v1", back="v9")), _without("VolumeSnapshotContent")),
    row("source-uid-differs", "warning",
        _dump(vm("vm1", volume(), meta={"uid": "u-new"})), _dump()),
    row("vm-volume-unsnapshottable", "warning",
        [snap(), pvc(), sc(), vsc(), vm("vm1", volume(), meta=_UID, status={
            "volumeSnapshotStatuses": [
                {"name": "root", "enabled": False, "reason": "PVC not found"}]})],
        [snap(), pvc(), sc(), vsc(), vm("vm1", volume(), meta=_UID, status={
            "volumeSnapshotStatuses": [{"name": "root", "enabled": True}]})]),
    row("orphaned-content", "info",
        [cont(backups=(_backup(),)), snap("t", status=_ready(
            virtualMachineSnapshotContentName="e")), cont("e", "t", backups=(_backup(),))],
        _dump()),
    row("consistency-hint", "info",
        _dump(snap(status=_ready(indications=["Online", "NoGuestAgent"]))),
        _dump(snap(status=_ready(indications=["Online", "GuestAgent"])))),
)  # fmt: skip
