"""A claim that is still to be made: whether it will be, and whether it gets bound.

CDI v1.66.0, pkg/controller/datavolume/util.go (`renderPvcSpec`) and the annotations of
pkg/controller/common/util.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import STORAGE_PROFILE
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.run_state import Declared, declared
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.kubevirt.storage.volume import Choice
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["no_access_mode", "unbound_offline"]

_BIND_NOW = "cdi.kubevirt.io/storage.bind.immediate.requested"


def no_access_mode(cluster: Cluster, claim: Claim, choice: Choice) -> Cause | None:
    """A DataVolume that leaves its access modes to CDI, which does not know any for its class."""
    spec, storage_class = claim.spec, choice.storage_class
    if spec is None or storage_class is None or spec.path[-1] != "storage" or _is_made(claim):
        return None
    if spec.manifest.get(*spec.path, "accessModes"):
        return None
    provisioner = storage_class.text("provisioner")
    profile = cluster.workspace.resolve(STORAGE_PROFILE, None, storage_class.name, storage_class)
    if drivers.cdi_knows(provisioner) or profile is Absence.AMBIGUOUS:
        return None
    place = storage_class.at("provisioner", note=f'StorageClass "{storage_class.name}"')
    what = f'claim "{claim.name}" asks for no accessModes, CDI knows none for "{provisioner}"'
    end = "CDI makes no claim, and the snapshot waits for it"
    kind = StorageCause.NO_ACCESS_MODE
    if isinstance(profile, Absence):
        reason = f"{what}, and no StorageProfile in the input sets them: {end}"
        severity = None if profile is Absence.ABSENT else Severity.WARNING
        return Cause(kind, reason, (place,), severity, spec._replace(key=True))
    if _sets_modes(profile):
        return None
    reason = f'{what}, and StorageProfile "{profile.name}" sets none either: {end}'
    named = profile.at("metadata", "name", note="no claimPropertySets with accessModes")
    return Cause(kind, reason, (place, named), at=spec._replace(key=True))


def unbound_offline(claim: Claim, vm: Manifest, choice: Choice) -> Cause | None:
    """A claim that waits for its first consumer, which a halted VM never is."""
    storage_class = choice.storage_class
    if storage_class is None or declared(vm) is not Declared.HALTED:
        return None
    mode = storage_class.text("volumeBindingMode")
    if mode != "WaitForFirstConsumer" or _is_made(claim) or _binds_now(claim):
        return None
    if vm.is_export and claim.pvc is None:
        return None  # it may have run before; its claim is not in the input
    reason = (
        f'StorageClass "{storage_class.name}" binds at first use, and the VM is halted: until it '
        f'was started once, claim "{claim.name}" is not Bound and cannot be snapshotted'
    )
    place = storage_class.at("volumeBindingMode", note=f'StorageClass "{storage_class.name}"')
    return Cause(StorageCause.WAITS_FOR_CONSUMER, reason, (place,))


def _is_made(claim: Claim) -> bool:
    """Whether an export shows that the claim came into being, or how far it got."""
    phase = claim.data_volume.text("status", "phase") if claim.data_volume else ""
    volume = claim.pvc.text("spec", "volumeName") if claim.pvc else ""
    return bool(phase or claim.phase or volume)


def _binds_now(claim: Claim) -> bool:
    """Whether the DataVolume or template asks CDI not to wait; the annotation's key is enough."""
    places: list[Place] = [] if claim.spec is None else [claim.spec]
    if claim.data_volume is not None:
        places.append(claim.data_volume.at("spec", "storage"))
    for place in places:
        root = place.path[:-1] if place.path == ("spec",) else place.path[:-2]
        if _BIND_NOW in place.manifest.mapping(*root, "metadata", "annotations"):
            return True
    return False


def _sets_modes(profile: Manifest) -> bool:
    """Whether a property set of the profile names access modes."""
    return any(
        one.get("accessModes")
        for half in ("spec", "status")
        for _, one in profile.items(half, "claimPropertySets")
    )
