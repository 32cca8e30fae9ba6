"""The objects that a snapshot of a VM depends on."""

from __future__ import annotations

from vmsnap_lint.core.kinds import VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["chain_of"]


def chain_of(cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]) -> tuple[Manifest, ...]:
    """The VM, then PVCs, DataVolumes and classes of its persistent volumes, each once."""
    found: dict[Manifest | None, None] = {vm: None}
    for volume in volumes:
        if volume.persistent:
            found.update(dict.fromkeys(_of_volume(cluster, vm, volume)))
    return tuple(manifest for manifest in found if manifest is not None)


def _of_volume(cluster: Cluster, vm: Manifest, volume: Volume) -> Iterator[Manifest | None]:
    if volume.claim is not None:
        yield volume.claim.pvc
        yield volume.claim.data_volume
    if volume.choice is not None:
        yield volume.choice.storage_class
        yield volume.choice.profile
    if volume.snapshot_class:
        yield cluster.find(VOLUME_SNAPSHOT_CLASS, volume.snapshot_class, vm)
