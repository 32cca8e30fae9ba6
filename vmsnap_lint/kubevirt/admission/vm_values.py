"""Values in the template of a VM that only KubeVirt's webhook knows.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go and
pkg/storage/admitters/disks.go; the releases are those whose webhook has a value first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.core import kinds
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.values import Release, holds_placeholder, is_dns1123_label
from vmsnap_lint.kubevirt.admission import cloud_init, firmware, memory_sizes, vm_networks
from vmsnap_lint.kubevirt.admission.machine_type import machine_type_fault
from vmsnap_lint.kubevirt.admission.rejection import Rejection
from vmsnap_lint.schema import SchemaFault
from vmsnap_lint.schema.words import dotted, listed, quoted_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Place

    Fault = tuple[Place, str]
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
_LISTS: tuple[tuple[_Keys, _Choices], ...] = (
    (_DISKS, _OF_DISK),
    ((*_DEVICES, "inputs"), _OF_INPUT),
    ((*_DEVICES, "interfaces"), {("model",): _MODELS}),
    (("volumes",), _OF_HOST_DISK),
)


def refusals(cluster: Cluster, vm_spec: Place) -> Iterator[Rejection]:
    """The reasons to reject single values of a VM spec."""
    at = vm_spec._replace(path=(*vm_spec.path, *_INSTANCE))
    instance = at.manifest.get(*at.path)
    if not isinstance(instance, dict):
        return
    for faults in (
        _values(cluster, at, instance), _disks(at), memory_sizes.faults(at),
        cloud_init.faults(at), vm_networks.faults(cluster, at), firmware.faults(at),
    ):  # fmt: skip
        for place, message in faults:
            yield Rejection.at(place, SchemaFault.WRONG_VALUE, message)
    machine = machine_type_fault(cluster, at)
    if machine is not None:
        yield Rejection(SchemaFault.WRONG_VALUE, machine)


def _values(cluster: Cluster, at: Place, instance: dict[str, Any]) -> Iterator[Fault]:
    """Values that are none of a choice."""
    release = cluster.release if cluster.release_known else None
    for path, choice, value in _odd(instance, _OF_INSTANCE):
        yield from _value(release, at, path, choice, value)
    for root, choices in _LISTS:
        entries = _within(instance, root)
        for index, entry in enumerate(entries) if isinstance(entries, list) else ():
            for path, choice, value in _odd(entry, choices) if isinstance(entry, dict) else ():
                yield from _value(release, at, (*root, index, *path), choice, value)


def _odd(entry: dict[str, Any], choices: _Choices) -> Iterator[tuple[_Keys, _Choice, str]]:
    """The texts that are none of the values that every release has."""
    for path, choice in choices.items():
        value = entry.get(path[0])
        if value is not None and len(path) > 1:
            value = _within(value, path[1:])
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
    yield place, f"{what}, expected {expected}{choice.advice}{hint}: the VM is rejected"


def _disks(at: Place) -> Iterator[Fault]:
    """Disks whose fields do not go together, and numbers in the boot order that occur twice."""
    orders: set[int] = set()
    if at.manifest.group_kind == kinds.VM:
        yield from _default_disks(at)
    vm, path = at.manifest, (*at.path, *_DISKS)
    for index, disk in vm.items(*path):
        place = vm.at(*path, index)
        yield from _disk(place, disk)
        order = disk.get("bootOrder")
        if isinstance(order, int) and not isinstance(order, bool):
            yield from _boot_order(place, order, orders)
    path = (*at.path, *_DEVICES, "interfaces")
    for index, interface in vm.items(*path):
        order = interface.get("bootOrder")
        if isinstance(order, int) and not isinstance(order, bool):
            yield from _boot_order(vm.at(*path, index), order, orders)


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
        entry.get("name")
        for path in (_DISKS, (*_DEVICES, "filesystems"))
        for _, entry in vm.items(*at.path, *path)
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


def _boot_order(place: Place, order: int, orders: set[int]) -> Iterator[Fault]:
    at = place._replace(path=(*place.path, "bootOrder"))
    if order == 0:
        yield at, "bootOrder is 0, expected a number from 1 up: the VM is rejected"
    elif order in orders:
        yield at, f"bootOrder {order} is already that of another device: the VM is rejected"
    orders.add(order)
