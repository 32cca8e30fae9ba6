"""The hidden claim that keeps the state of a persistent TPM or EFI. Floor 4.

kubevirt v1.9.0, pkg/storage/backend-storage: the claim is made when the VM starts, labelled with
the VM's name, in the class of the KubeVirt object's vmStateStorageClass or the default one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.kinds import KUBEVIRT, PVC
from vmsnap_lint.storage.cause import Cause
from vmsnap_lint.storage.claims import Claim
from vmsnap_lint.storage.classes import Choice, choose
from vmsnap_lint.storage.locks import lock_causes
from vmsnap_lint.storage.volume import Volume
from vmsnap_lint.storage.wanted import default_choice, wanted_class

if TYPE_CHECKING:
    from vmsnap_lint.cluster import Cluster
    from vmsnap_lint.manifest import Manifest, Place

__all__ = ["STATE_SOURCE", "backend_state", "persistent_state"]

STATE_SOURCE = "backendState"
_LABEL = "persistent-state-for"
_DOMAIN = ("spec", "template", "spec", "domain")
_TPM = (*_DOMAIN, "devices", "tpm")
_EFI = (*_DOMAIN, "firmware", "bootloader", "efi")
_CLASS = ("spec", "configuration", "vmStateStorageClass")


def persistent_state(vm: Manifest) -> tuple[Place, ...]:
    """The places in the VM's own spec that ask for a persistent TPM, then EFI."""
    places = []
    if vm.get(*_TPM, "persistent") is True and vm.get(*_TPM, "enabled") is not False:
        places.append(vm.at(*_TPM, "persistent", note="persistent TPM"))
    if vm.get(*_EFI, "persistent") is True:
        places.append(vm.at(*_EFI, "persistent", note="persistent EFI"))
    return tuple(places)


def backend_state(cluster: Cluster, vm: Manifest) -> tuple[Volume, ...]:
    """The volume of that state, if the VM has one and the release saves it."""
    places = persistent_state(vm)
    if not places or not cluster.behaviour.backend_state_in_snapshot:
        return ()
    name = f"{_LABEL}-{vm.name}"
    pvc = _claim_of(cluster, vm)
    if pvc is not None:
        return (_existing(cluster, name, places[0], pvc),)
    if cluster.workspace.is_complete(PVC):
        reason = (
            f'VM "{vm.name}" has a {places[0].note}, but no claim with label {_LABEL}={vm.name} '
            "keeps it: the VM was never started, and its snapshot waits until it fails"
        )
        cause = Cause("backend-state-never-started", reason)
        return (
            Volume(
                name, STATE_SOURCE, places[0], persistent=True, included=False, blocks=True,
                causes=(cause,),
            ),
        )  # fmt: skip
    storage_class, choice = _class(cluster, vm, places[0])
    return (_volume(name, places[0], None, storage_class, choice, ()),)


def _claim_of(cluster: Cluster, vm: Manifest) -> Manifest | None:
    for pvc in cluster.state_claims(vm.name):
        if cluster.workspace.same_namespace(pvc.namespace, vm.namespace):
            return pvc
    return None


def _existing(cluster: Cluster, name: str, at: Place, pvc: Manifest) -> Volume:
    claim = Claim(pvc.name, pvc, None, pvc.at("spec"), None)
    storage_class, choice = wanted_class(cluster, claim)
    return _volume(name, at, claim, storage_class, choice, lock_causes(cluster, claim))


def _volume(
    name: str,
    at: Place,
    claim: Claim | None,
    storage_class: str | None,
    choice: Choice,
    locks: tuple[Cause, ...],
) -> Volume:
    return Volume(
        name, STATE_SOURCE, at, persistent=True, claim=claim, storage_class=storage_class,
        snapshot_class=choice.snapshot_class, included=choice.included,
        blocks=choice.blocks or bool(locks), causes=locks + _as_state(at, choice),
    )  # fmt: skip


def _as_state(at: Place, choice: Choice) -> tuple[Cause, ...]:
    """The same causes under the rule for backend state; what is merely unknown keeps its own."""
    return tuple(
        cause
        if cause.rule == "reference-unverified"
        else cause._replace(
            rule="backend-state-class", reason=f"the state of the {at.note} is lost: {cause.reason}"
        )
        for cause in choice.causes
    )


def _class(cluster: Cluster, vm: Manifest, at: Place) -> tuple[str | None, Choice]:
    for kubevirt in cluster.workspace.of(KUBEVIRT):
        named = kubevirt.text(*_CLASS)
        if named:
            return named, choose(cluster, named, kubevirt)
    who = f'the state claim of VM "{vm.name}"'
    return default_choice(cluster, who, at, virt=True)
