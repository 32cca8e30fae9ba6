"""Volumes, as the status of the exported VM shows them.

`getVolumeSnapshotStatus` of kubevirt v1.9.0, pkg/virt-controller/watch/vm: KubeVirt derives it from
the names of classes, also for PVCs that are not bound.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["by_status"]

_STATUSES = ("status", "volumeSnapshotStatuses")


def by_status(cluster: Cluster, vm: Manifest, volumes: list[Volume]) -> list[Volume]:
    """The volumes, where the VM's status disables them: unknown ones left out, others doubtful."""
    if not cluster.behaviour.volume_statuses or not vm.get(*_STATUSES):
        return volumes
    disabled = {
        status.get("name"): _disabled(vm, index)
        for index, status in vm.items(*_STATUSES)
        if isinstance(status.get("name"), str) and status.get("enabled") is False
    }
    return [
        _settled(volume, disabled[volume.name])
        if volume.persistent and volume.included is not False and volume.name in disabled
        else volume
        for volume in volumes
    ]


def _settled(volume: Volume, disabled: Cause) -> Volume:
    """The volume, left out; a doubt where all that is in the input would snapshot it."""
    if volume.included:
        doubt = disabled._replace(severity=Severity.WARNING, effect=Effect.DOUBT)
        return volume._replace(causes=(*volume.causes, doubt))
    return volume._replace(included=False, causes=(disabled, *volume.causes))


def _disabled(vm: Manifest, index: int) -> Cause:
    why = vm.text(*_STATUSES, index, "reason").replace('"', "'")
    reason = "the status of the VM shows that it cannot be snapshotted" + (why and f' ("{why}")')
    place = vm.at(*_STATUSES, index, note="the status of the VM")
    return Cause(StorageCause.DISABLED_IN_STATUS, reason, (place,), Severity.INFO)
