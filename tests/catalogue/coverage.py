"""Rows of volume coverage."""

from __future__ import annotations

from tests.catalogue.objects import (
    Object,
    Row,
    claim,
    obj,
    pvc,
    row,
    sc,
    snap,
    sound,
    vm,
    volume,
    vsc,
)

__all__ = ["ROWS"]

_DISK = {"name": "seed", "cloudInitNoCloud": {"userData": "#cloud-config"}}
_IMAGE = {"name": "boot", "containerDisk": {"image": "quay.io/x/y"}}
_TPM: Object = {"tpm": {"persistent": True}}
_EFI: Object = {"firmware": {"bootloader": {"efi": {"persistent": True, "secureBoot": False}}}}
_UID = {"uid": "u-vm1"}
_SHARED = {"disks": [{"name": "shared", "shareable": True, "disk": {}}]}


def _old(one: Object) -> Object:
    return {**one, "apiVersion": "snapshot.kubevirt.io/v1alpha1"}


ROWS: tuple[Row, ...] = (
    row("nothing-to-snapshot", "warning",
        [snap(), vm("vm1", _IMAGE, _DISK)], [snap(), vm("vm1", _IMAGE, volume())]),
    row("partial-snapshot", "warning",  # other volumes have rules of their own
        [_old(snap()), vm("vm1", volume(), {"name": "dump", "memoryDump": {"claimName": "e"}},
                    devices={"disks": [{"name": "root", "disk": {}}]}),
         claim(), claim("e"), sc(), vsc()],
        [_old(snap()), *sound()], flags="--kubevirt 0.54"),
    row("non-csi-provisioner", "error",  # partial-snapshot has nothing to add
        [snap(), vm("vm1", volume(), volume("iso", "iso")), sc(), vsc(), claim(),
         claim("iso", "nfs-client"),
         sc("nfs-client", "k8s-sigs.io/nfs-subdir-external-provisioner")],
        [snap(), *sound()]),
    row("ephemeral-root", "warning",
        [snap(), vm("vm1", _IMAGE, volume(), devices={"disks": [
            {"name": "boot", "bootOrder": 1, "disk": {}}, {"name": "root", "disk": {}}]}),
         claim(), sc(), vsc()],
        [snap(), vm("vm1", volume(), _DISK), claim(), sc(), vsc()]),
    row("local-data-not-saved", "info",
        [snap(), vm("vm1", volume(), {"name": "x", "emptyDisk": {"capacity": "1Gi"}}), claim(),
         sc(), vsc()],
        [snap(), vm("vm1", volume(), _DISK), claim(), sc(), vsc()]),
    row("memory-dump-not-restored", "info",
        [snap(), vm("vm1", volume(), {"name": "dump", "memoryDump": {"claimName": "e"}},
                    devices={"disks": [{"name": "root", "disk": {}}]}),
         claim(), claim("e"), sc(), vsc()],
        [snap(), *sound()]),
    row("shared-disk", "warning",
        [snap(), vm("vm1", volume("shared"), devices=_SHARED), claim(), sc(), vsc()],
        [snap(), *sound()]),
    row("state-from-preference", "warning",
        [snap(), vm("vm1", volume(), preference={"name": "windows.11.virtio"}), claim(), sc(),
         vsc()],
        [snap(), vm("vm1", volume(), preference={"name": "fedora"}), claim(), sc(), vsc(),
         obj("VirtualMachineClusterPreference", "fedora", "", spec={},
             api="instancetype.kubevirt.io/v1beta1")]),
    row("backend-state-refused", "error",
        [snap(), vm("vm1", volume(), devices=_TPM), claim(), sc(), vsc()],
        [snap(), vm("vm1", volume(), devices=_TPM), claim(), sc(), vsc()],
        flags="--kubevirt 1.3", good_flags="--kubevirt 1.5"),
    row("backend-state-never-started", "warning",
        [snap(), vm("vm1", volume(), domain=_EFI, meta=_UID), pvc(), sc(), vsc()],
        [snap(), vm("vm1", volume(), domain=_EFI), claim(), sc(), vsc()]),
    row("volume-list-invalid", "error",
        [snap(), vm("vm1", volume(), volume("root", "e")), claim(), claim("e"), sc(), vsc()],
        [snap(), *sound()]),
    row("volume-list-invalid", "warning",
        [snap(), vm("vm1", volume(), volume("data", "e"), devices={"disks": [
            {"name": "root", "disk": {}}]}), claim(), claim("e"), sc(), vsc()],
        [snap(), *sound()]),
)  # fmt: skip
