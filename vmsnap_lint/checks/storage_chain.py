"""The storage chain: volume, claim, StorageClass, PersistentVolume.

The causes are worked out in vmsnap_lint.kubevirt.storage; each rule here reports its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import Check, caused
from vmsnap_lint.core.kinds import RESTORE, VM
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem


__all__ = ["CHECKS"]


def backend_state_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """The claim for the state of TPM and EFI gets a class that cannot be snapshotted."""
    found = list(caused(vm, world, "backend-state-class"))
    restores = list(_restores(vm, world)) if found else []
    for problem in found:
        if not restores or problem.severity is not None:  # what is only guessed has its own
            yield problem
            continue
        message = f"{problem.message}; up to KubeVirt 1.9 a restore of it does not complete"
        places = [
            one.at("spec", "virtualMachineSnapshotName", note="a restore") for one in restores
        ]
        yield problem._replace(
            message=message, related=(*problem.related, *places[:3]), severity=Severity.ERROR
        )


def claim_missing(vm: Manifest, world: World) -> Iterator[Problem]:
    """A volume names a claim that its namespace does not have."""
    yield from caused(vm, world, "claim-missing")


def claim_not_bound(vm: Manifest, world: World) -> Iterator[Problem]:
    """An exported claim is not Bound."""
    yield from caused(vm, world, "claim-not-bound")


def claim_not_populated(vm: Manifest, world: World) -> Iterator[Problem]:
    """The DataVolume that fills a claim has not succeeded."""
    yield from caused(vm, world, "claim-not-populated")


def claim_terminating(vm: Manifest, world: World) -> Iterator[Problem]:
    """An exported claim is being deleted."""
    yield from caused(vm, world, "claim-terminating")


def claim_without_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """A claim that has no StorageClass, so that no snapshot class can be found."""
    yield from caused(vm, world, "claim-without-class")


def datavolume_missing(vm: Manifest, world: World) -> Iterator[Problem]:
    """A volume names a DataVolume that its namespace does not have."""
    yield from caused(vm, world, "datavolume-missing")


def default_class_problem(vm: Manifest, world: World) -> Iterator[Problem]:
    """A claim leaves its class to the default, and there is none or more than one."""
    yield from caused(vm, world, "default-class-problem")


def driver_snapshot_unsupported(vm: Manifest, world: World) -> Iterator[Problem]:
    """The CSI driver of a volume does not support snapshots."""
    yield from caused(vm, world, "driver-snapshot-unsupported")


def dv_no_access_mode(vm: Manifest, world: World) -> Iterator[Problem]:
    """A DataVolume leaves its access modes to CDI, which knows none for the class."""
    yield from caused(vm, world, "dv-no-access-mode")


def in_tree_provisioner(vm: Manifest, world: World) -> Iterator[Problem]:
    """A volume is provisioned by a plugin inside Kubernetes."""
    yield from caused(vm, world, "in-tree-provisioner")


def non_csi_provisioner(vm: Manifest, world: World) -> Iterator[Problem]:
    """A volume is provisioned by something that is not a CSI driver."""
    yield from caused(vm, world, "non-csi-provisioner")


def pv_driver_differs(vm: Manifest, world: World) -> Iterator[Problem]:
    """The PersistentVolume was made by another driver than that of the snapshot class."""
    yield from caused(vm, world, "pv-driver-differs")


def pv_not_csi(vm: Manifest, world: World) -> Iterator[Problem]:
    """The PersistentVolume behind a claim was made by no CSI driver."""
    yield from caused(vm, world, "pv-not-csi")


def storage_class_missing(vm: Manifest, world: World) -> Iterator[Problem]:
    """A claim names a StorageClass that is not there."""
    yield from caused(vm, world, "storage-class-missing")


def wffc_unbound_offline(vm: Manifest, world: World) -> Iterator[Problem]:
    """A halted VM whose claim waits for the VM's first start."""
    yield from caused(vm, world, "wffc-unbound-offline")


def _restores(vm: Manifest, world: World) -> Iterator[Manifest]:
    """The restores of its snapshots that are still to be done: kubevirt/kubevirt#17286."""
    for restore in world.workspace.of(RESTORE):
        it = world.restores.restoration(restore)
        if it.snapshot in world.snapshots_of(vm) and not it.is_done:
            yield restore


def ambiguous_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """Several snapshot classes fit a volume, and nothing says which to take."""
    yield from caused(vm, world, "ambiguous-class")


def class_driver_mismatch(vm: Manifest, world: World) -> Iterator[Problem]:
    """A StorageProfile names a snapshot class of another driver."""
    yield from caused(vm, world, "class-driver-mismatch")


def no_snapshot_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """No snapshot class has the driver of a volume."""
    yield from caused(vm, world, "no-snapshot-class")


def profile_dangling_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """A StorageProfile names a snapshot class that does not exist."""
    yield from caused(vm, world, "profile-dangling-class")


CHECKS: dict[str, Check] = {
    "ambiguous-class": Check(ambiguous_class, (VM,), prefilters.caused),
    "backend-state-class": Check(backend_state_class, (VM,), prefilters.caused),
    "claim-missing": Check(claim_missing, (VM,), prefilters.caused),
    "claim-not-bound": Check(claim_not_bound, (VM,), prefilters.caused),
    "claim-not-populated": Check(claim_not_populated, (VM,), prefilters.caused),
    "claim-terminating": Check(claim_terminating, (VM,), prefilters.caused),
    "claim-without-class": Check(claim_without_class, (VM,), prefilters.caused),
    "class-driver-mismatch": Check(class_driver_mismatch, (VM,), prefilters.caused),
    "datavolume-missing": Check(datavolume_missing, (VM,), prefilters.caused),
    "default-class-problem": Check(default_class_problem, (VM,), prefilters.caused),
    "driver-snapshot-unsupported": Check(driver_snapshot_unsupported, (VM,), prefilters.caused),
    "dv-no-access-mode": Check(dv_no_access_mode, (VM,), prefilters.caused),
    "in-tree-provisioner": Check(in_tree_provisioner, (VM,), prefilters.caused),
    "no-snapshot-class": Check(no_snapshot_class, (VM,), prefilters.caused),
    "non-csi-provisioner": Check(non_csi_provisioner, (VM,), prefilters.caused),
    "profile-dangling-class": Check(profile_dangling_class, (VM,), prefilters.caused),
    "pv-driver-differs": Check(pv_driver_differs, (VM,), prefilters.caused),
    "pv-not-csi": Check(pv_not_csi, (VM,), prefilters.caused),
    "storage-class-missing": Check(storage_class_missing, (VM,), prefilters.caused),
    "wffc-unbound-offline": Check(wffc_unbound_offline, (VM,), prefilters.caused),
}
