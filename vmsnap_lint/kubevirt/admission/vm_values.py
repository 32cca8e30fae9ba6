"""Values in the template of a VM that only KubeVirt's webhook knows.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go and
pkg/storage/admitters/disks.go; the releases are those whose webhook has a value first.
"""

from __future__ import annotations

import re
from functools import lru_cache

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.values import Release, holds_placeholder, is_dns1123_label
from vmsnap_lint.kubevirt.admission.rejection import Rejection
from vmsnap_lint.schema import SchemaFault
from vmsnap_lint.schema.words import dotted, listed, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.problem import Problem
    from vmsnap_lint.objects.remedies import Remedy

    Fault = tuple[Place, str, *tuple[Remedy, ...]]
    _Keys = tuple[str, ...]
    _Choices = Mapping[_Keys, "_Choice"]

__all__ = ["refusals"]

_SERIAL = re.compile("[A-Za-z0-9_.+-]{1,256}")
_INSTANCE = ("template", "spec")
_DEVICES = ("domain", "devices")
_DISKS = (*_DEVICES, "disks")


class _Choice(NamedTuple):
    """The values of a field, each with the release that brought it, "" where all have it."""

    values: Mapping[str, str]
    advice: str = ""
    or_empty: bool = True


def _all(*values: str) -> _Choice:
    return _Choice(dict.fromkeys(values, ""))


def _set(values: Mapping[str, str]) -> _Choice:
    """The values of a pointer: it is absent or has one of them, and is not empty."""
    return _Choice(values, or_empty=False)


_BUS = _Choice({"virtio": "", "scsi": "", "sata": "", "usb": "0.57.0"})
_OF_INSTANCE: _Choices = {
    ("dnsPolicy",): _all("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    ("domain", "ioThreadsPolicy"): _set({"shared": "", "auto": "", "supplementalPool": "1.5.0"}),
    ("evictionStrategy",): _set({
        "LiveMigrate": "", "LiveMigrateIfPossible": "1.0.0", "None": "", "External": "0.53.0",
    }),
    ("startStrategy",): _set({"Paused": ""}),
}  # fmt: skip
_OF_DISK: _Choices = {
    ("cache",): _Choice({"none": "", "writethrough": "", "writeback": "0.50.0"}),
    ("errorPolicy",): _all("stop", "ignore", "report", "enospace"),
    ("io",): _all("native", "threads"),
    ("disk", "bus"): _BUS,
    ("lun", "bus"): _BUS,
    ("cdrom", "bus"): _Choice(
        {"sata": "", "scsi": "", "usb": "0.57.0"}, " (a CD-ROM is on no other bus)"
    ),
}
_OF_INPUT: _Choices = {("bus",): _all("virtio", "usb"), ("type",): _all("tablet")}
_MODELS = _all("e1000", "e1000e", "igb", "ne2k_pci", "pcnet", "rtl8139", "virtio")
_OF_HOST_DISK: _Choices = {("hostDisk", "type"): _all("Disk", "DiskOrCreate")}
_IN_LISTS: Mapping[_Keys, _Choices] = {
    _DISKS: _OF_DISK,
    (*_DEVICES, "inputs"): _OF_INPUT,
    (*_DEVICES, "interfaces"): {("model",): _MODELS},
    ("volumes",): _OF_HOST_DISK,
}
_LISTS = tuple(
    (root, choices, frozenset(path[0] for path in choices)) for root, choices in _IN_LISTS.items()
)
"""The arrays, each with the choices in its entries, and with their first keys."""


def refusals(cluster: Cluster, vm_spec: Place) -> Iterator[Rejection]:
    """The reasons to reject single values of a VM spec."""
    at = vm_spec._replace(path=(*vm_spec.path, *_INSTANCE))
    instance = at.manifest.get(*at.path)
    if not isinstance(instance, dict):
        return
    for faults in (_values(cluster, at, instance), _disks(at), *_rare(cluster, at, instance)):
        for place, message, *fixes in faults:
            yield Rejection.at(place, SchemaFault.WRONG_VALUE, message, *fixes)
    machine = _machine_fault(cluster, at, instance)
    if machine is not None:
        yield Rejection(SchemaFault.WRONG_VALUE, machine)


def _rare(cluster: Cluster, at: Place, instance: dict[str, Any]) -> Iterator[Iterator[Fault]]:
    """The faults of fields that few VMs have."""
    domain = instance.get("domain")
    memory = domain.get("memory") if isinstance(domain, dict) else None
    pages = isinstance(memory, dict) and "hugepages" in memory
    if isinstance(domain, dict) and (pages or domain.get("resources")):
        from vmsnap_lint.kubevirt.admission import memory_sizes

        yield memory_sizes.faults(at)
    devices = domain.get("devices") if isinstance(domain, dict) else None
    if instance.get("networks") or (isinstance(devices, dict) and devices.get("interfaces")):
        from vmsnap_lint.kubevirt.admission import vm_networks

        yield vm_networks.faults(cluster, at)
    if _holds_cloud_init(instance.get("volumes")):
        from vmsnap_lint.kubevirt.admission import cloud_init

        yield cloud_init.faults(at)


def _holds_cloud_init(volumes: object) -> bool:
    return isinstance(volumes, list) and any(
        isinstance(volume, dict)
        and ("cloudInitNoCloud" in volume or "cloudInitConfigDrive" in volume)
        for volume in volumes
    )


def _machine_fault(cluster: Cluster, at: Place, instance: dict[str, Any]) -> Problem | None:
    if not _within(instance, ("domain", "machine", "type")):
        return None
    from vmsnap_lint.kubevirt.admission.machine_type import machine_type_fault  # few set it

    return machine_type_fault(cluster, at)


def _values(cluster: Cluster, at: Place, instance: dict[str, Any]) -> Iterator[Fault]:
    """Values that are none of a choice."""
    release = cluster.release if cluster.release_known else None
    for path, choice, value in _odd(instance, _OF_INSTANCE):
        yield from _value(release, at, path, choice, value)
    for root, choices, keys in _LISTS:
        entries = _within(instance, root)
        for index, entry in enumerate(entries) if isinstance(entries, list) else ():
            if isinstance(entry, dict) and not keys.isdisjoint(entry):
                for path, choice, value in _odd(entry, choices):
                    yield from _value(release, at, (*root, index, *path), choice, value)


def _odd(entry: dict[str, Any], choices: _Choices) -> Iterator[tuple[_Keys, _Choice, str]]:
    """The texts that are none of the values that every release has."""
    for path, choice in choices.items():
        if path[0] not in entry:
            continue
        value = _within(entry, path)
        if isinstance(value, str) and choice.values.get(value) != "":
            yield path, choice, value


def _within(value: object, path: _Keys) -> object:
    """The value at a path of keys, or None."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _value(
    release: Release | None, at: Place, path: Path, choice: _Choice, value: str
) -> Iterator[Fault]:
    """The fault of a value, where it is no placeholder, and not left empty as it may."""
    if (not value and choice.or_empty) or holds_placeholder(value):
        return
    since = Release.parse(choice.values.get(value, "")) or Release(0, 0)
    if value in choice.values and (release is None or since <= release):
        return
    place = at._replace(path=(*at.path, *path))
    what = f"{dotted(place.path)} is {quoted_value(value)}"
    if value in choice.values:
        yield place, f"{what}, which came with KubeVirt {since}: the VM is rejected"
        return
    hint = nearest_hint(value, choice.values)
    expected = listed([quoted_value(each) for each in choice.values])
    from vmsnap_lint.objects import mending

    message = f"{what}, expected {expected}{choice.advice}{hint}: the VM is rejected"
    yield place, message, *mending.chosen(place, value, _served(choice, release))


def _served(choice: _Choice, release: Release | None) -> list[str]:
    """The values that the target release knows."""
    since = {value: Release.parse(of) for value, of in choice.values.items()}
    return [value for value, of in since.items() if of is None or release is None or of <= release]


def _disks(at: Place) -> Iterator[Fault]:
    """Disks whose fields do not go together, and numbers in the boot order that occur twice."""
    orders: set[int] = set()
    if at.manifest.group_kind == kinds.VM:
        yield from _default_disks(at)
    vm, path = at.manifest, (*at.path, *_DISKS)
    for index, disk in vm.items(*path):
        if not _is_usual(disk):
            yield from _disk(vm.at(*path, index), disk)
        if "bootOrder" in disk:
            yield from _boot_order(vm.at(*path, index), disk["bootOrder"], orders)
    path = (*at.path, *_DEVICES, "interfaces")
    for index, interface in vm.items(*path):
        if "bootOrder" in interface:
            yield from _boot_order(vm.at(*path, index), interface["bootOrder"], orders)


_is_label = lru_cache(maxsize=1024)(is_dns1123_label)


def _is_usual(disk: dict[str, Any]) -> bool:
    """Whether a quick check shows that the fields of a disk go together."""
    name, plain = disk.get("name"), disk.get("disk")
    if "dedicatedIOThread" in disk or "serial" in disk:
        return False
    if isinstance(plain, dict) and "readonly" in plain:
        return False
    return isinstance(name, str) and _is_label(name)


def _disk(place: Place, disk: dict[str, Any]) -> Iterator[Fault]:
    name, plain = disk.get("name"), disk.get("disk")
    if isinstance(name, str) and name and not (is_dns1123_label(name) or holds_placeholder(name)):
        message = (
            f"disk name {quoted_value(name)} is no name of a container, expected lower case "
            "letters, digits and dashes: the VM is rejected"
        )
        yield place._replace(path=(*place.path, "name")), message
    serial = disk.get("serial")
    if isinstance(serial, str) and serial and not holds_placeholder(serial):
        yield from _serial(place._replace(path=(*place.path, "serial")), serial)
    bus = plain.get("bus") if isinstance(plain, dict) else None
    if isinstance(plain, dict) and bus == "sata" and plain.get("readonly") is True:
        message = "a disk on bus sata cannot be read-only: the VM is rejected"
        yield place._replace(path=(*place.path, "disk", "readonly")), message
    is_other = isinstance(bus, str) and bus not in ("", "virtio") and not holds_placeholder(bus)
    if is_other and disk.get("dedicatedIOThread") is True:
        message = f"dedicatedIOThread needs bus virtio, not {quoted_value(str(bus))}"
        yield place._replace(path=(*place.path, "dedicatedIOThread")), message


def _default_disks(at: Place) -> Iterator[Fault]:
    """Volumes whose name is none of a disk, and for which KubeVirt makes a disk of that name.

    kubevirt v1.9.0, pkg/util/util.go (SetDefaultVolumeDisk).
    """
    vm = at.manifest
    used = {
        vm.text(*at.path, *path, index, "name")
        for path in (_DISKS, (*_DEVICES, "filesystems"))
        for index, _ in vm.items(*at.path, *path)
    }
    for index, volume in vm.items(*at.path, "volumes"):
        name = volume.get("name")
        is_odd = isinstance(name, str) and not (is_dns1123_label(name) or holds_placeholder(name))
        if is_odd and name not in used:
            message = (
                f"volume name {quoted_value(str(name))} is no name of a disk, expected lower case "
                "letters, digits and dashes: the VM is rejected"
            )
            yield vm.at(*at.path, "volumes", index, "name"), message


def _serial(at: Place, serial: str) -> Iterator[Fault]:
    if not _SERIAL.fullmatch(serial):
        what = f"serial {quoted_value(serial)} has more than 256 characters, or others than"
        yield at, f'{what} letters, digits and "_.+-": the VM is rejected'


def _boot_order(place: Place, order: object, orders: set[int]) -> Iterator[Fault]:
    if not isinstance(order, int) or isinstance(order, bool):
        return
    at = place._replace(path=(*place.path, "bootOrder"))
    if order == 0:
        yield at, "bootOrder is 0, expected a number from 1 up: the VM is rejected"
    elif order in orders:
        yield at, f"bootOrder {order} is already that of another device: the VM is rejected"
    orders.add(order)
