"""The hidden PVC with the state of a persistent TPM or EFI.

kubevirt v1.9.0, pkg/storage/backend-storage: the PVC is created when the VM starts, labelled with
the name of the VM, in the class of vmStateStorageClass of the KubeVirt object or the default one.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import HYPERCONVERGED, KUBEVIRT, PVC
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage.claim_class import default_choice
from vmsnap_lint.kubevirt.storage.claim_outcome import judged
from vmsnap_lint.kubevirt.storage.claims import Claim
from vmsnap_lint.kubevirt.storage.snapshot_class import choose
from vmsnap_lint.kubevirt.storage.volume import Cause, Choice, StorageCause, Volume, unverified
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
    """The places in the VM's own spec that set a persistent TPM, then EFI."""
    domain, places = vm.mapping(*_DOMAIN), []
    devices = domain.get("devices")
    if "firmware" not in domain and not (isinstance(devices, dict) and "tpm" in devices):
        return ()
    tpm = vm.mapping(*_TPM)
    if tpm.get("persistent") is True and tpm.get("enabled") is not False:
        places.append(vm.at(*_TPM, "persistent", note="persistent TPM"))
    if vm.get(*_EFI, "persistent") is True:
        places.append(vm.at(*_EFI, "persistent", note="persistent EFI"))
    return tuple(places)


def backend_state(cluster: Cluster, vm: Manifest) -> tuple[Volume, ...]:
    """The volume of the state of TPM or EFI, if the VM has one and the release snapshots it."""
    places = _needed_for(cluster, vm)
    if not places or not cluster.behaviour.backend_state_in_snapshot:
        return ()
    place = places[0]
    volume = Volume(f"{_LABEL}-{vm.name}", STATE_SOURCE, place, persistent=True)
    pvc = cluster.state_claim(vm)
    if pvc is not None:
        volume = judged(cluster, volume, Claim(pvc.name, pvc, None, pvc.at("spec"), None))
    elif _is_never_started(cluster, vm):
        reason = (
            "the VM was never started, so it has no state PVC; the snapshot waits until it fails"
        )
        cause = Cause(StorageCause.NEVER_STARTED, f"{place.note}: {reason}", effect=Effect.STUCK)
        return (volume._replace(included=False, causes=(cause,)),)
    else:
        storage_class, choice = _class(cluster, vm, place)
        volume = volume._replace(
            storage_class=storage_class, snapshot_class=choice.snapshot_class,
            included=choice.included, causes=choice.causes, choice=choice,
        )  # fmt: skip
    return (volume._replace(causes=_as_state(place, volume.causes)),)


def _needed_for(cluster: Cluster, vm: Manifest) -> tuple[Place, ...]:
    """The places that need the PVC, as in `IsBackendStorageNeeded`."""
    places = persistent_state(vm)
    tracked = vm.text(*_TRACKING) in ("Enabled", "Initializing")
    if tracked and not places and cluster.behaviour.tracking_state_in_snapshot:
        return (vm.at(*_TRACKING, note="changed block tracking"),)
    return places


def _is_never_started(cluster: Cluster, vm: Manifest) -> bool:
    """Whether the PVC would be in the input if it existed."""
    if cluster.workspace.is_complete(PVC):
        return True
    if not vm.is_export or cluster.workspace.absence(PVC, vm.namespace) is not Absence.ABSENT:
        return False
    return cluster.workspace.home(vm.namespace) in cluster.once(_exported_homes)


def _exported_homes(cluster: Cluster) -> set[str | None]:
    """The namespaces with exported PVCs."""
    claims = cluster.workspace.of(PVC)
    return {cluster.workspace.home(pvc.namespace) for pvc in claims if pvc.is_export}


def _as_state(place: Place, causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """The causes, those in the class with the kind and the wording for backend state."""
    return tuple(
        cause
        if cause.kind.value.holds_for_state
        else cause._replace(
            kind=StorageCause.STATE_CLASS,
            reason=f"{place.note.removeprefix('persistent ')} state: {cause.reason}",
            fixes=(),
        )
        for cause in causes
    )


def _setting(cluster: Cluster) -> Place | None:
    """Where the class of such PVCs is set."""
    for kind, path in _CLASSES:
        for manifest in cluster.workspace.of(kind):
            name = manifest.text(*path)
            if name and not holds_placeholder(name):
                return manifest.at(*path, note="vmStateStorageClass")
    return None


def _class(cluster: Cluster, vm: Manifest, place: Place) -> tuple[str | None, Choice]:
    """The class that the PVC gets once the VM starts."""
    setting = cluster.once(_setting)
    if setting is not None:
        name = setting.manifest.text(*setting.path)
        choice = choose(cluster, name, setting.manifest)
        causes = (cause._replace(related=(setting, *cause.related)) for cause in choice.causes)
        return name, choice._replace(causes=tuple(causes))
    has_settings = any(cluster.workspace.of(kind) for kind, _ in _CLASSES)
    if not has_settings and not cluster.workspace.is_complete(KUBEVIRT):
        about = "the KubeVirt object, which may set vmStateStorageClass,"
        return None, Choice(None, None, (unverified(about, Absence.UNKNOWN),))
    return default_choice(cluster, f'the state PVC of VM "{vm.name}"', place, virt=True)
