"""What an export says of a claim that keeps a snapshot from completing.

`verifyVolumes` of kubevirt v1.9.0, pkg/storage/snapshot/source.go, and the checks of
kubernetes-csi/external-snapshotter v8.6.0, pkg/common-controller/snapshot_controller.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import DATA_VOLUME, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.kubevirt.storage.volume import Choice
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["foreign_volume", "lock_causes", "settled_by_volume"]

_NOT_SOURCES = ("capacity", "claimRef", "nodeAffinity")


def lock_causes(cluster: Cluster, claim: Claim) -> tuple[Cause, ...]:
    """Why the controller could not lock the source: a dying, unbound or empty claim."""
    if claim.pvc is not None:
        cause = _terminating(cluster, claim, claim.pvc) or _unbound(cluster, claim, claim.pvc)
        if cause is not None:
            return (cause,)
    if not cluster.behaviour.claims_must_be_populated:
        return ()
    if claim.pvc is not None:
        return _owned(cluster, claim, claim.pvc)
    return _unpopulated(claim, claim.data_volume) if claim.data_volume is not None else ()


def foreign_volume(cluster: Cluster, claim: Claim, choice: Choice) -> tuple[Cause, ...]:
    """A bound PersistentVolume that the driver of the snapshot class did not make."""
    volume = cluster.bound_volume(claim.pvc) if claim.pvc is not None else None
    if volume is None or not volume.mapping("spec"):
        return ()
    driver = volume.text("spec", "csi", "driver")
    if driver:
        return _other_driver(cluster, volume, driver, choice)
    if volume.get("spec", "csi"):
        return ()
    spec = volume.mapping("spec")
    sources = [k for k, v in spec.items() if isinstance(v, dict) and k not in _NOT_SOURCES]
    what = f"a {sources[0]} volume" if sources else "no CSI volume"
    reason = (
        f'PersistentVolume "{volume.name}" behind claim "{claim.name}" is {what}: its '
        "VolumeSnapshot fails, and the snapshot never becomes ready"
    )
    place = volume.at("spec", *sources[:1], note="the volume's source", key=bool(sources))
    return (Cause(StorageCause.PV_NOT_CSI, reason, (place,)),)


def settled_by_volume(
    cluster: Cluster, claim: Claim, choice: Choice, causes: tuple[Cause, ...]
) -> tuple[Cause, ...]:
    """The causes that stand when the bound volume is looked at: its driver beats the class's."""
    if not any(cause.kind is StorageCause.CLASS_OF_OTHER_DRIVER for cause in causes):
        return causes
    volume = cluster.bound_volume(claim.pvc) if claim.pvc is not None else None
    taken = _taken(cluster, choice, volume) if volume is not None else None
    if volume is None or taken is None:
        return causes
    if volume.text("spec", "csi", "driver") != taken.text("driver"):
        return causes
    return tuple(cause for cause in causes if cause.kind is not StorageCause.CLASS_OF_OTHER_DRIVER)


def _taken(cluster: Cluster, choice: Choice, near: Manifest) -> Manifest | None:
    """The snapshot class that was chosen."""
    return cluster.find(VOLUME_SNAPSHOT_CLASS, choice.snapshot_class or "", near)


def _other_driver(
    cluster: Cluster, volume: Manifest, driver: str, choice: Choice
) -> tuple[Cause, ...]:
    """A snapshot class whose driver has never seen the volume."""
    taken = _taken(cluster, choice, volume)
    if taken is None or any(c.kind is StorageCause.CLASS_OF_OTHER_DRIVER for c in choice.causes):
        return ()
    other = taken.text("driver")
    if other in ("", driver) or holds_placeholder(other) or holds_placeholder(driver):
        return ()
    reason = (
        f'PersistentVolume "{volume.name}" was made by driver "{driver}", but VolumeSnapshotClass '
        f'"{taken.name}" is for "{other}": its VolumeSnapshot fails'
    )
    made = volume.at("spec", "csi", "driver", note="the driver of the volume")
    place = taken.at("driver", note="the driver of the snapshot class")
    return (Cause(StorageCause.PV_OF_OTHER_DRIVER, reason, (made, place)),)


def _unbound(cluster: Cluster, claim: Claim, pvc: Manifest) -> Cause | None:
    if not claim.phase or claim.is_bound:
        return None
    waits = cluster.behaviour.claims_must_be_bound
    effect = "the snapshot waits for it until it fails" if waits else "the snapshot leaves it out"
    reason = f'PersistentVolumeClaim "{claim.name}" is {claim.phase}, not Bound: {effect}'
    place = pvc.at("status", "phase", note="the claim's phase")
    return Cause(
        StorageCause.CLAIM_NOT_BOUND, reason, (place,), None if waits else Severity.WARNING
    )


def _terminating(cluster: Cluster, claim: Claim, pvc: Manifest) -> Cause | None:
    if not cluster.behaviour.terminating_claims_refused:
        return None
    if not pvc.text("metadata", "deletionTimestamp"):
        return None
    reason = (
        f'PersistentVolumeClaim "{claim.name}" is being deleted: the snapshot waits until it fails'
    )
    place = pvc.at("metadata", "deletionTimestamp", note="it is being deleted")
    return Cause(StorageCause.CLAIM_TERMINATING, reason, (place,))


def _unpopulated(claim: Claim, data_volume: Manifest) -> tuple[Cause, ...]:
    phase = data_volume.text("status", "phase")
    if phase in ("", "Succeeded"):
        return ()
    place = data_volume.at("status", "phase", note="the DataVolume's phase")
    owns = "" if data_volume.name == claim.name else f', which owns claim "{claim.name}",'
    reason = (
        f'DataVolume "{data_volume.name}"{owns} is {phase}, not Succeeded: the snapshot waits for '
        "it until it fails"
    )
    return (Cause(StorageCause.CLAIM_NOT_POPULATED, reason, (place,)),)


def _owned(cluster: Cluster, claim: Claim, pvc: Manifest) -> tuple[Cause, ...]:
    """A claim that a DataVolume controls, whatever its name, waits for that one.

    `IsPopulated` of containerized-data-importer v1.66.0,
    staging/src/kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1/utils.go.
    """
    for index, owner in pvc.items("metadata", "ownerReferences"):
        name = owner.get("name")
        # the cluster itself always says true; who shortens an export leaves the key out
        if owner.get("controller") is False or owner.get("kind") != DATA_VOLUME.kind:
            continue
        found = cluster.resolve(DATA_VOLUME, name, pvc) if isinstance(name, str) else None
        if found is Absence.ABSENT and cluster.workspace.is_complete(DATA_VOLUME):
            reason = (
                f'DataVolume "{name}", which owns claim "{claim.name}", does not exist: the '
                "snapshot waits for it until it fails"
            )
            place = pvc.at("metadata", "ownerReferences", index, note="the owner")
            return (Cause(StorageCause.CLAIM_NOT_POPULATED, reason, (place,)),)
        if found is not None and not isinstance(found, Absence):
            return _unpopulated(claim, found)
    return ()
