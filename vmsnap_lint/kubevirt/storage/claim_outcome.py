"""A volume whose claim the input holds -> what becomes of it in a snapshot.

The order is that of kubevirt v1.9.0: `Lock` of pkg/storage/snapshot/source.go looks at claims
before `createContent` of snapshot.go chooses their classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.kubevirt.storage.claim_class import wanted_class
from vmsnap_lint.kubevirt.storage.claim_status import foreign_volume, lock_causes, settled_by_volume
from vmsnap_lint.kubevirt.storage.unmade_claims import no_access_mode, unbound_offline

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.kubevirt.storage.volume import Cause, Choice, Volume
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["judged"]


def judged(cluster: Cluster, volume: Volume, claim: Claim) -> Volume:
    """The volume with what becomes of its claim in a snapshot of the VM that lists it."""
    vm = volume.at.manifest
    storage_class, choice = wanted_class(cluster, claim)
    chosen = _placed(settled_by_volume(cluster, claim, choice, choice.causes), claim, vm)
    volume = volume._replace(
        claim=claim, storage_class=storage_class, snapshot_class=choice.snapshot_class,
        included=choice.included, blocks=choice.blocks, causes=chosen, choice=choice,
    )  # fmt: skip
    locks = lock_causes(cluster, claim)
    if locks:
        waits = cluster.behaviour.claims_must_be_bound
        included = choice.included if waits else False
        return volume._replace(included=included, blocks=waits, causes=locks + chosen)
    return _unlocked(cluster, volume, claim, choice)


def _unlocked(cluster: Cluster, volume: Volume, claim: Claim, choice: Choice) -> Volume:
    """The volume whose claim the controller can lock."""
    vm, blocks, causes = volume.at.manifest, volume.blocks, volume.causes
    unmade = no_access_mode(cluster, claim, choice)
    if unmade is not None:
        causes = (*_placed((unmade,), claim, vm), *causes)
        blocks = blocks or (unmade.severity is None and cluster.behaviour.claims_must_be_bound)
    else:
        waiting = unbound_offline(claim, vm, choice)
        causes = causes if waiting is None else (waiting, *causes)
    if volume.included:
        foreign = foreign_volume(cluster, claim, choice)
        causes += foreign
        blocks = blocks or any(cause.kind.value.blocks for cause in foreign)
    return volume._replace(blocks=blocks, causes=causes)


def _placed(causes: tuple[Cause, ...], claim: Claim, vm: Manifest) -> tuple[Cause, ...]:
    """Causes that lie in the class are fixed in the VM's own template, where it has one."""
    spec = claim.spec
    if spec is None or spec.manifest is not vm:
        return tuple(cause._replace(at=None) for cause in causes)
    named = (*spec.path, "storageClassName")
    has_name = spec.manifest.get(*named) is not None
    at: Place = spec._replace(path=named) if has_name else spec._replace(key=True)
    return tuple(cause if cause.at else cause._replace(at=at) for cause in causes)
