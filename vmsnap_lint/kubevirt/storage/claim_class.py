"""A claim -> the StorageClass it gets and the snapshot class that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import STORAGE_CLASS
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage import claims
from vmsnap_lint.kubevirt.storage.snapshot_class import choose
from vmsnap_lint.kubevirt.storage.volume import Cause, Choice, StorageCause

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.claims import Claim, Default
    from vmsnap_lint.objects.manifest import Place

__all__ = ["default_choice", "wanted_class"]


def wanted_class(cluster: Cluster, claim: Claim) -> tuple[str | None, Choice]:
    """The name of the claim's StorageClass, None where it has none, and what follows."""
    spec = claim.spec
    if spec is None:
        return None, Choice(None, None)
    asked = claims.asked_class(claim)
    if asked is None:
        return _unset(cluster, claim, spec)
    if holds_placeholder(asked):
        return asked, Choice(None, None)
    if asked:
        return asked, choose(cluster, asked, spec.manifest)
    reason = (
        f'claim "{claim.name}" has storageClassName "", which is the name of no class: it is left '
        "out of the snapshot"
    )
    place = spec._replace(path=(*spec.path, "storageClassName"), note="the empty name")
    return "", Choice(None, False, (Cause(StorageCause.CLAIM_WITHOUT_CLASS, reason, (place,)),))


def default_choice(
    cluster: Cluster, who: str, spec: Place, *, virt: bool
) -> tuple[str | None, Choice]:
    """The same for something that names no class and so gets the default one."""
    default = claims.default_class(cluster, spec.manifest, virt=virt)
    causes = _default_causes(cluster, who, default)
    if default.name is not None:
        choice = choose(cluster, default.name, spec.manifest)
        return default.name, choice._replace(causes=(*causes, *choice.causes))
    surely_none = not default.candidates and cluster.workspace.is_complete(STORAGE_CLASS)
    return None, Choice(None, False if surely_none else None, causes)


def _unset(cluster: Cluster, claim: Claim, spec: Place) -> tuple[str | None, Choice]:
    """A bound claim keeps no class; any other gets the default one, if that can be told."""
    if claim.is_bound:
        reason = (
            f'claim "{claim.name}" is Bound without a storageClassName: it is left out of the '
            "snapshot"
        )
        place = spec._replace(note="no storageClassName")
        return None, Choice(
            None, False, (Cause(StorageCause.CLAIM_WITHOUT_CLASS, reason, (place,)),)
        )
    who = f'claim "{claim.name}"'
    name, choice = default_choice(cluster, who, spec, virt=spec.path[-1] == "storage")
    if claim.pvc is None or name is not None:
        return name, choice
    hint = f"{who} names no StorageClass; should it be bound without one, it is left out"
    causes = tuple(
        Cause(StorageCause.CLAIM_WITHOUT_CLASS, hint, (), Severity.INFO)
        if cause.kind is StorageCause.UNVERIFIED
        else cause
        for cause in choice.causes
    )
    return name, choice._replace(causes=causes)


def _default_causes(cluster: Cluster, who: str, default: Default) -> tuple[Cause, ...]:
    """What is wrong with the default class, if something is."""
    if not default.known:
        about = "the default StorageClass"
        reason = f"{who} names no StorageClass, and {about} is not in the input"
        return (Cause(StorageCause.UNVERIFIED, reason, about=about),)
    if not default.candidates:
        effect = (
            "it gets none, and is left out of the snapshot"
            if cluster.workspace.is_complete(STORAGE_CLASS)
            else "which one it gets cannot be told"
        )
        reason = (
            f"{who} names no StorageClass, and none in the input is marked as default: {effect}"
        )
        return (Cause(StorageCause.DEFAULT_CLASS, reason),)
    if default.settled:
        return ()
    reason = (
        f"{who} names no StorageClass, and {len(default.candidates)} are marked as default "
        f"({quoted(one.name for one in default.candidates)}): the youngest of them is taken"
    )
    places = tuple(
        one.at("metadata", "annotations", note="marked as default") for one in default.candidates
    )
    return (Cause(StorageCause.DEFAULT_CLASS, reason, places),)
