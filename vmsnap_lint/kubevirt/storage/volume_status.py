"""What an exported VM's own status says of its volumes, where the input tells no more.

`getVolumeSnapshotStatus` of kubevirt v1.9.0, pkg/virt-controller/watch/vm: worked out from the
names of classes, whether or not the claim is bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["as_seen"]

_STATUSES = ("status", "volumeSnapshotStatuses")


def as_seen(cluster: Cluster, vm: Manifest, volumes: list[Volume]) -> list[Volume]:
    """The volumes, those that could not be judged as the VM's status judges them."""
    if not cluster.behaviour.volume_statuses or not vm.get(*_STATUSES):
        return volumes
    lost = dict(_lost(vm))
    return [
        _left_out(volume, *lost[volume.name])
        if volume.persistent and volume.included is None and volume.name in lost
        else volume
        for volume in volumes
    ]


def _lost(vm: Manifest) -> Iterator[tuple[str, tuple[Place, str]]]:
    """The volumes that cannot be snapshotted, each with where that is said, and why."""
    for index, status in vm.items(*_STATUSES):
        name, reason = status.get("name"), status.get("reason")
        if isinstance(name, str) and status.get("enabled") is False:
            at = vm.at(*_STATUSES, index, note="KubeVirt's own judgement")
            yield name, (at, reason if isinstance(reason, str) else "")


def _left_out(volume: Volume, at: Place, reason: str) -> Volume:
    why = f": {reason}" if reason else ""
    told = f"the VM's status says that the volume cannot be snapshotted{why}"
    cause = Cause(StorageCause.DISABLED_IN_STATUS, told, (at,), Severity.INFO)
    return volume._replace(included=False, causes=(cause, *volume.causes))
