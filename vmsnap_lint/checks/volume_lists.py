"""The volumes and disks that a VM lists: whether they fit, and who else uses them.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release, holds_placeholder
from vmsnap_lint.kubevirt.storage import SOURCES
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.dependents import User
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_DEVICES = ("spec", "template", "spec", "domain", "devices")
_DISKS = (*_DEVICES, "disks")
_FILESYSTEMS = (*_DEVICES, "filesystems")
_DISKLESS = frozenset((
    "cloudInitConfigDrive", "cloudInitNoCloud", "configMap", "downwardAPI", "downwardMetrics",
    "memoryDump", "secret", "serviceAccount", "sysprep",
))  # fmt: skip
# DeclarativeHotplugVolumes, on by default: a CD-ROM may be empty.
_EMPTY_DRIVES = Release(1, 9, 0)


def claim_shared(vm: Manifest, world: World) -> Iterator[Problem]:
    """Another VM of the namespace mounts the same claim."""
    for volume in world.volumes(vm) if world.vm_in_scope(vm) else ():
        name = volume.claim_name
        others = world.users(vm, name) if name and volume.source != "backendState" else []
        if not others or _shareable(vm, volume.name) is not None or _is_many(vm, name, world):
            continue  # shared-disk
        if _reads_only(vm, _position(volume)) and all(
            _reads_only(other.vm, other.position) for other in others
        ):
            continue
        message = (
            f'claim "{name}" is also a disk of VM {_named(others)}: while one VM runs, the other '
            "cannot be snapshotted offline, and a restore parts them"
        )
        yield Problem(volume.at, message, (*_places(others), *world.named_at(vm)))


def shared_disk(vm: Manifest, world: World) -> Iterator[Problem]:
    """A disk that several VMs write to: each snapshot and each restore sees it alone."""
    if not world.vm_in_scope(vm):
        return
    for volume in world.volumes(vm):
        if not volume.persistent or not volume.name or volume.source == "backendState":
            continue
        name = volume.claim_name
        others = world.users(vm, name) if name else []
        shareable = _shareable(vm, volume.name)
        if shareable is None and not (others and _is_many(vm, name, world)):
            continue
        who = f"with VM {_named(others)}" if others else "with other VMs"
        message = (
            f'volume "{volume.name}" is shared {who}: the snapshot catches it at a moment of this '
            "VM alone, and a restore gives this VM a copy of its own"
        )
        related = (*_places(others), *world.named_at(vm))
        yield Problem(shareable or volume.at, message, related)


def volume_list_invalid(vm: Manifest, world: World) -> Iterator[Problem]:
    """Volumes and disks that do not fit together."""
    if not world.vm_in_scope(vm) or _is_sound(vm) or world.is_rendered_later(vm):
        return
    for at, message, severity in _faults(vm, world):
        yield Problem(at, message, world.named_at(vm), severity)


_Fault = tuple["Place", str, Severity | None]


def _faults(vm: Manifest, world: World) -> Iterator[_Fault]:
    yield from _repeated(vm)
    yield from _sources(vm)
    volumes = {vm.text(*VOLUMES, index, "name"): volume for index, volume in vm.items(*VOLUMES)}
    if any(holds_placeholder(name) for name in volumes):
        return
    yield from _without_volume(vm, volumes, world)
    if not vm.get("spec", "preference"):
        yield from _without_disk(vm)


def _is_sound(vm: Manifest) -> bool:
    """Whether one look shows that nothing can be wrong: each volume has its source and its disk."""
    volumes, disks = vm.get(*VOLUMES), vm.get(*_DISKS)
    if not isinstance(volumes, list) or not isinstance(disks, list):
        return False
    listed = [disk.get("name") for disk in disks if isinstance(disk, dict) and "lun" not in disk]
    disked = {name for name in listed if isinstance(name, str)}
    if len(disked) < len(disks) or vm.get(*_FILESYSTEMS):
        return False
    names = set()
    for volume in volumes:
        if not isinstance(volume, dict) or len(volume) != 2 or len(SOURCES & volume.keys()) != 1:
            return False
        name = volume.get("name")
        if not isinstance(name, str) or (name not in disked and _DISKLESS.isdisjoint(volume)):
            return False
        names.add(name)
    dumps = sum("memoryDump" in volume for volume in volumes)
    return len(names) == len(volumes) and names >= disked and dumps < 2


def _repeated(vm: Manifest) -> Iterator[_Fault]:
    """Names that occur twice."""
    for what, root in (("volume", VOLUMES), ("disk", _DISKS), ("filesystem", _FILESYSTEMS)):
        seen: set[str] = set()
        for index, _ in vm.items(*root):
            name = vm.text(*root, index, "name")
            if name and name in seen and not holds_placeholder(name):
                yield vm.at(*root, index, "name"), f'two entries are named {what} "{name}"', None
            seen.add(name)


def _sources(vm: Manifest) -> Iterator[_Fault]:
    """Volumes with no source or several; one memory dump is allowed."""
    dumps = 0
    for index, volume in vm.items(*VOLUMES):
        named = [key for key in volume if key in SOURCES and volume[key] is not None]
        name = vm.text(*VOLUMES, index, "name")
        dumps += "memoryDump" in named
        if len(named) > 1:
            at = vm.at(*VOLUMES, index, named[1], key=True)
            yield at, f'volume "{name}" has several sources: {quoted(named)}; keep one', None
        elif not named and not set(volume) - SOURCES - {"name"}:
            yield vm.at(*VOLUMES, index), f'volume "{name}" has no source', None
        elif "memoryDump" in named and dumps == 2:
            at = vm.at(*VOLUMES, index, "memoryDump", key=True)
            yield at, "a second memoryDump volume: one is allowed", None


def _without_volume(
    vm: Manifest, volumes: dict[str, dict[str, object]], world: World
) -> Iterator[_Fault]:
    """Disks and filesystems that name no volume, and LUNs of volumes that are no claims."""
    drives = world.cluster.release >= _EMPTY_DRIVES
    for root in (_DISKS, _FILESYSTEMS):
        for index, disk in vm.items(*root):
            name = vm.text(*root, index, "name")
            at = vm.at(*root, index, "name")
            if not name or holds_placeholder(name):
                continue
            if name not in volumes:
                if not (drives and "cdrom" in disk):
                    hint = nearest_hint(name, volumes)
                    yield at, f'no volume is named "{name}"{hint}: the VM is refused', None
            elif "lun" in disk and not {"dataVolume", "persistentVolumeClaim"} & set(volumes[name]):
                message = f'disk "{name}" is a LUN, which only a claim or DataVolume can be'
                yield at, message, None


def _without_disk(vm: Manifest) -> Iterator[_Fault]:
    """Volumes that no disk names, in a VM that lists its disks.

    KubeVirt gives them a default disk (`SetDefaultVolumeDisk`), so this is hardly what was meant.
    """
    if not vm.get(*_DISKS):
        return
    names = {vm.text(*root, index, "name") for root in (_DISKS, _FILESYSTEMS)
             for index, _ in vm.items(*root)}  # fmt: skip
    if any(holds_placeholder(name) for name in names):
        return
    for index, volume in vm.items(*VOLUMES):
        name = vm.text(*VOLUMES, index, "name")
        if name and name not in names and _DISKLESS.isdisjoint(volume) and SOURCES & set(volume):
            message = (
                f'no disk names volume "{name}"{nearest_hint(name, names)}: KubeVirt gives it a '
                "default disk"
            )
            yield vm.at(*VOLUMES, index, "name"), message, Severity.WARNING


def _shareable(vm: Manifest, name: str) -> Place | None:
    """Where the disk of that volume says that it is shareable."""
    for index, disk in vm.items(*_DISKS):
        if disk.get("name") == name and disk.get("shareable") is True:
            return vm.at(*_DISKS, index, "shareable")
    return None


def _is_many(vm: Manifest, name: str | None, world: World) -> bool:
    """Whether the claim is meant to be mounted on several nodes for writing."""
    volume = next((one for one in world.volumes(vm) if one.claim_name == name), None)
    spec = volume.claim.spec if volume is not None and volume.claim is not None else None
    modes = spec.manifest.get(*spec.path, "accessModes") if spec is not None else None
    return isinstance(modes, list) and "ReadWriteMany" in modes


def _position(volume: Volume) -> int:
    """Where it stands in the VM's list."""
    return next(step for step in volume.at.path if isinstance(step, int))


def _reads_only(vm: Manifest, index: int) -> bool:
    """Whether the volume is mounted for reading only, as a claim or by its disk."""
    if vm.get(*VOLUMES, index, "persistentVolumeClaim", "readOnly") is True:
        return True
    name = vm.get(*VOLUMES, index, "name")
    for _, disk in vm.items(*_DISKS):
        if disk.get("name") == name:
            kinds = (disk.get("cdrom"), disk.get("disk"), disk.get("lun"))
            if "cdrom" in disk:
                drive = disk["cdrom"]
                return not (isinstance(drive, dict) and drive.get("readonly") is False)
            return any(isinstance(one, dict) and one.get("readonly") is True for one in kinds)
    return False


def _named(others: list[User]) -> str:
    return quoted(sorted({other.vm.name for other in others}))


def _places(others: list[User]) -> tuple[Place, ...]:
    return tuple(
        other.vm.at(*VOLUMES, other.position, note=f'VM "{other.vm.name}" has it too')
        for other in others[:3]
    )


CHECKS: dict[str, Check] = {
    "claim-shared": Check(claim_shared, (VM,), prefilters.vm_in_scope),
    "shared-disk": Check(shared_disk, (VM,), prefilters.vm_in_scope),
    "volume-list-invalid": Check(volume_list_invalid, (VM,), prefilters.vm_in_scope),
}
