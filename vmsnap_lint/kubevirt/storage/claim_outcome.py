"""A volume whose PVC is in the input: whether a snapshot contains it.

The order is that of kubevirt v1.9.0: `Lock` of pkg/storage/snapshot/source.go checks PVCs before
`createContent` of snapshot.go chooses their classes.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import STORAGE_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.storage.claim_class import class_of
from vmsnap_lint.kubevirt.storage.claim_status import (
    foreign_volume,
    lock_cause,
    not_csi,
    settled_by_volume,
)
from vmsnap_lint.kubevirt.storage.unmade_claims import no_access_mode, unbound_offline
from vmsnap_lint.kubevirt.storage.volume import StorageCause, Volume

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.kubevirt.storage.volume import Cause, Choice
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["judged"]

_DEFAULT = StorageCause.DEFAULT_CLASS


def judged(cluster: Cluster, volume: Volume, claim: Claim) -> Volume:
    """The volume with its PVC, and whether a snapshot of the VM that lists it contains it."""
    vm = volume.at.manifest
    storage_class, choice = class_of(cluster, claim)
    causes = settled_by_volume(cluster, claim, choice, choice.causes)
    causes = _placed(_with_class(cluster, causes, claim), claim, vm)
    volume = Volume(
        volume.name, volume.source, volume.at, volume.persistent, claim, storage_class,
        choice.snapshot_class, choice.included, causes, choice,
    )  # fmt: skip
    lock = lock_cause(cluster, claim)
    if lock is None:
        return _unlocked(cluster, volume, claim, choice)
    waits = cluster.behaviour.claims_must_be_bound
    included = choice.included if waits else False
    return volume._replace(included=included, causes=(lock, *causes))


def _with_class(cluster: Cluster, causes: tuple[Cause, ...], claim: Claim) -> tuple[Cause, ...]:
    """The causes, that of a missing class with the one that the PVC was to have."""
    if not causes or claim.spec is None or claim.is_bound:  # then the class cannot be changed
        return causes
    kinds, spec = [cause.kind for cause in causes], claim.spec
    if StorageCause.STORAGE_CLASS_MISSING not in kinds:
        return causes
    from vmsnap_lint.objects import mending

    at = spec._replace(path=(*spec.path, "storageClassName"))
    known = cluster.workspace.vocabulary(None, STORAGE_CLASS)
    fixes = mending.named(at, at.manifest.text(*at.path), known)
    index = kinds.index(StorageCause.STORAGE_CLASS_MISSING)
    return (*causes[:index], causes[index]._replace(fixes=fixes), *causes[index + 1 :])


def _unlocked(cluster: Cluster, volume: Volume, claim: Claim, choice: Choice) -> Volume:
    """The volume whose PVC the controller can lock."""
    vm, included, causes = volume.at.manifest, volume.included, volume.causes
    unbound = no_access_mode(cluster, claim, choice)
    if unbound is not None:
        (unbound,) = _placed((unbound,), claim, vm)
    else:
        unbound = unbound_offline(cluster, claim, vm, choice)
    if unbound is not None:
        causes = (unbound, *causes)
        if unbound.severity is None and not cluster.behaviour.claims_must_be_bound:
            included = False
    if included is None and (lost := not_csi(cluster, claim)) is not None:
        others = (c for c in causes if not c.kind.value.lacks_class and c.kind is not _DEFAULT)
        return volume._replace(included=False, causes=(lost._replace(effect=None), *others))
    foreign = foreign_volume(cluster, claim, choice) if included else None
    if foreign is not None:
        causes = (*causes, foreign)
    if included is volume.included and causes is volume.causes:
        return volume
    return volume._replace(included=included, causes=causes)


def _placed(causes: tuple[Cause, ...], claim: Claim, vm: Manifest) -> tuple[Cause, ...]:
    """The causes with the place to fix: the template of the VM, if the PVC comes from one."""
    spec = claim.spec
    if not causes:
        return causes
    if spec is None or spec.manifest is not vm:
        return tuple(c if c.kind.value.of_class else c._replace(at=None) for c in causes)
    path = (*spec.path, "storageClassName")
    place = spec._replace(key=True) if vm.get(*path) is None else spec._replace(path=path)
    return tuple(cause if cause.at else cause._replace(at=place) for cause in causes)
