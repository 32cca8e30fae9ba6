"""The disks that are plugged into a running VMI, and that the spec of its VM lacks.

kubevirt v1.9.0: `GetVolumes` of pkg/storage/utils/volumes.go lists the volumes of the VM alone;
`virtctl addvolume` without --persist changes only the VMI.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["plugged_in_only"]

_LISTED = ("spec", "volumes")
_STATUSES = ("status", "volumeStatus")
_REQUESTS = ("status", "volumeRequests")
_SOURCES = ("dataVolume", "persistentVolumeClaim")


def plugged_in_only(vm: Manifest, vmi: Manifest) -> Iterator[Problem]:
    """A problem for each disk that a snapshot of the VM does not hold, in the order of the VMI."""
    if not run_state.is_alive(vmi):
        return
    known = {volume.get("name") for _, volume in vm.items(*VOLUMES) if _has_name(volume)}
    known |= set(_requested(vm))
    if any(isinstance(name, str) and holds_placeholder(name) for name in known):
        return
    for name, place in _plugged(vmi).items():
        if name not in known:
            what = f'disk "{cut(name)}" is plugged into the running VM, but its spec lacks it'
            related = (vm.at(*VOLUMES, key=True, note="the volumes of the VM"),)
            yield Problem(place, f"{what}: no snapshot of the VM holds it", related)


def _plugged(vmi: Manifest) -> dict[str, Place]:
    """The hotplugged disks of a VMI, by its spec and then by its status, each with its place."""
    places: dict[str, Place] = {}
    for index, volume in vmi.items(*_LISTED):
        sources = (volume.get(source) for source in _SOURCES)
        plugged = any(isinstance(s, dict) and s.get("hotpluggable") is True for s in sources)
        if plugged and _has_name(volume):
            places.setdefault(volume["name"], vmi.at(*_LISTED, index))
    for index, state in vmi.items(*_STATUSES):
        is_dump = "memoryDumpVolume" in state or state.get("phase") == "Detaching"
        if isinstance(state.get("hotplugVolume"), dict) and not is_dump and _has_name(state):
            places.setdefault(state["name"], vmi.at(*_STATUSES, index))
    return places


def _requested(vm: Manifest) -> Iterator[str]:
    """The disks that the controller is about to add to the spec of the VM."""
    for index, _ in vm.items(*_REQUESTS):
        yield vm.text(*_REQUESTS, index, "addVolumeOptions", "name")


def _has_name(volume: dict[str, object]) -> bool:
    return isinstance(volume.get("name"), str)
