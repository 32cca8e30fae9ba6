"""PVCs that do not exist yet: whether they are created, and whether they get bound.

CDI v1.66.0, pkg/controller/datavolume/util.go (`renderPvcSpec`) and the annotations of
pkg/controller/common/util.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import PVC, STORAGE_CLASS, STORAGE_PROFILE
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.run_state import Declared, declared
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.kubevirt.storage.provisioners import place_of
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause
from vmsnap_lint.objects.references import volume_claims
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.kubevirt.storage.volume import Choice
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["no_access_mode", "unbound_offline"]

_WAITS = "WaitForFirstConsumer"
_BIND_NOW = "cdi.kubevirt.io/storage.bind.immediate.requested"


def no_access_mode(cluster: Cluster, claim: Claim, choice: Choice) -> Cause | None:
    """The cause that neither the DataVolume nor CDI sets access modes."""
    spec, storage_class = claim.spec, choice.storage_class
    if spec is None or storage_class is None or spec.path[-1] != "storage" or _exists(claim):
        return None
    if spec.manifest.get(*spec.path, "accessModes"):
        return None
    provisioner = storage_class.text("provisioner")
    profile = cluster.workspace.resolve(STORAGE_PROFILE, None, storage_class.name, storage_class)
    if drivers.cdi_knows(provisioner) or profile is Absence.AMBIGUOUS:
        return None
    who, severity, related = "a StorageProfile", None, [place_of(storage_class)]
    if isinstance(profile, Absence):
        severity = None if profile is Absence.ABSENT else Severity.WARNING
    elif _sets_modes(profile):
        return None
    else:
        who, note = f'StorageProfile "{profile.name}"', "no claimPropertySets with accessModes"
        related.append(profile.at("metadata", "name", note=note))
    reason = (
        f'PVC "{claim.name}" has no accessModes, and neither CDI nor {who} sets them for '
        f'"{provisioner}"; the PVC is never created'
    )
    at = spec._replace(key=True)
    effect = _unbound_effect(cluster, certain=severity is None)
    return Cause(StorageCause.NO_ACCESS_MODE, reason, tuple(related), severity, at, effect=effect)


def unbound_offline(cluster: Cluster, claim: Claim, vm: Manifest, choice: Choice) -> Cause | None:
    """The cause that the PVC waits for its first consumer, and the VM is halted."""
    storage_class = choice.storage_class
    if storage_class is None or declared(vm) is not Declared.HALTED:
        return None
    mode = storage_class.text("volumeBindingMode")
    if mode != _WAITS or _exists(claim) or _binds_now(claim):
        return None
    if vm.is_export and claim.pvc is None:
        return None  # it may have run before; its PVC is not in the input
    if _has_run(cluster, vm):
        return None
    reason = (
        f'PVC "{claim.name}" of StorageClass "{storage_class.name}" is bound at the first start, '
        "and the VM is halted; it cannot be snapshotted before"
    )
    place = storage_class.at("volumeBindingMode", note=f'StorageClass "{storage_class.name}"')
    effect = _unbound_effect(cluster, certain=True)
    fixes = _bound_now(claim)
    return Cause(StorageCause.WAITS_FOR_CONSUMER, reason, (place,), effect=effect, fixes=fixes)


def _bound_now(claim: Claim) -> tuple[Remedy, ...]:
    """The annotation with which CDI binds the PVC of a DataVolume or template at once."""
    if claim.pvc is not None or claim.spec is None:
        return ()
    from vmsnap_lint.objects import mending

    path = (*claim.spec.path[:-2], "metadata", "annotations", _BIND_NOW)
    made = mending.set_at(claim.spec.manifest, path, "true", Safety.UNSAFE)
    return tuple(each._replace(title=f"add annotation {_BIND_NOW}") for each in made)


def _unbound_effect(cluster: Cluster, *, certain: bool) -> Effect | None:
    """The effect of a PVC that is never bound: up to 1.4 it is only left out."""
    if not certain:
        return Effect.DOUBT
    return Effect.STUCK if cluster.behaviour.claims_must_be_bound else None


def _has_run(cluster: Cluster, vm: Manifest) -> bool:
    """Whether a PVC shows that the VM was started: of its state, or bound by its first consumer."""
    started = cluster.once(_started)
    if vm not in started:
        started[vm] = cluster.state_claim(vm) is not None or any(
            _was_consumed(cluster, claim.name, vm) for claim in volume_claims(vm)
        )
    return started[vm]


def _started(_cluster: Cluster) -> dict[Manifest, bool]:
    """Whether VMs have run, as far as it was asked for."""
    return {}


def _was_consumed(cluster: Cluster, name: str, vm: Manifest) -> bool:
    """Whether a PVC is Bound whose class waits for the first consumer."""
    pvc = cluster.find(PVC, name, vm)
    if pvc is None or pvc.text("status", "phase") != "Bound":
        return False
    storage_class = cluster.find(STORAGE_CLASS, pvc.text("spec", "storageClassName"), pvc)
    return storage_class is not None and storage_class.text("volumeBindingMode") == _WAITS


def _exists(claim: Claim) -> bool:
    """Whether an export shows that the PVC was created, or its progress."""
    phase = claim.data_volume.text("status", "phase") if claim.data_volume else ""
    volume = claim.pvc.text("spec", "volumeName") if claim.pvc else ""
    return bool(phase or claim.phase or volume)


def _binds_now(claim: Claim) -> bool:
    """Whether the DataVolume or template has the annotation to bind at once, with any value."""
    data_volume = claim.data_volume
    storage = data_volume.at("spec", "storage") if data_volume is not None else None
    for place in filter(None, (claim.spec, storage)):
        root = place.path[:-1] if place.path == ("spec",) else place.path[:-2]
        if _BIND_NOW in place.manifest.mapping(*root, "metadata", "annotations"):
            return True
    return False


def _sets_modes(profile: Manifest) -> bool:
    """Whether a property set of the profile has access modes."""
    return any(
        properties.get("accessModes")
        for half in ("spec", "status")
        for _, properties in profile.items(half, "claimPropertySets")
    )
