"""What fills the DataVolumes and templates of VMs that are snapshotted, cloned or exported."""

from __future__ import annotations

from vmsnap_lint.checks.families import Check
from vmsnap_lint.checks.prefilters import filled
from vmsnap_lint.core.kinds import DATA_VOLUME, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.objects.manifest import Place
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["CHECKS"]


def datavolume_source_missing(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A DataVolume or template clones what does not exist."""
    yield from _problems(manifest, world, StorageCause.SOURCE_MISSING)


def datavolume_source_in_use(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A DataVolume or template clones a PVC that is in use."""
    yield from _problems(manifest, world, StorageCause.SOURCE_IN_USE)
    if manifest.group_kind == DATA_VOLUME and manifest not in world.needed.data_volumes:
        yield from _clones_of_saved(manifest, world)


def _problems(manifest: Manifest, world: World, kind: StorageCause) -> Iterator[Problem]:
    """The problems of one kind with the sources that a manifest names."""
    if manifest.group_kind == DATA_VOLUME:
        link = world.needed.data_volumes.get(manifest)
        if link is not None:
            yield from _of_volume(link.volume, kind, manifest, (link.place,))
    elif world.vm_in_scope(manifest) or manifest in world.copied_vms:
        for volume in world.volumes(manifest):
            if any(cause.kind is kind for cause in volume.causes):
                yield from _of_volume(volume, kind, manifest, world.named_at(manifest))


def _of_volume(
    volume: Volume, kind: StorageCause, manifest: Manifest, related: tuple[Place, ...]
) -> Iterator[Problem]:
    for cause in volume.causes:
        at = cause.at or volume.at
        if cause.kind is kind and at.manifest is manifest:
            yield Problem(at, cause.reason, (*cause.related, *related), cause.severity, cause.fixes)


def _clones_of_saved(data_volume: Manifest, world: World) -> Iterator[Problem]:
    """A DataVolume that clones a PVC of a running VM that is to be snapshotted."""
    if not world.in_scope:
        return
    from vmsnap_lint.kubevirt.storage.claim_sources import source_cause, unread  # rarely needed

    source = unread(world.cluster, data_volume)
    cause = source_cause(world.cluster, source, data_volume) if source is not None else None
    if cause is None or cause.kind is not StorageCause.SOURCE_IN_USE or source is None:
        return
    users = [place.manifest for place in cause.related if isinstance(place, Place)]
    if any(user.group_kind == VM and world.vm_in_scope(user) for user in users):
        yield Problem(source.at(), cause.reason, cause.related)


CHECKS: dict[str, Check] = {
    "datavolume-source-in-use": Check(datavolume_source_in_use, (DATA_VOLUME, VM), filled),
    "datavolume-source-missing": Check(datavolume_source_missing, (DATA_VOLUME, VM), filled),
}
