"""A PVC that has the name of a DataVolume before that exists: whether CDI takes it over.

containerized-data-importer v1.66.0, `Admit` of pkg/apiserver/webhooks/datavolume-validate.go and
`ClaimMayExistBeforeDataVolume` of pkg/controller/common/util.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import CDI, DATA_VOLUME, HYPERCONVERGED
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["not_adopted"]

_ADOPTION = "cdi.kubevirt.io/allowClaimAdoption"
_POPULATED = "cdi.kubevirt.io/storage.populatedFor"
_GATE = "DataVolumeClaimAdoption"


def not_adopted(cluster: Cluster, claim: Claim) -> Cause | None:
    """The cause that CDI rejects the DataVolume, because a PVC that is not its own exists."""
    pvc, data_volume = claim.pvc, claim.data_volume
    if pvc is None or data_volume is None or pvc.is_export or data_volume.is_export:
        return None
    if _is_owned(pvc) or _is_admitted(cluster, pvc, data_volume):
        return None
    namespace = f"{data_volume.namespace}/" if data_volume.namespace else ""
    told = f'"Destination PVC {namespace}{pvc.name} already exists"'
    reason = f'CDI rejects DataVolume "{data_volume.name}" ({told}); it does not fill the PVC'
    at, place = data_volume.at("metadata", "name"), pvc.at("metadata", "name", note="the PVC")
    kind = StorageCause.CLAIM_NOT_ADOPTED
    return Cause(kind, reason, (place,), at=at, effect=Effect.DOUBT)


def _is_owned(pvc: Manifest) -> bool:
    """Whether a DataVolume has made the PVC."""
    owners = (owner for _, owner in pvc.items("metadata", "ownerReferences"))
    return any(
        owner.get("kind") == DATA_VOLUME.kind and owner.get("controller") is not False
        for owner in owners
    )


def _is_admitted(cluster: Cluster, pvc: Manifest, data_volume: Manifest) -> bool:
    """Whether the PVC is filled for the DataVolume, or may be taken over."""
    populated = pvc.text("metadata", "annotations", _POPULATED)
    if populated == data_volume.name or holds_placeholder(populated):
        return True
    adopts = data_volume.get("metadata", "annotations", _ADOPTION)
    if isinstance(adopts, str):
        return adopts in _TRUE or holds_placeholder(adopts)
    return cluster.once(_adopts)


_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))  # Go's strconv.ParseBool


def _adopts(cluster: Cluster) -> bool:
    """Whether CDI takes over any PVC: by its gate, which the operator HCO sets."""
    if cluster.workspace.of(HYPERCONVERGED):
        return True
    for cdi in cluster.workspace.of(CDI):
        gates = cdi.get("spec", "config", "featureGates")
        if isinstance(gates, list) and _GATE in gates:
            return True
    return False
