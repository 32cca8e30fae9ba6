"""Quick checks of the template of a VM, which spare most VMs those of the webhook one by one.

What they pass is what vm_values, vm_networks, cloud_init, memory_sizes, machine_type and
template_metadata find no fault with.
"""

from __future__ import annotations

from functools import lru_cache

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.values import is_dns1123_label
from vmsnap_lint.objects.references import SOURCES

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Place

__all__ = ["DISKLESS", "SINGLE", "has_usual_metadata", "is_sound", "is_usual"]

DISKLESS = frozenset((
    "cloudInitConfigDrive", "cloudInitNoCloud", "configMap", "downwardAPI", "downwardMetrics",
    "memoryDump", "secret", "serviceAccount", "sysprep",
))  # fmt: skip
"""The sources of volumes that need no disk."""
SINGLE = frozenset(("downwardMetrics", "memoryDump", "serviceAccount"))
"""The sources of which a VM may have one."""

_RARE = frozenset(("dnsPolicy", "startStrategy"))
_RARE_OF_DOMAIN = frozenset(("ioThreadsPolicy", "machine", "resources"))
_RARE_OF_DEVICES = frozenset(("filesystems", "inputs"))
_RARE_VOLUMES = frozenset(("cloudInitConfigDrive", "hostDisk"))
_METADATA = frozenset(("annotations", "labels"))
_EVICTIONS = (None, "LiveMigrate", "None")
_DISK = frozenset(("disk", "name"))
_TARGETS: tuple[dict[str, str], ...] = ({"bus": "virtio"}, {"bus": "sata"}, {"bus": "scsi"}, {})
# As bytes, at most the 2048 that a VM may have.
_SHORT = 512

_is_label = lru_cache(maxsize=1024)(is_dns1123_label)


def is_usual(instance: dict[str, Any]) -> bool:
    """Whether a template has only fields and values that no release rejects."""
    domain = instance.get("domain")
    if not isinstance(domain, dict) or not _RARE_OF_DOMAIN.isdisjoint(domain):
        return False
    if not _RARE.isdisjoint(instance) or instance.get("evictionStrategy") not in _EVICTIONS:
        return False
    devices, memory = domain.get("devices"), domain.get("memory")
    if not isinstance(devices, dict) or not _RARE_OF_DEVICES.isdisjoint(devices):
        return False
    if isinstance(memory, dict) and "hugepages" in memory:
        return False
    return (
        _are_disks(devices.get("disks"))
        and _are_volumes(instance.get("volumes"))
        and _are_joined(devices.get("interfaces"), instance.get("networks"))
    )


def has_usual_metadata(template: object) -> bool:
    """Whether a template has no metadata, or only labels and annotations."""
    metadata = template.get("metadata", _METADATA) if isinstance(template, dict) else _METADATA
    if metadata is _METADATA:
        return True
    if not isinstance(metadata, dict) or not metadata.keys() <= _METADATA:
        return False
    return all(isinstance(each, dict) and None not in each.values() for each in metadata.values())


@lru_cache(maxsize=16)  # two checks ask for each VM
def is_sound(spec: Place) -> bool:
    """Whether each volume of a VM spec has its source and its disk."""
    instance = spec.manifest.get(*spec.path, "template", "spec")
    domain = instance.get("domain") if isinstance(instance, dict) else None
    devices = domain.get("devices") if isinstance(domain, dict) else None
    if not isinstance(devices, dict) or devices.get("filesystems"):
        return False
    disks, volumes = devices.get("disks"), instance.get("volumes")
    if not isinstance(volumes, list) or not isinstance(disks, list):
        return False
    disked = {_plain_disk(disk) for disk in disks}
    if len(disked) < len(disks) or "" in disked:
        return False
    names: set[str] = set()
    singles: list[str] = []
    for volume in volumes:
        name = _plain_volume(volume)
        if not name or (name not in disked and DISKLESS.isdisjoint(volume)):
            return False
        names.add(name)
        singles += () if SINGLE.isdisjoint(volume) else SINGLE.intersection(volume)
    return len(names) == len(volumes) and names >= disked and len(singles) == len(set(singles))


def _plain_disk(disk: object) -> str:
    """The name of a disk that is no LUN and has one target, else ""."""
    if not isinstance(disk, dict) or "lun" in disk or ("disk" in disk and "cdrom" in disk):
        return ""
    name = disk.get("name")
    return name if isinstance(name, str) else ""


def _plain_volume(volume: object) -> str:
    """The name of a volume that has one source, else ""."""
    if not isinstance(volume, dict) or len(volume) != 2 or SOURCES.isdisjoint(volume):
        return ""
    if None in volume.values() or volume.get("dataVolume") == {"name": ""}:
        return ""
    name = volume.get("name")
    return name if isinstance(name, str) else ""


def _are_disks(disks: object) -> bool:
    if not isinstance(disks, list):
        return False
    for disk in disks:
        if not isinstance(disk, dict) or disk.keys() != _DISK or disk["disk"] not in _TARGETS:
            return False
        name = disk["name"]
        if not isinstance(name, str) or not _is_label(name):
            return False
    return True


def _are_volumes(volumes: object) -> bool:
    if not isinstance(volumes, list):
        return False
    for volume in volumes:
        if not isinstance(volume, dict) or not _RARE_VOLUMES.isdisjoint(volume):
            return False
        name = volume.get("name")
        if not isinstance(name, str) or not _is_label(name):
            return False
        if "cloudInitNoCloud" in volume and not _is_user_data(volume["cloudInitNoCloud"]):
            return False
    return True


def _is_user_data(data: object) -> bool:
    """Whether it is one short text."""
    text = data.get("userData") if isinstance(data, dict) and len(data) == 1 else None
    return isinstance(text, str) and 0 < len(text) <= _SHORT


def _are_joined(interfaces: object, networks: object) -> bool:
    """Whether there is no interface, or one with the network of the pod."""
    if not interfaces and not networks:
        return True
    if not isinstance(interfaces, list) or not isinstance(networks, list) or len(interfaces) != 1:
        return False
    (interface,) = interfaces
    name = interface.get("name") if isinstance(interface, dict) else None
    return (
        isinstance(name, str)
        and _is_label(name)
        and networks == [{"name": name, "pod": {}}]
        and interface in ({"name": name, "masquerade": {}}, {"name": name, "bridge": {}})
    )
