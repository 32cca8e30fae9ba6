"""A VM becomes its volumes, each followed to its snapshot class.

Which volumes count is `getSnapshotPVC` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.core.kinds import DATA_VOLUME, PVC
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.kubevirt.storage.backend_state import backend_state
from vmsnap_lint.kubevirt.storage.claim_outcome import judged
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause, Volume
from vmsnap_lint.kubevirt.storage.volume_status import as_seen
from vmsnap_lint.objects.references import VOLUMES, volume_claims
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.references import Reference

__all__ = ["volumes"]


def volumes(cluster: Cluster, vm: Manifest) -> tuple[Volume, ...]:
    """Every volume that the VM's manifest lists, in its order, then the state of TPM and EFI."""
    named: dict[int, Reference] = {}
    for reference in volume_claims(vm):
        named.setdefault(reference.entry, reference)
    listed = [
        _volume(cluster, volume, vm.at(*VOLUMES, index), named.get(index))
        for index, volume in vm.items(*VOLUMES)
    ]
    return (*as_seen(cluster, vm, listed), *backend_state(cluster, vm))


def _volume(cluster: Cluster, volume: dict[str, Any], at: Place, claim: Reference | None) -> Volume:
    named = volume.get("name")
    name = named if isinstance(named, str) else ""
    if claim is not None:
        return _persistent(cluster, name, claim.source, claim.at(), claim.name)
    source = next((key for key in volume if key != "name"), "")
    return Volume(name, source, at, persistent=False, included=False)


def _persistent(cluster: Cluster, name: str, source: str, at: Place, claim_name: str) -> Volume:
    if source == "memoryDump" and not cluster.behaviour.memory_dump_included:
        return Volume(name, source, at, persistent=False, included=False)
    if not claim_name or holds_placeholder(claim_name):
        return Volume(name, source, at, persistent=True)
    claim = claims.find(cluster, at.manifest, claim_name)
    if claim.absence is not None:
        return _missing(cluster, name, source, at, claim)
    return judged(cluster, Volume(name, source, at, persistent=True), claim)


def _missing(cluster: Cluster, name: str, source: str, at: Place, claim: Claim) -> Volume:
    """A claim that the input does not hold: absent for certain, or only not to be seen."""
    what = "DataVolume" if source == "dataVolume" else "PersistentVolumeClaim"
    if claim.absence is not Absence.ABSENT:
        several = claim.absence is Absence.AMBIGUOUS
        why = (
            "is defined more than once, each time differently" if several else "is not in the input"
        )
        about = f'{what} "{claim.name}"'
        causes = (Cause(StorageCause.UNVERIFIED, f"{about} {why}", about=about),)
        return Volume(name, source, at, persistent=True, claim=claim, causes=causes)
    namespace = at.manifest.namespace
    names = cluster.workspace.names
    known = {*names(PVC, namespace), *names(DATA_VOLUME, namespace)}
    waits = cluster.behaviour.claims_must_be_bound
    effect = "the snapshot waits for it until it fails" if waits else "the snapshot leaves it out"
    where = f' in namespace "{namespace}"' if namespace else ""
    reason = (
        f'no PersistentVolumeClaim, DataVolume or dataVolumeTemplate "{claim.name}"{where}'
        f"{nearest_hint(claim.name, known)}: {effect}"
    )
    missing = (
        StorageCause.DATA_VOLUME_MISSING if source == "dataVolume" else StorageCause.CLAIM_MISSING
    )
    return Volume(
        name, source, at, persistent=True, claim=claim, included=False, blocks=waits,
        causes=(Cause(missing, reason, _elsewhere(cluster, claim.name, namespace)),),
    )  # fmt: skip


def _elsewhere(cluster: Cluster, name: str, namespace: str | None) -> tuple[Place, ...]:
    """Where other namespaces have a claim of that name."""
    return tuple(
        found.at("metadata", "namespace", note=f'{kind.kind} "{name}" is here')
        for kind in (PVC, DATA_VOLUME)
        for found in cluster.workspace.elsewhere(kind, namespace, name)[:2]
    )
