"""The hidden claim that keeps the state of a persistent TPM or EFI.

kubevirt v1.9.0, pkg/storage/backend-storage: the claim is made when the VM starts, labelled with
the VM's name, in the class of the KubeVirt object's vmStateStorageClass or the default one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import HYPERCONVERGED, KUBEVIRT, PVC
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage.claim_class import default_choice
from vmsnap_lint.kubevirt.storage.claim_outcome import judged
from vmsnap_lint.kubevirt.storage.claims import Claim
from vmsnap_lint.kubevirt.storage.snapshot_class import choose
from vmsnap_lint.kubevirt.storage.volume import Cause, Choice, StorageCause, Volume
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["STATE_SOURCE", "backend_state", "persistent_state"]

STATE_SOURCE = "backendState"
_LABEL = "persistent-state-for"
_DOMAIN = ("spec", "template", "spec", "domain")
_TPM = (*_DOMAIN, "devices", "tpm")
_EFI = (*_DOMAIN, "firmware", "bootloader", "efi")
_TRACKING = ("status", "changedBlockTracking", "state")
_CLASSES = (
    (KUBEVIRT, ("spec", "configuration", "vmStateStorageClass")),
    (HYPERCONVERGED, ("spec", "vmStateStorageClass")),
)


def persistent_state(vm: Manifest) -> tuple[Place, ...]:
    """The places in the VM's own spec that ask for a persistent TPM, then EFI."""
    places = []
    domain = vm.get(*_DOMAIN)
    if not isinstance(domain, dict):
        return ()
    if vm.get(*_TPM, "persistent") is True and vm.get(*_TPM, "enabled") is not False:
        places.append(vm.at(*_TPM, "persistent", note="persistent TPM"))
    if "firmware" in domain and vm.get(*_EFI, "persistent") is True:
        places.append(vm.at(*_EFI, "persistent", note="persistent EFI"))
    return tuple(places)


def backend_state(cluster: Cluster, vm: Manifest) -> tuple[Volume, ...]:
    """The volume of that state, if the VM has one and the release saves it."""
    places = _needed_for(cluster, vm)
    if not places or not cluster.behaviour.backend_state_in_snapshot:
        return ()
    at = places[0]
    volume = Volume(f"{_LABEL}-{vm.name}", STATE_SOURCE, at, persistent=True)
    pvc = _claim_of(cluster, vm)
    if pvc is not None:
        claim = Claim(pvc.name, pvc, None, pvc.at("spec"), None)
        volume = judged(cluster, volume, claim)
        return (volume._replace(causes=_as_state(at, volume.causes)),)
    if _is_never_started(cluster, vm):
        reason = (
            f'VM "{vm.name}" has a {at.note}, but no claim with label {_LABEL}={vm.name} '
            "keeps it: the VM was never started, and its snapshot waits until it fails"
        )
        cause = Cause(StorageCause.NEVER_STARTED, reason)
        return (volume._replace(included=False, blocks=True, causes=(cause,)),)
    storage_class, choice = _class(cluster, vm, at)
    return (
        volume._replace(
            storage_class=storage_class, snapshot_class=choice.snapshot_class,
            included=choice.included, blocks=choice.blocks,
            causes=_as_state(at, choice.causes), choice=choice,
        ),
    )  # fmt: skip


def _needed_for(cluster: Cluster, vm: Manifest) -> tuple[Place, ...]:
    """What the VM needs the claim for: `IsBackendStorageNeeded`."""
    places = persistent_state(vm)
    tracked = vm.text(*_TRACKING) in ("Enabled", "Initializing")
    if tracked and not places and cluster.behaviour.tracking_state_in_snapshot:
        return (vm.at(*_TRACKING, note="changed block tracking"),)
    return places


def _claim_of(cluster: Cluster, vm: Manifest) -> Manifest | None:
    for pvc in cluster.state_claims[vm.name]:
        if cluster.workspace.same_namespace(pvc.namespace, vm.namespace):
            return pvc
    return None


def _is_never_started(cluster: Cluster, vm: Manifest) -> bool:
    """Whether the claim would be in the input if it existed."""
    if cluster.workspace.is_complete(PVC):
        return True
    if not vm.is_export or cluster.workspace.absence(PVC, vm.namespace) is not Absence.ABSENT:
        return False
    claims = cluster.workspace.of(PVC)
    same = cluster.workspace.same_namespace
    return any(one.is_export and same(one.namespace, vm.namespace) for one in claims)


def _as_state(at: Place, causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Causes that lie in the class, as the one cause that backend state has for them."""
    return tuple(
        cause
        if cause.kind.value.holds_for_state
        else cause._replace(
            kind=StorageCause.STATE_CLASS,
            reason=f"the claim that keeps the state of the {at.note}: {cause.reason}",
        )
        for cause in causes
    )


def _class(cluster: Cluster, vm: Manifest, at: Place) -> tuple[str | None, Choice]:
    """The class that the claim gets once the VM starts."""
    seen = False
    for kind, path in _CLASSES:
        for settings in cluster.workspace.of(kind):
            seen = True
            named = settings.text(*path)
            if named and not holds_placeholder(named):
                return named, _named(choose(cluster, named, settings), settings.at(*path))
    if not seen and not cluster.workspace.is_complete(KUBEVIRT):
        about = "the KubeVirt object, which may name the class of state claims"
        cause = Cause(StorageCause.UNVERIFIED, f"{about}, is not in the input", about=about)
        return None, Choice(None, None, (cause,))
    who = f'the state claim of VM "{vm.name}"'
    return default_choice(cluster, who, at, virt=True)


def _named(choice: Choice, place: Place) -> Choice:
    """The choice with the setting that led to it as a related place."""
    where = place._replace(note="vmStateStorageClass")
    return choice._replace(
        causes=tuple(c._replace(related=(where, *c.related)) for c in choice.causes)
    )
