"""Volumes and disks of a VM that do not match each other.

kubevirt v1.9.0, pkg/virt-api/webhooks/validating-webhook/admitters/vmi-create-admitter.go
(validateVolumes, validateBootOrder) and pkg/storage/admitters/disks.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import HYPERCONVERGED, KUBEVIRT
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.values import Release, holds_placeholder
from vmsnap_lint.core.vocabulary import Vocabulary
from vmsnap_lint.kubevirt.admission.rejection import Rejection, RejectionCause
from vmsnap_lint.kubevirt.admission.usual_vm import DISKLESS, SINGLE
from vmsnap_lint.objects.references import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.model import Path
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy

    Fault = tuple[Place, str, *tuple[Remedy, ...]]

__all__ = ["faults", "named", "refusals", "undisked"]

_VOLUMES = ("template", "spec", "volumes")
_DEVICES = ("template", "spec", "domain", "devices")
_DISKS, _FILESYSTEMS = (*_DEVICES, "disks"), (*_DEVICES, "filesystems")
_TARGETS = ("disk", "lun", "cdrom")
# With DeclarativeHotplugVolumes a CD-ROM may be empty: off unless listed up to 1.8, then on.
_EMPTY_DRIVES, _LISTED_DRIVES = Release(1, 9, 0), Release(1, 6, 0)


def refusals(cluster: Cluster, spec: Place) -> Iterator[Rejection]:
    """The reasons to reject the lists of volumes and disks of a VM spec."""
    for at, message, *fixes in faults(cluster, spec):
        yield Rejection.at(at, RejectionCause.VOLUME_LIST, message, *fixes)


def faults(cluster: Cluster, spec: Place) -> Iterator[Fault]:
    """Each fault of the lists of volumes and disks of a VM spec."""
    yield from _repeated(spec)
    yield from _sources(spec)
    yield from _targets(spec)
    vm, path = spec.manifest, (*spec.path, *_VOLUMES)
    volumes = {vm.text(*path, index, "name"): volume for index, volume in vm.items(*path)}
    if not any(map(holds_placeholder, volumes)):
        yield from _without_volume(cluster, spec, volumes)


def named(vm: Manifest, *roots: Path) -> Iterator[tuple[Place, str, dict[str, Any]]]:
    """The entries of the arrays with a name: its place, the name and the entry."""
    for root in roots:
        for index, entry in vm.items(*root):
            place = vm.at(*root, index, "name")
            yield place, vm.text(*place.path), entry


def _repeated(spec: Place) -> Iterator[Fault]:
    """Names that occur twice."""
    for what, path in (("volume", _VOLUMES), ("disk", _DISKS), ("filesystem", _FILESYSTEMS)):
        names: set[str] = set()
        for place, name, _ in named(spec.manifest, (*spec.path, *path)):
            if name and name in names and not holds_placeholder(name):
                yield place, f'two {what}s have the name "{name}"'
            names.add(name)


def _sources(spec: Place) -> Iterator[Fault]:
    """Volumes with no source or several, and sources of which only one is allowed."""
    seen: set[str] = set()
    vm, path = spec.manifest, (*spec.path, *_VOLUMES)
    for index, volume in vm.items(*path):
        sources = [key for key in volume if key in SOURCES and volume[key] is not None]
        name = vm.text(*path, index, "name")
        if len(sources) > 1:
            at = vm.at(*path, index, sources[1], key=True)
            yield at, f'volume "{name}" has several sources: {quoted(sources)}; keep one'
        elif not sources and not set(volume) - SOURCES - {"name"}:
            yield vm.at(*path, index), f'volume "{name}" has no source'
        elif vm.get(*path, index, "dataVolume", "name") == "":
            at = vm.at(*path, index, "dataVolume", "name")
            yield at, f'volume "{name}" names no DataVolume: its name is empty'
        for source in seen.intersection(sources):
            at = vm.at(*path, index, source, key=True)
            yield at, f"a second {source} volume: only one is allowed"
        seen.update(source for source in sources if source in SINGLE)


def _targets(spec: Place) -> Iterator[Fault]:
    """Disks with several targets; one without any is a plain disk."""
    for place, name, disk in named(spec.manifest, (*spec.path, *_DISKS)):
        targets = [key for key in _TARGETS if disk.get(key) is not None]
        if len(targets) > 1:
            at = place._replace(path=(*place.path[:-1], targets[1]), key=True)
            yield at, f'disk "{name}" has several targets: {quoted(targets)}; keep one'


def _without_volume(
    cluster: Cluster, spec: Place, volumes: dict[str, dict[str, Any]]
) -> Iterator[Fault]:
    """Disks without a volume, and LUNs whose volume is not a PVC.

    A filesystem without a volume is not rejected.
    """
    known = Vocabulary(volumes)
    may_be_empty = _may_be_empty(cluster)
    for place, name, disk in named(spec.manifest, (*spec.path, *_DISKS)):
        if holds_placeholder(name) or ("name" not in disk or disk["name"] is None):
            continue
        if name not in volumes:
            if not (may_be_empty and "cdrom" in disk):
                message = (
                    f'no volume is named "{name}"{nearest_hint(name, known)}: the VM is rejected'
                )
                yield place, message, *_renamed(spec, place, name, volumes)
        elif "lun" in disk and not {"dataVolume", "persistentVolumeClaim"} & set(volumes[name]):
            yield place, f'disk "{name}" is a LUN, which needs a PVC or DataVolume'


def _renamed(spec: Place, disk: Place, name: str, volumes: Iterable[str]) -> tuple[Remedy, ...]:
    """The name of the volume that was meant, which no other disk has."""
    from vmsnap_lint.objects import mending

    paths = ((*spec.path, *_DISKS), (*spec.path, *_FILESYSTEMS))
    disked = {other for _, other, _ in named(spec.manifest, *paths)}
    return mending.named(disk, name, [volume for volume in volumes if volume not in disked])


def _may_be_empty(cluster: Cluster) -> bool:
    """Whether a CD-ROM may be empty; where its gate is off, feature-gate-off tells of it."""
    if cluster.release >= _EMPTY_DRIVES:
        return True
    of = cluster.workspace.of
    if cluster.release < _LISTED_DRIVES or not (of(KUBEVIRT) or of(HYPERCONVERGED)):
        return False
    from vmsnap_lint.core.feature_gates import DRIVES_GATE  # few VMs have an empty drive
    from vmsnap_lint.kubevirt.admission.gates import gate_problem

    off = gate_problem(cluster, DRIVES_GATE)
    return off is None or off.severity is None


def undisked(spec: Place) -> Iterator[Fault]:
    """Volumes without a disk, in a VM that lists its disks.

    KubeVirt gives them a default disk (`SetDefaultVolumeDisk`), so this is probably a mistake.
    """
    vm = spec.manifest
    disks, filesystems, volumes = ((*spec.path, *path) for path in (_DISKS, _FILESYSTEMS, _VOLUMES))
    disked = {name for _, name, _ in named(vm, disks, filesystems)}
    held = (name for _, name, _ in named(vm, volumes))
    if not vm.get(*disks) or any(map(holds_placeholder, (*disked, *held))):
        return
    known = Vocabulary(disked)
    for place, name, volume in named(vm, volumes):
        if name and name not in disked and DISKLESS.isdisjoint(volume) and SOURCES & set(volume):
            what = f'no disk uses volume "{name}"{nearest_hint(name, known)}'
            yield place, f"{what}: KubeVirt adds a default disk"
