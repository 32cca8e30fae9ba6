"""The objects that a volume is followed through: claim, classes, and where that ends."""

from __future__ import annotations

from vmsnap_lint.core.kinds import (
    DATA_VOLUME,
    PVC,
    STORAGE_CLASS,
    STORAGE_PROFILE,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.chain_link import ChainLink, link
from vmsnap_lint.kubevirt.storage.volume import StorageCause
from vmsnap_lint.kubevirt.trail import Trail
from vmsnap_lint.objects.references import VOLUMES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Place

__all__ = ["VOLUME", "volume_link", "volume_trail"]

VOLUME = "Volume"
"""The kind of the link to a volume of a VM, which is no object of its own."""
# Where a chain ends for a cause. UNVERIFIED ends it at the first object that is not shown.
_OF_CLASS = (
    StorageCause.CLAIM_WITHOUT_CLASS, StorageCause.DEFAULT_CLASS, StorageCause.DRIVER_UNSUPPORTED,
    StorageCause.IN_TREE_PROVISIONER, StorageCause.NON_CSI_PROVISIONER,
    StorageCause.STORAGE_CLASS_MISSING,
)  # fmt: skip
_OF_SNAPSHOT_CLASS = (
    StorageCause.AMBIGUOUS_CLASS, StorageCause.CLASS_OF_OTHER_CLUSTER,
    StorageCause.CLASS_OF_OTHER_DRIVER, StorageCause.CLASS_WITHOUT_SECRET,
    StorageCause.NO_SNAPSHOT_CLASS, StorageCause.PROFILE_DANGLING,
)  # fmt: skip
_OF_CHAIN = (StorageCause.CLASS_DELETED, StorageCause.STATE_CLASS, StorageCause.UNVERIFIED)
_LAST = (STORAGE_CLASS.kind, VOLUME_SNAPSHOT_CLASS.kind)


def volume_trail(cluster: Cluster, volume: Volume) -> Trail:
    """The objects of a volume, from the VM's entry to the VolumeSnapshotClass."""
    first = volume_link(volume.name, volume.at)
    if not volume.persistent:
        return Trail(first, breaks_at=VOLUME)
    claim = [] if volume.claim is None else list(_claim_links(volume.claim, volume))
    links = [first, *claim, *_classes(cluster, volume)]
    breaks_at = _breaks_at(volume, links) if _is_broken(volume) else ""
    if breaks_at and all(each.kind != breaks_at for each in links):
        links.append(_unnamed(breaks_at, volume))
    is_certain = volume.included is False or volume.blocks
    return Trail(*links, breaks_at=breaks_at, is_certain=is_certain)


def volume_link(name: str, at: Place) -> ChainLink:
    """The link to a volume, at its name in its VM or what else declares it."""
    depth = len(VOLUMES)
    if at.path[:depth] == VOLUMES:
        at = at._replace(path=(*at.path[: depth + 1], "name"))
    return ChainLink(VOLUME, at.manifest.namespace, name, at)


def _claim_links(claim: Claim, volume: Volume) -> Iterator[ChainLink]:
    """The DataVolume of a claim and its PVC, as far as they are declared, or that it is absent."""
    home = volume.at.manifest.namespace
    if claim.data_volume is not None:
        yield link(DATA_VOLUME.kind, home, claim.name, claim.data_volume)
    if claim.pvc is not None:
        yield link(PVC.kind, home, claim.name, claim.pvc)
    elif claim.data_volume is None and claim.absence is not None:
        kind = DATA_VOLUME if volume.source == "dataVolume" else PVC
        yield link(kind.kind, home, claim.name, claim.absence)
    elif claim.data_volume is None and claim.spec is not None:
        template = claim.spec._replace(path=(*claim.spec.path[:-2], "metadata", "name"))
        yield ChainLink(DATA_VOLUME.kind, home, claim.name, template)


def _classes(cluster: Cluster, volume: Volume) -> Iterator[ChainLink]:
    choice, near = volume.choice, volume.at.manifest
    if volume.storage_class:
        found = choice.storage_class if choice is not None else None
        resolved = found or cluster.resolve(STORAGE_CLASS, volume.storage_class, near)
        yield link(STORAGE_CLASS.kind, None, volume.storage_class, resolved)
    if choice is not None and choice.profile is not None:
        yield link(STORAGE_PROFILE.kind, None, choice.profile.name, choice.profile)
    if volume.snapshot_class:
        name = volume.snapshot_class
        snapshot_class = cluster.resolve(VOLUME_SNAPSHOT_CLASS, name, near)
        yield link(VOLUME_SNAPSHOT_CLASS.kind, None, name, snapshot_class)


def _is_broken(volume: Volume) -> bool:
    return not volume.included or volume.blocks or volume.is_doubtful


def _breaks_at(volume: Volume, links: list[ChainLink]) -> str:
    """The kind of the object that the first cause is about."""
    kinds = [cause.kind for cause in volume.causes]
    kind = next((kind for kind in kinds if kind.value.explains), kinds[0] if kinds else None)
    claims = [each.kind for each in links if each.kind in (DATA_VOLUME.kind, PVC.kind)]
    if kind in _OF_CLASS:
        return STORAGE_CLASS.kind
    if kind in _OF_SNAPSHOT_CLASS:
        return VOLUME_SNAPSHOT_CLASS.kind
    if kind is None or kind in _OF_CHAIN:
        return _first_unseen(volume, links)
    return claims[-1] if claims else VOLUME if volume.claim is None else PVC.kind


def _first_unseen(volume: Volume, links: list[ChainLink]) -> str:
    """The kind of the first object that is not in the input."""
    unseen = next((each.kind for each in links if each.absence is not None), "")
    if unseen or volume.claim is None:
        return unseen or VOLUME
    present = {each.kind for each in links}
    return next((kind for kind in _LAST if kind not in present), _LAST[-1])


def _unnamed(kind: str, volume: Volume) -> ChainLink:
    """The link to an object that nothing names."""
    home = volume.at.manifest.namespace if kind == PVC.kind else None
    known = volume.included is False
    absence = Absence.ABSENT if known else Absence.UNKNOWN
    storage_class = volume.choice.storage_class if volume.choice is not None else None
    note = "none" if known else "not known"
    if any(cause.kind is StorageCause.AMBIGUOUS_CLASS for cause in volume.causes):
        note = "several"
    if kind == VOLUME_SNAPSHOT_CLASS.kind and storage_class is not None:
        note = f'{note} for driver "{storage_class.text("provisioner")}"'
    return ChainLink(kind, home, "", absence=absence, note=note)
