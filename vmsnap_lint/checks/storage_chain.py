"""The storage chain: volume, PVC, StorageClass, PersistentVolume.

Most rules are causes that vmsnap_lint.kubevirt.storage finds.
"""

from __future__ import annotations

from itertools import chain
from operator import attrgetter

from vmsnap_lint.checks.causes import rows, storage_problems, volume_causes
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import RESTORE, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.storage import StorageCause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem


__all__ = ["CHECKS"]


def backend_state_class(vm: Manifest, world: World) -> Iterator[Problem]:
    """The PVC for the state of TPM or EFI has a class that cannot be snapshotted."""
    problems = list(storage_problems(vm, world, StorageCause.STATE_CLASS))
    restores = _restores(vm, world) if problems else []
    for problem in problems:
        if not restores or problem.severity is not None:  # set if the class is only a guess
            yield problem
            continue
        message = f"{problem.message}, and its restore fails up to KubeVirt 1.9"
        path = ("spec", "virtualMachineSnapshotName")
        places = [restore.at(*path, note="a restore") for restore in restores[:3]]
        related = (*problem.related, *places)
        yield problem._replace(message=message, related=related, severity=Severity.ERROR)


def _restores(vm: Manifest, world: World) -> list[Manifest]:
    """The restores of its snapshots that are not done yet: kubevirt/kubevirt#17286."""
    if not world.workspace.of(RESTORE):
        return []
    restores = chain.from_iterable(map(world.restores.of_snapshot, world.snapshots_of(vm)))
    return sorted(restores, key=attrgetter("position"))


# rules of other families, or with a function
_ELSEWHERE = (
    StorageCause.CLAIM_NOT_ADOPTED, StorageCause.CLASS_DELETED, StorageCause.CLASS_OF_OTHER_CLUSTER,
    StorageCause.CLASS_WITHOUT_SECRET, StorageCause.DISABLED_IN_STATUS, StorageCause.NEVER_STARTED,
    StorageCause.SOURCE_IN_USE, StorageCause.SOURCE_MISSING, StorageCause.SOURCE_UNVERIFIED,
    StorageCause.STATE_CLASS, StorageCause.UNVERIFIED,
)  # fmt: skip
CHECKS: dict[str, Check] = {
    "backend-state-class": Check(backend_state_class, (VM,)),
    **rows((VM,), volume_causes, (cause for cause in StorageCause if cause not in _ELSEWHERE)),
}
