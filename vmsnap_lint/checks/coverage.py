"""What a snapshot of a VM would hold, and what it would not.

`isVolumeSnapshottable` and `getSnapshotPVC` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.causes import volume_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import CLUSTER_PREFERENCE, PREFERENCE, VM
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage import SOURCES
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["CHECKS"]

_DISKS = ("spec", "template", "spec", "domain", "devices", "disks")
_ROOTLESS = ("containerDisk", "ephemeral")
_LOCAL = {
    "emptyDisk": "an emptyDisk, which is gone when the VM stops",
    "hostDisk": "a hostDisk, which stays a file on one node",
}


def backend_state_refused(vm: Manifest, world: World) -> Iterator[Problem]:
    """A VM with persistent TPM or EFI, which the target release refuses to snapshot."""
    if not world.vm_in_scope(vm):
        return
    behaviour = world.behaviour
    refused = {
        "persistent TPM": behaviour.backend_state_refused_tpm,
        "persistent EFI": behaviour.backend_state_refused_efi,
    }
    for place in persistent_state(vm) if any(refused.values()) else ():
        if refused[place.note]:
            message = (
                f"KubeVirt {world.cluster.release} refuses to snapshot a VM with a {place.note}; "
                "1.4.1 and 1.5 do not"
            )
            yield Problem(place._replace(note=""), message, world.named_at(vm))


def ephemeral_root(vm: Manifest, world: World) -> Iterator[Problem]:
    """The disk that the VM boots from is not in the snapshot, though others are."""
    if not world.vm_in_scope(vm) or world.is_rendered_later(vm):
        return
    volumes = world.volumes(vm)
    if not any(volume.source in _ROOTLESS for volume in volumes):
        return
    if not any(volume.persistent for volume in volumes):
        return  # nothing-to-snapshot
    root = _root(vm, volumes)
    if root is None or root.source not in _ROOTLESS:
        return
    message = (
        f'the VM boots from volume "{root.name}", whose type {root.source} is never snapshotted: '
        "a restored VM starts from the image again, with old data disks"
    )
    yield Problem(root.at, message, world.named_at(vm))


def local_data_not_saved(vm: Manifest, world: World) -> Iterator[Problem]:
    """A disk of the VM lives on its node alone."""
    if not world.vm_in_scope(vm):
        return
    volumes = world.volumes(vm)
    for volume in volumes:
        what = _LOCAL.get(volume.source)
        if what and any(one.persistent for one in volumes):
            message = f'volume "{volume.name}" is {what}: no snapshot holds it'
            yield Problem(volume.at, message, world.named_at(vm))


def memory_dump_not_restored(vm: Manifest, world: World) -> Iterator[Problem]:
    """A memory dump takes part in the snapshot, and a restore drops it."""
    if not world.vm_in_scope(vm) or not world.behaviour.memory_dump_included:
        return
    for volume in world.volumes(vm):
        if volume.source == "memoryDump":
            message = (
                f'volume "{volume.name}" is a memory dump: the snapshot holds it, a restored VM '
                "comes back without it"
            )
            yield Problem(volume.at, message, world.named_at(vm))


def nothing_to_snapshot(vm: Manifest, world: World) -> Iterator[Problem]:
    """None of the VM's volumes is of a type that is snapshotted."""
    if not world.vm_in_scope(vm) or world.is_rendered_later(vm):
        return
    volumes = world.volumes(vm)
    if any(volume.persistent for volume in volumes) or _is_sketch(vm):
        return
    kinds = sorted({volume.source for volume in volumes} - {""})
    if not SOURCES.issuperset(kinds):
        return  # field-unknown
    what = f"volumes of the types {quoted(kinds)} only" if kinds else "no volumes"
    message = f"the VM has {what}: its snapshot becomes Ready and holds no data"
    yield Problem(vm.at(*VOLUMES, key=True), message, world.named_at(vm))


def partial_snapshot(vm: Manifest, world: World) -> Iterator[Problem]:
    """A persistent volume is left out for a reason that no other rule reports."""
    if not world.vm_in_scope(vm):
        return
    volumes = world.volumes(vm)
    for volume in volumes:
        if _is_left_out(volume, world) and not volume.causes:
            message = (
                f'volume "{volume.name}" is left out: KubeVirt {world.cluster.release} does not '
                f"snapshot {_plural(volume)}, and the snapshot becomes Ready without it"
            )
            yield Problem(volume.at, message, world.named_at(vm), Severity.WARNING)


def state_from_preference(vm: Manifest, world: World) -> Iterator[Problem]:
    """A preference may ask for a persistent TPM or EFI, which the snapshot then misses."""
    preference = vm.mapping("spec", "preference")
    if not preference or not world.vm_in_scope(vm) or persistent_state(vm):
        return
    if not world.behaviour.backend_state_in_snapshot:
        return
    name = vm.text("spec", "preference", "name")
    if not name or holds_placeholder(name):
        return
    namespaced = vm.text("spec", "preference", "kind").casefold() == PREFERENCE.kind.casefold()
    found = world.find(PREFERENCE if namespaced else CLUSTER_PREFERENCE, name, vm)
    at = vm.at("spec", "preference", "name")
    end = "KubeVirt overlooks it there, and the snapshot misses that state"
    if found is None:
        # https://github.com/kubevirt/common-instancetypes: those for Windows set it
        windows = "win" in name.casefold()
        message = f'if preference "{name}" sets a persistent TPM or EFI, {end}: set it in the VM'
        yield Problem(at, message, world.named_at(vm), None if windows else Severity.INFO)
        return
    for path in _PREFERRED:
        if found.get(*path) is True:
            what = "EFI" if "firmware" in path else "TPM"
            message = f'preference "{name}" sets a persistent {what}: {end}; set it in the VM'
            place = found.at(*path, note="set here")
            yield Problem(at, message, (place, *world.named_at(vm)))


_PREFERRED = (
    ("spec", "devices", "preferredTPM", "persistent"),
    ("spec", "firmware", "preferredEfi", "persistent"),
)


def _root(vm: Manifest, volumes: tuple[Volume, ...]) -> Volume | None:
    """The volume that the VM boots from: by bootOrder, else the first disk that is no CD-ROM."""
    by_name = {volume.name: volume for volume in volumes}
    disks = [disk for _, disk in vm.items(*_DISKS) if "cdrom" not in disk and "floppy" not in disk]
    if not disks:
        return volumes[0] if volumes and not vm.get(*_DISKS) else None
    first = min(disks, key=_boot_order)
    name = first.get("name")
    return by_name.get(name) if isinstance(name, str) else None


def _boot_order(disk: dict[str, Any]) -> float:
    order = disk.get("bootOrder")
    return order if isinstance(order, int) else float("inf")


def _is_sketch(vm: Manifest) -> bool:
    """Whether the manifest does not tell all volumes: no template, no list or a placeholder."""
    volumes = vm.get(*VOLUMES)
    return not vm.mapping("spec", "template", "spec") or not isinstance(volumes, list | None)


def _is_left_out(volume: Volume, world: World) -> bool:
    """Whether data that the VM keeps is not in the snapshot, for certain."""
    if volume.persistent:
        return volume.included is False
    return volume.source == "memoryDump" and not world.behaviour.memory_dump_included


def _plural(volume: Volume) -> str:
    return "memory dumps" if volume.source == "memoryDump" else f"{volume.source} volumes"


CHECKS: dict[str, Check] = {
    "backend-state-never-started": row((VM,), volume_causes),
    "backend-state-refused": Check(backend_state_refused, (VM,), prefilters.vm_in_scope),
    "ephemeral-root": Check(ephemeral_root, (VM,), prefilters.vm_in_scope),
    "local-data-not-saved": Check(local_data_not_saved, (VM,), prefilters.vm_in_scope),
    "memory-dump-not-restored": Check(memory_dump_not_restored, (VM,), prefilters.vm_in_scope),
    "nothing-to-snapshot": Check(nothing_to_snapshot, (VM,), prefilters.vm_in_scope),
    "partial-snapshot": Check(partial_snapshot, (VM,), prefilters.vm_in_scope),
    "state-from-preference": Check(state_from_preference, (VM,), prefilters.vm_in_scope),
}
