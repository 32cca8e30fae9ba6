"""The StorageClass of a PVC, and the snapshot class that follows from it."""

from __future__ import annotations

from vmsnap_lint.core.kinds import STORAGE_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.kubevirt.storage.snapshot_class import choose
from vmsnap_lint.kubevirt.storage.volume import Cause, Choice, StorageCause, left_out

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim, Default
    from vmsnap_lint.objects.manifest import Place

__all__ = ["class_of", "default_choice"]

_LEFT_OUT = "it is left out of the snapshot"
_DEFAULT = "the default StorageClass"


def class_of(cluster: Cluster, claim: Claim) -> tuple[str | None, Choice]:
    """The name of the StorageClass of a PVC, None where it has none, and the choice for it."""
    spec = claim.spec
    if spec is None:
        return None, Choice(None, None)
    name = spec.manifest.get(*spec.path, "storageClassName")
    if not isinstance(name, str):
        return _unset(cluster, claim, spec)
    if holds_placeholder(name):
        about = f'the StorageClass of PVC "{claim.name}"'
        reason = f"{about} is named by a placeholder"
        return name, Choice(None, None, (Cause(StorageCause.UNVERIFIED, reason, about=about),))
    if name:
        return name, choose(cluster, name, spec.manifest)
    reason = f'PVC "{claim.name}" has an empty storageClassName; {_LEFT_OUT}'
    place = spec._replace(path=(*spec.path, "storageClassName"), note="the empty name")
    return "", left_out(StorageCause.CLAIM_WITHOUT_CLASS, reason, place)


def default_choice(
    cluster: Cluster, who: str, spec: Place, *, virt: bool
) -> tuple[str | None, Choice]:
    """The same for a PVC that has no class and so gets the default one."""
    default = claims.default_class(cluster, spec.manifest, virt=virt)
    causes = _default_causes(cluster, f"{who} has no StorageClass", default)
    if default.name is not None:
        choice = choose(cluster, default.name, spec.manifest)
        return default.name, choice._replace(causes=(*causes, *choice.causes))
    surely_none = not default.candidates and cluster.workspace.is_complete(STORAGE_CLASS)
    return None, Choice(None, False if surely_none else None, causes)


def _unset(cluster: Cluster, claim: Claim, spec: Place) -> tuple[str | None, Choice]:
    """The same for a PVC without a class: a bound one keeps none, any other gets the default."""
    who = f'PVC "{claim.name}"'
    if claim.is_bound:
        reason = f"{who} is Bound without storageClassName; {_LEFT_OUT}"
        place = spec._replace(note="no storageClassName")
        return None, left_out(StorageCause.CLAIM_WITHOUT_CLASS, reason, place)
    name, choice = default_choice(cluster, who, spec, virt=spec.path[-1] == "storage")
    if claim.pvc is None or name is not None:
        return name, choice
    reason = f"{who} has no StorageClass; if it is bound without one, {_LEFT_OUT}"
    unbound = Cause(StorageCause.CLAIM_WITHOUT_CLASS, reason, (), Severity.INFO)
    causes = (
        unbound if cause.kind is StorageCause.UNVERIFIED else cause for cause in choice.causes
    )
    return name, choice._replace(causes=tuple(causes))


def _default_causes(cluster: Cluster, unset: str, default: Default) -> tuple[Cause, ...]:
    """The faults of the default class."""
    if not default.known:
        reason, about = f"{unset}, and the default one is not in the input", _DEFAULT
        gap = cluster.workspace.gap(STORAGE_CLASS, None)
        if gap is None:
            return (Cause(StorageCause.UNVERIFIED, reason, about=about),)
        reason = f"{reason}; {gap.makes()}"
        return (Cause(StorageCause.UNVERIFIED, reason, gap.places(), about=about, gap=gap),)
    if default.settled and default.candidates:
        return ()
    if not default.candidates:
        is_certain = cluster.workspace.is_complete(STORAGE_CLASS)
        effect = _LEFT_OUT if is_certain else "which one it gets is unknown"
        reason = f"{unset}, and none in the input is the default; {effect}"
        return (Cause(StorageCause.DEFAULT_CLASS, reason),)
    marked = f"{len(default.candidates)} are marked as default ({default.names})"
    reason = f"{unset}, and {marked}; the newest one is used"
    return (Cause(StorageCause.DEFAULT_CLASS, reason, default.places),)
