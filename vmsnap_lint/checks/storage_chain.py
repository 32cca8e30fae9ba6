"""The storage chain: volume, claim, StorageClass, PersistentVolume.

Most rules are causes that vmsnap_lint.kubevirt.storage finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.causes import storage_problems, volume_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import RESTORE, VM
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.storage import StorageCause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem


__all__ = ["CHECKS"]


def backend_state_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """The claim for the state of TPM and EFI gets a class that cannot be snapshotted."""
    found = list(storage_problems(vm, world, StorageCause.STATE_CLASS))
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


def _restores(vm: Manifest, world: World) -> Iterator[Manifest]:
    """The restores of its snapshots that are still to be done: kubevirt/kubevirt#17286."""
    for restore in world.workspace.of(RESTORE):
        it = world.restores.subject(restore)
        if it.snapshot in world.snapshots_of(vm) and not it.is_done:
            yield restore


CHECKS: dict[str, Check] = {
    "ambiguous-class": row((VM,), volume_causes),
    "backend-state-class": Check(backend_state_class, (VM,)),
    "claim-missing": row((VM,), volume_causes),
    "claim-not-bound": row((VM,), volume_causes),
    "claim-not-populated": row((VM,), volume_causes),
    "claim-terminating": row((VM,), volume_causes),
    "claim-without-class": row((VM,), volume_causes),
    "class-driver-mismatch": row((VM,), volume_causes),
    "datavolume-missing": row((VM,), volume_causes),
    "default-class-problem": row((VM,), volume_causes),
    "driver-snapshot-unsupported": row((VM,), volume_causes),
    "dv-no-access-mode": row((VM,), volume_causes),
    "in-tree-provisioner": row((VM,), volume_causes),
    "no-snapshot-class": row((VM,), volume_causes),
    "non-csi-provisioner": row((VM,), volume_causes),
    "profile-dangling-class": row((VM,), volume_causes),
    "pv-driver-differs": row((VM,), volume_causes),
    "pv-not-csi": row((VM,), volume_causes),
    "storage-class-missing": row((VM,), volume_causes),
    "wffc-unbound-offline": row((VM,), volume_causes),
}
