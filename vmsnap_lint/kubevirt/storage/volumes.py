"""The volumes of a VM, each followed to its snapshot class.

Which volumes count is `getSnapshotPVC` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import DATA_VOLUME, PVC
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import nearest_hint
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.kubevirt.storage.backend_state import backend_state
from vmsnap_lint.kubevirt.storage.claim_outcome import judged
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause, Volume, unverified
from vmsnap_lint.kubevirt.storage.volume_status import by_status
from vmsnap_lint.objects.references import CLAIM_FIELDS, VOLUMES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["volumes"]


_CLAIM = "persistentVolumeClaim"
_CLAIM_KEYS = frozenset(("claimName", "readOnly", "hotpluggable"))


def volumes(cluster: Cluster, vm: Manifest) -> tuple[Volume, ...]:
    """The volumes that the VM lists, in their order, then the state of TPM and EFI."""
    entries = vm.items(*VOLUMES)
    listed = [_volume(cluster, entry, vm.at(*VOLUMES, index)) for index, entry in entries]
    return (*by_status(cluster, vm, listed), *backend_state(cluster, vm))


def _volume(cluster: Cluster, entry: dict[str, Any], place: Place) -> Volume:
    name = entry["name"] if isinstance(entry.get("name"), str) else ""
    source = _source(entry)
    if source not in CLAIM_FIELDS or not isinstance(entry[source], dict):
        return Volume(name, source, place, persistent=False, included=False)
    field = CLAIM_FIELDS[source]
    claim_name = entry[source].get(field)
    at = place.manifest.at(*place.path, source, field)
    volume = Volume(name, source, at, persistent=True)
    if source == "memoryDump" and not cluster.behaviour.memory_dump_included:
        return volume._replace(persistent=False, included=False)
    if not isinstance(claim_name, str) or not claim_name:
        is_empty = claim_name in (None, "") and _is_empty(cluster, place.manifest, entry[source])
        return _nameless(volume, field) if is_empty and source == _CLAIM else volume
    if holds_placeholder(claim_name):
        about = f'the PVC of volume "{name}"'
        cause = Cause(StorageCause.UNVERIFIED, f"{about} is named by a placeholder", about=about)
        return volume._replace(causes=(cause,))
    claim = claims.find(cluster, place.manifest, claim_name)
    if claim.absence is None:
        volume = judged(cluster, volume, claim)
        return _with_source(cluster, volume) if _is_to_be_filled(claim) else volume
    return _missing(cluster, volume._replace(claim=claim), claim.name, claim.absence)


def _source(entry: dict[str, Any]) -> str:
    """The key of what names a PVC, else the first key but the name."""
    for key in CLAIM_FIELDS:
        if key in entry and isinstance(entry[key], dict):
            return key
    for key in entry:
        if key != "name":
            return key
    return ""


def _is_empty(cluster: Cluster, vm: Manifest, claim: dict[str, Any]) -> bool:
    """Whether the name of a PVC is left out for good, and not written under a wrong key."""
    return vm.file not in cluster.rendered_later and _CLAIM_KEYS.issuperset(claim)


def _nameless(volume: Volume, field: str) -> Volume:
    """A volume without the name of a PVC, which KubeVirt's webhook admits as an empty one.

    `GetPVCsFromVolumes` of kubevirt v1.9.0, pkg/storage/types/pvc.go, leaves it out.
    """
    reason = f"{field} is empty and names no PVC; the snapshot leaves the volume out"
    cause = Cause(StorageCause.CLAIM_MISSING, reason, severity=Severity.WARNING)
    return volume._replace(included=False, causes=(cause,))


def _is_to_be_filled(claim: Claim) -> bool:
    """Whether a DataVolume or template clones something for the PVC, or finds the PVC there."""
    place = claim.spec
    if claim.data_volume is not None:
        if claim.pvc is not None:
            return True
        spec = claim.data_volume.mapping("spec")
    elif claim.pvc is None and place is not None:
        spec = place.manifest.mapping(*place.path[:-1])
    else:
        return False
    source = spec.get("source")
    clones = isinstance(source, dict) and ("pvc" in source or "snapshot" in source)
    return clones or "sourceRef" in spec


def _with_source(cluster: Cluster, volume: Volume) -> Volume:
    from vmsnap_lint.kubevirt.storage.claim_sources import with_source  # most disks are no clones

    return with_source(cluster, volume)


def _missing(cluster: Cluster, volume: Volume, name: str, absence: Absence) -> Volume:
    """The volume whose PVC is not in the input: absent for certain, or unknown."""
    is_data_volume, workspace = volume.source == "dataVolume", cluster.workspace
    namespace = volume.at.manifest.namespace
    if absence is not Absence.ABSENT:
        kind, gap = DATA_VOLUME if is_data_volume else PVC, claims.gap(cluster, namespace, name)
        return volume._replace(causes=(unverified(f'{kind.kind} "{name}"', absence, gap=gap),))
    hint = nearest_hint(name, workspace.vocabulary(namespace, PVC, DATA_VOLUME))
    waits = cluster.behaviour.claims_must_be_bound
    effect = "the snapshot waits and fails" if waits else "the snapshot leaves it out"
    is_certain = _is_certain(cluster, namespace, name)  # else it may be uploaded or made by hand
    effect = effect if is_certain else f"without it {effect}"
    where = f' in namespace "{namespace}"' if namespace else ""
    reason = f'no PVC, DataVolume or dataVolumeTemplate "{name}"{where}{hint}; {effect}'
    missing = StorageCause.DATA_VOLUME_MISSING if is_data_volume else StorageCause.CLAIM_MISSING
    from vmsnap_lint.objects import mending

    places = _elsewhere(cluster, name, namespace)
    fixes = mending.named(volume.at, name, workspace.vocabulary(namespace, PVC, DATA_VOLUME))
    cause = Cause(missing, reason, places, None if is_certain else Severity.WARNING, fixes=fixes)
    if not is_certain:
        return volume._replace(causes=(cause,))
    cause = cause._replace(effect=Effect.STUCK if waits else None)
    return volume._replace(included=False, causes=(cause,))


def _is_certain(cluster: Cluster, namespace: str | None, name: str) -> bool:
    """Whether the lack of a PVC is no guess: its name is nearly another one, or all are known."""
    workspace, kinds = cluster.workspace, (PVC, DATA_VOLUME)
    if any(workspace.is_certain(kind, namespace) for kind in kinds):
        return True
    return bool(workspace.misspelt(name, namespace, *kinds))


def _elsewhere(cluster: Cluster, name: str, namespace: str | None) -> tuple[Place, ...]:
    """Objects of that name in other namespaces, as related places."""
    return tuple(
        other.at("metadata", "namespace", note=f'{kind.kind} "{name}" is here')
        for kind in (PVC, DATA_VOLUME)
        for other in cluster.workspace.elsewhere(kind, namespace, name)[:2]
    )
