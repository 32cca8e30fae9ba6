"""StorageClasses whose volumes are thick LVM, of which their driver takes no snapshots.

topolvm: docs/snapshot-and-restore.md; LVMS: `thinPoolConfig` of the device class; LINSTOR: the
user's guide, "Snapshots are supported with thin LVM, file thin and ZFS storage pools".
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import LINSTOR_CONFIG, LVM_CLUSTER
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage import provisioners
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["faults", "of_lvms"]

_CLASSES = ("spec", "storage", "deviceClasses")
_POOLS = ("spec", "storagePools")
_THIN = ("lvmThinPool", "zfsPool", "zfsThinPool", "fileThinPool")
_DEVICE_CLASS = ("topolvm.io/device-class", "topolvm.cybozu.com/device-class")
_POOL = ("linstor.csi.linbit.com/storagePool", "storagePool")


def faults(cluster: Cluster, storage_class: Manifest) -> Iterator[Cause]:
    """That the volumes are thick, or for TopoLVM that they may be, as nothing shows a thin pool."""
    is_linstor = storage_class.text("provisioner").startswith("linstor.")
    names = _named(storage_class, _POOL if is_linstor else _DEVICE_CLASS)
    found = _pools(cluster) if is_linstor else _device_classes(cluster)
    about = [(thin, place) for name, thin, place in found if name in names]
    if any(map(holds_placeholder, names)) or any(thin for thin, _ in about):
        return
    name = f'StorageClass "{storage_class.name}"'
    related = (provisioners.place_of(storage_class), *(place for _, place in about[:3]))
    if about:
        reason = f"volumes of {name} are thick LVM, of which its driver takes no snapshots"
        effect: Effect | None = Effect.STUCK
    elif is_linstor:
        return
    else:
        reason = f"{name} has snapshots only if its TopoLVM device class is thin"
        effect = None
    yield Cause(StorageCause.DRIVER_UNSUPPORTED, reason, related, Severity.INFO, effect=effect)


def of_lvms(cluster: Cluster, name: str) -> Iterator[Cause]:
    """The same for a class that LVMS makes, so that it is not in the input."""
    found = [(thin, place) for it, thin, place in _device_classes(cluster) if f"lvms-{it}" == name]
    if found and not any(thin for thin, _ in found):
        reason = f'volumes of StorageClass "{name}" are thick LVM, of which LVMS takes no snapshots'
        related = tuple(place for _, place in found[:3])
        kind = StorageCause.DRIVER_UNSUPPORTED
        yield Cause(kind, reason, related, Severity.INFO, effect=Effect.DOUBT)


def _named(storage_class: Manifest, keys: tuple[str, ...]) -> list[str]:
    """What the parameters name; LVMS calls the class of a device class `lvms-<name>`."""
    texts = [storage_class.text("parameters", key) for key in keys]
    named = [text for text in texts if text]
    return named or [storage_class.name.removeprefix("lvms-")]


def _device_classes(cluster: Cluster) -> Iterator[tuple[object, bool, Place]]:
    """The device classes of LVMS: the name, whether it is thin, and its place."""
    for owner in cluster.workspace.of(LVM_CLUSTER):
        for index, item in owner.items(*_CLASSES):
            place = owner.at(*_CLASSES, index, "name", note="without thinPoolConfig")
            yield item.get("name"), item.get("thinPoolConfig") is not None, place


def _pools(cluster: Cluster) -> Iterator[tuple[object, bool, Place]]:
    """The storage pools of LINSTOR: the name, whether it has snapshots, and its place."""
    for owner in cluster.workspace.of(LINSTOR_CONFIG):
        for index, item in owner.items(*_POOLS):
            place = owner.at(*_POOLS, index, "name", note="a thick pool")
            yield item.get("name"), any(kind in item for kind in _THIN), place
