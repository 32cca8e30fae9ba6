"""A VM becomes its volumes, each followed to its snapshot class. Floor 4.

Which volumes count is `getSnapshotPVC` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.kinds import DATA_VOLUME, PVC
from vmsnap_lint.storage import claims
from vmsnap_lint.storage.cause import Cause
from vmsnap_lint.storage.locks import foreign_volume, lock_causes
from vmsnap_lint.storage.state import backend_state
from vmsnap_lint.storage.volume import VOLUMES, Volume
from vmsnap_lint.storage.wanted import wanted_class
from vmsnap_lint.values import holds_placeholder
from vmsnap_lint.wording import nearest_hint
from vmsnap_lint.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.cluster import Cluster
    from vmsnap_lint.manifest import Manifest, Place
    from vmsnap_lint.storage.claims import Claim
    from vmsnap_lint.storage.classes import Choice

__all__ = ["volumes"]

_CLAIM_KEYS = {
    "persistentVolumeClaim": "claimName",
    "dataVolume": "name",
    "memoryDump": "claimName",
}


def volumes(cluster: Cluster, vm: Manifest) -> tuple[Volume, ...]:
    """Every volume that the VM's manifest lists, in its order, then the state of TPM and EFI."""
    listed = [_volume(cluster, vm, index, volume) for index, volume in vm.items(*VOLUMES)]
    return (*listed, *backend_state(cluster, vm))


def _volume(cluster: Cluster, vm: Manifest, index: int, volume: dict[str, Any]) -> Volume:
    named = volume.get("name")
    name = named if isinstance(named, str) else ""
    for source, key in _CLAIM_KEYS.items():
        inside = volume.get(source)
        if isinstance(inside, dict):
            claim = inside.get(key)
            at = vm.at(*VOLUMES, index, source, key)
            return _persistent(cluster, name, source, at, claim if isinstance(claim, str) else "")
    source = next((key for key in volume if key != "name"), "")
    return Volume(name, source, vm.at(*VOLUMES, index), persistent=False, included=False)


def _persistent(cluster: Cluster, name: str, source: str, at: Place, claim_name: str) -> Volume:
    if source == "memoryDump" and not cluster.behaviour.memory_dump_included:
        return Volume(name, source, at, persistent=False, included=False)
    if not claim_name or holds_placeholder(claim_name):
        return Volume(name, source, at, persistent=True)
    claim = claims.find(cluster, at.manifest, claim_name)
    if claim.absence is not None:
        return _missing(cluster, name, source, at, claim)
    return _judged(cluster, name, source, at, claim)


def _judged(cluster: Cluster, name: str, source: str, at: Place, claim: Claim) -> Volume:
    """A volume whose claim the input holds."""
    storage_class, choice = wanted_class(cluster, claim)
    locks = lock_causes(cluster, claim)
    waits = cluster.behaviour.claims_must_be_bound
    included = False if locks and not waits else choice.included
    blocks = choice.blocks or (bool(locks) and waits)
    if included and not locks:
        foreign = foreign_volume(cluster, claim)
        locks += foreign
        blocks = blocks or bool(foreign)
    return Volume(
        name, source, _mending_place(at, claim, choice), persistent=True, claim=claim,
        storage_class=storage_class, snapshot_class=choice.snapshot_class, included=included,
        blocks=blocks, causes=locks + choice.causes,
    )  # fmt: skip


def _mending_place(at: Place, claim: Claim, choice: Choice) -> Place:
    """The template's class, where the VM itself asks for a class that does not do."""
    spec = claim.spec
    if choice.causes and spec is not None and spec.manifest is at.manifest:
        named = (*spec.path, "storageClassName")
        return at if spec.manifest.get(*named) is None else spec._replace(path=named)
    return at


def _missing(cluster: Cluster, name: str, source: str, at: Place, claim: Claim) -> Volume:
    """A claim that the input does not hold: absent for certain, or only not to be seen."""
    what = "DataVolume" if source == "dataVolume" else "PersistentVolumeClaim"
    if claim.absence is not Absence.ABSENT:
        several = claim.absence is Absence.AMBIGUOUS
        why = (
            "is defined more than once, each time differently" if several else "is not in the input"
        )
        causes = (Cause("reference-unverified", f'{what} "{claim.name}" {why}'),)
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
    rule = "datavolume-missing" if source == "dataVolume" else "claim-missing"
    return Volume(
        name, source, at, persistent=True, claim=claim, included=False, blocks=waits,
        causes=(Cause(rule, reason),),
    )  # fmt: skip
