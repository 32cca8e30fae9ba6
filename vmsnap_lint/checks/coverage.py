"""What a snapshot of a VM contains.

`isVolumeSnapshottable` and `getSnapshotPVC` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go.
"""

from __future__ import annotations

from vmsnap_lint.checks.causes import vm_causes, volume_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.checks.prefilters import vm_in_scope, vm_is_snapshotted
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.storage import SOURCES
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["CHECKS"]

_DISKS = ("spec", "template", "spec", "domain", "devices", "disks")
_IMAGES = ("containerDisk", "ephemeral")
_LOCAL = {
    "emptyDisk": "an emptyDisk, which is deleted when the VM stops",
    "hostDisk": "a hostDisk, which is a file on one node",
}


def ephemeral_root(vm: Manifest, world: World) -> Iterator[Problem]:
    """The disk that the VM boots from is not in the snapshot, but others are."""
    volumes = world.volumes(vm)
    if world.is_rendered_later(vm) or not _has_data(volumes):
        return  # nothing-to-snapshot
    if not any(volume.source in _IMAGES for volume in volumes):
        return
    root = _root(vm, volumes)
    if root is not None and root.source in _IMAGES:
        what = f'the VM boots from volume "{root.name}" of type {root.source}, which is never'
        message = f"{what} snapshotted: a restored VM boots the original image"
        yield Problem(root.at, message, world.named_at(vm))


def local_data_not_saved(vm: Manifest, world: World) -> Iterator[Problem]:
    """A disk whose data is on the node only."""
    volumes = world.volumes(vm)
    for volume in volumes:
        if volume.source in _LOCAL and _has_data(volumes):
            message = f'volume "{volume.name}" is {_LOCAL[volume.source]}: no snapshot contains it'
            yield Problem(volume.at, message, world.named_at(vm))


def memory_dump_not_restored(vm: Manifest, world: World) -> Iterator[Problem]:
    """A memory dump is in the snapshot, but not in a restored VM."""
    for volume in world.volumes(vm) if world.behaviour.memory_dump_included else ():
        if volume.source == "memoryDump" and volume.included is not False:
            what = f'volume "{volume.name}" is a memory dump'
            message = f"{what}: it is in the snapshot, but not in a restored VM"
            yield Problem(volume.at, message, world.named_at(vm))


def nothing_to_snapshot(vm: Manifest, world: World) -> Iterator[Problem]:
    """None of the VM's volumes is of a type that is snapshotted."""
    volumes = world.volumes(vm)
    if world.is_rendered_later(vm) or _has_data(volumes) or _is_incomplete(vm):
        return
    kinds = sorted({volume.source for volume in volumes} - {""})
    if SOURCES.issuperset(kinds):  # else field-unknown
        what = f"only volumes of type {quoted(kinds)}" if kinds else "no volumes"
        effect, severity = "its snapshot becomes Ready without data", None
        if not world.is_snapshotted(vm):
            effect, severity = "its clone gets only its settings", Severity.INFO
        at = vm.at(*VOLUMES, key=True)
        yield Problem(at, f"the VM has {what}: {effect}", world.named_at(vm), severity)


def partial_snapshot(vm: Manifest, world: World) -> Iterator[Problem]:
    """A persistent volume is left out for a reason that no other rule reports."""
    for volume in world.volumes(vm):
        if _is_left_out(volume, world) and not volume.causes:
            kind = "memory dumps" if volume.source == "memoryDump" else f"{volume.source} volumes"
            what = f"KubeVirt {world.cluster.release} does not snapshot {kind}"
            message = f'volume "{volume.name}" is left out: {what}'
            yield Problem(volume.at, message, world.named_at(vm))


def _has_data(volumes: tuple[Volume, ...]) -> bool:
    return any(volume.persistent for volume in volumes)


def _root(vm: Manifest, volumes: tuple[Volume, ...]) -> Volume | None:
    """The volume that the VM boots from: by bootOrder, else the first disk but CD-ROMs."""
    disks = [disk for _, disk in vm.items(*_DISKS) if "cdrom" not in disk and "floppy" not in disk]
    if not disks:
        return volumes[0] if volumes and not vm.get(*_DISKS) else None
    name = min(disks, key=_boot_order).get("name")
    return next((volume for volume in reversed(volumes) if volume.name == name), None)


def _boot_order(disk: dict[str, Any]) -> float:
    order = disk.get("bootOrder")
    return order if isinstance(order, int) else float("inf")


def _is_incomplete(vm: Manifest) -> bool:
    """Whether the manifest does not list all volumes: no template, no array or a placeholder."""
    volumes = vm.get(*VOLUMES)
    return not vm.mapping("spec", "template", "spec") or not isinstance(volumes, list | None)


def _is_left_out(volume: Volume, world: World) -> bool:
    """Whether persistent data is certainly not in the snapshot."""
    if volume.persistent:
        return volume.included is False
    return volume.source == "memoryDump" and not world.behaviour.memory_dump_included


CHECKS: dict[str, Check] = {
    "backend-state-never-started": row((VM,), volume_causes),
    "backend-state-refused": row((VM,), vm_causes),
    "ephemeral-root": Check(ephemeral_root, (VM,), vm_is_snapshotted),
    "local-data-not-saved": Check(local_data_not_saved, (VM,), vm_is_snapshotted),
    "memory-dump-not-restored": Check(memory_dump_not_restored, (VM,), vm_in_scope),
    "nothing-to-snapshot": Check(nothing_to_snapshot, (VM,), vm_in_scope),
    "partial-snapshot": Check(partial_snapshot, (VM,), vm_is_snapshotted),
    "state-from-preference": row((VM,), vm_causes),
}
