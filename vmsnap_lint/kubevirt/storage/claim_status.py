"""The state of a PVC and of its volume that keeps a snapshot from completing.

`verifyVolumes` of kubevirt v1.9.0, pkg/storage/snapshot/source.go, and the checks of
kubernetes-csi/external-snapshotter v8.6.0, pkg/common-controller/snapshot_controller.go.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import DATA_VOLUME, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.kubevirt.storage.volume import Choice
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["foreign_volume", "lock_cause", "not_csi", "settled_by_volume"]

_NOT_SOURCES = ("capacity", "claimRef", "nodeAffinity")
_SPELLED = {"iscsi": "iSCSI", "nfs": "NFS", "rbd": "RBD"}
_WAITS = "the snapshot waits until it fails"


def lock_cause(cluster: Cluster, claim: Claim) -> Cause | None:
    """Why the controller cannot lock the source: a PVC that is being deleted, unbound or empty."""
    pvc, data_volume = claim.pvc, claim.data_volume
    if pvc is not None:
        cause = _terminating(cluster, claim, pvc) or _unbound(cluster, claim, pvc)
        if cause is not None:
            return cause
    if not cluster.behaviour.claims_must_be_populated:
        return None
    if pvc is not None:
        return _owned(cluster, claim, pvc)
    return _unpopulated(claim, data_volume) if data_volume is not None else None


def foreign_volume(cluster: Cluster, claim: Claim, choice: Choice) -> Cause | None:
    """A bound PersistentVolume that the driver of the snapshot class did not create."""
    volume = cluster.bound_volume(claim.pvc) if claim.pvc is not None else None
    driver = volume.text("spec", "csi", "driver") if volume is not None else ""
    if volume is not None and driver:
        return _other_driver(cluster, volume, driver, choice)
    return not_csi(cluster, claim)


def not_csi(cluster: Cluster, claim: Claim) -> Cause | None:
    """A bound PersistentVolume that no CSI driver created: no class can snapshot it."""
    volume = cluster.bound_volume(claim.pvc) if claim.pvc is not None else None
    spec = volume.mapping("spec") if volume is not None else {}
    if volume is None or not spec or spec.get("csi") or holds_placeholder(spec.get("csi")):
        return None
    sources = [k for k, v in spec.items() if isinstance(v, dict) and k not in _NOT_SOURCES]
    what = "has no CSI source"
    if sources:
        name = _SPELLED.get(sources[0], sources[0])
        article = "an" if name[0] in "aeiouNR" else "a"
        what = f"is {article} {name} volume, not a CSI volume"
    reason = f'PersistentVolume "{volume.name}" of PVC "{claim.name}" {what}; its data is not saved'
    place = volume.at("spec", *sources[:1], note="the volume's source", key=bool(sources))
    return Cause(StorageCause.PV_NOT_CSI, reason, (place,), effect=Effect.STUCK)


def settled_by_volume(
    cluster: Cluster, claim: Claim, choice: Choice, causes: tuple[Cause, ...]
) -> tuple[Cause, ...]:
    """The causes without CLASS_OF_OTHER_DRIVER, if the bound volume has the driver of the class."""
    if not causes:
        return causes
    others = tuple(
        cause for cause in causes if cause.kind is not StorageCause.CLASS_OF_OTHER_DRIVER
    )
    volume = cluster.bound_volume(claim.pvc) if claim.pvc is not None else None
    if others == causes or volume is None:
        return causes
    snapshot_class = _snapshot_class(cluster, choice, volume)
    if snapshot_class is None:
        return causes
    fits = volume.text("spec", "csi", "driver") == snapshot_class.text("driver")
    return others if fits else causes


def _snapshot_class(cluster: Cluster, choice: Choice, near: Manifest) -> Manifest | None:
    return cluster.find(VOLUME_SNAPSHOT_CLASS, choice.snapshot_class or "", near)


def _other_driver(cluster: Cluster, volume: Manifest, driver: str, choice: Choice) -> Cause | None:
    """A snapshot class whose driver did not create the volume."""
    snapshot_class = _snapshot_class(cluster, choice, volume)
    is_known = any(cause.kind is StorageCause.CLASS_OF_OTHER_DRIVER for cause in choice.causes)
    if snapshot_class is None or is_known:
        return None
    other = snapshot_class.text("driver")
    if other in ("", driver) or holds_placeholder(other) or holds_placeholder(driver):
        return None
    reason = (
        f'PersistentVolume "{volume.name}" was created by driver "{driver}", but '
        f'VolumeSnapshotClass "{snapshot_class.name}" has "{other}"; its VolumeSnapshot fails'
    )
    related = (
        volume.at("spec", "csi", "driver", note="the driver of the volume"),
        snapshot_class.at("driver", note="the driver of the snapshot class"),
    )
    return Cause(StorageCause.PV_OF_OTHER_DRIVER, reason, related, effect=Effect.STUCK)


def _unbound(cluster: Cluster, claim: Claim, pvc: Manifest) -> Cause | None:
    if not claim.phase or claim.is_bound:
        return None
    waits = cluster.behaviour.claims_must_be_bound
    effect = _WAITS if waits else "the snapshot leaves it out"
    reason = f'PersistentVolumeClaim "{claim.name}" is {claim.phase}, not Bound; {effect}'
    place = pvc.at("status", "phase", note="the phase of the PVC")
    severity, result = (None, Effect.STUCK) if waits else (Severity.WARNING, None)
    return Cause(StorageCause.CLAIM_NOT_BOUND, reason, (place,), severity, effect=result)


def _terminating(cluster: Cluster, claim: Claim, pvc: Manifest) -> Cause | None:
    rejects = cluster.behaviour.terminating_claims_refused
    if not rejects or not pvc.text("metadata", "deletionTimestamp"):
        return None
    reason = f'PersistentVolumeClaim "{claim.name}" is being deleted; {_WAITS}'
    place = pvc.at("metadata", "deletionTimestamp", note="it is being deleted")
    return Cause(StorageCause.CLAIM_TERMINATING, reason, (place,), effect=Effect.STUCK)


def _unpopulated(claim: Claim, data_volume: Manifest) -> Cause | None:
    """The cause that a DataVolume has not succeeded, with the reason that its status gives."""
    phase = data_volume.text("status", "phase")
    if phase == "Succeeded" or not data_volume.get("status"):
        return None
    from vmsnap_lint.kubevirt.storage.data_volume_status import obstacle_of  # few are shown

    obstacle = obstacle_of(data_volume)
    if not phase and obstacle is None:
        return None
    place = data_volume.at("status", "phase", note="the phase of the DataVolume")
    owns = "" if data_volume.name == claim.name else f', which owns PVC "{claim.name}",'
    state = f'is "{cut(phase)}", not Succeeded' if phase else "has not begun"
    told, places = "", (place,)
    if obstacle is not None:
        told, places = f" ({verbatim(obstacle.text)})", (obstacle.place,)
    reason = f'DataVolume "{data_volume.name}"{owns} {state}{told}; {_WAITS}'
    return Cause(StorageCause.CLAIM_NOT_POPULATED, reason, places, effect=Effect.STUCK)


def _owned(cluster: Cluster, claim: Claim, pvc: Manifest) -> Cause | None:
    """The cause that the DataVolume that owns the PVC, of any name, is not ready.

    `IsPopulated` of containerized-data-importer v1.66.0,
    staging/src/kubevirt.io/containerized-data-importer-api/pkg/apis/core/v1beta1/utils.go.
    """
    if "ownerReferences" not in pvc.mapping("metadata"):
        return None
    for index, owner in pvc.items("metadata", "ownerReferences"):
        name = owner.get("name")
        # a cluster always sets true; a shortened export may lack the key
        if owner.get("controller") is False or owner.get("kind") != DATA_VOLUME.kind:
            continue
        data_volume = cluster.resolve(DATA_VOLUME, name, pvc) if isinstance(name, str) else None
        if data_volume is Absence.ABSENT and cluster.workspace.is_complete(DATA_VOLUME):
            reason = f'DataVolume "{name}", which owns PVC "{claim.name}", does not exist; {_WAITS}'
            place = pvc.at("metadata", "ownerReferences", index, note="the owner")
            return Cause(StorageCause.CLAIM_NOT_POPULATED, reason, (place,), effect=Effect.STUCK)
        if data_volume is not None and not isinstance(data_volume, Absence):
            return _unpopulated(claim, data_volume)
    return None
