"""A claim -> the StorageClass it gets and the snapshot class that follows from it. Floor 4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.kinds import STORAGE_CLASS
from vmsnap_lint.storage import claims
from vmsnap_lint.storage.cause import Cause
from vmsnap_lint.storage.classes import Choice, choose
from vmsnap_lint.values import holds_placeholder
from vmsnap_lint.wording import quoted

if TYPE_CHECKING:
    from vmsnap_lint.cluster import Cluster
    from vmsnap_lint.manifest import Place
    from vmsnap_lint.storage.claims import Claim

__all__ = ["default_choice", "wanted_class"]


def wanted_class(cluster: Cluster, claim: Claim) -> tuple[str | None, Choice]:
    """The name of the claim's StorageClass, None where it has none, and what follows."""
    spec = claim.spec
    if spec is None:
        return None, Choice(None, None)
    asked = claims.asked_class(claim)
    if asked is None and claim.is_bound:
        reason = f'claim "{claim.name}" is Bound without a storageClassName: it is left out'
        return None, _left_out(reason, spec)
    if asked is None:
        return default_choice(
            cluster, f'claim "{claim.name}"', spec, virt=spec.path[-1] == "storage"
        )
    if holds_placeholder(asked):
        return asked, Choice(None, None)
    if not asked:
        reason = f'claim "{claim.name}" has storageClassName "", which no class has: it is left out'
        return "", _left_out(reason, spec._replace(path=(*spec.path, "storageClassName")))
    return asked, choose(cluster, asked, spec.manifest)


def default_choice(
    cluster: Cluster, who: str, spec: Place, *, virt: bool
) -> tuple[str | None, Choice]:
    """The same for something that names no class and so gets the default one."""
    default = claims.default_class(cluster, spec.manifest, virt=virt)
    if default.name is not None:
        return default.name, choose(cluster, default.name, spec.manifest)
    if not default.known:
        reason = f"{who} names no StorageClass, and the default one is not in the input"
        return None, Choice(None, None, (Cause("reference-unverified", reason),))
    if not default.candidates:
        reason = f"{who} names no StorageClass, and none of the input is marked as the default"
        surely = False if cluster.workspace.is_complete(STORAGE_CLASS) else None
        return None, Choice(None, surely, (Cause("default-class-problem", reason),))
    reason = (
        f"{who} names no StorageClass, and {len(default.candidates)} are marked as the default "
        f"({quoted(one.name for one in default.candidates)}): it depends on their age"
    )
    places = tuple(
        one.at("metadata", "annotations", note="marked as default") for one in default.candidates
    )
    return None, Choice(None, None, (Cause("default-class-problem", reason, places),))


def _left_out(reason: str, place: Place) -> Choice:
    return Choice(
        None, False, (Cause("claim-without-class", reason, (place._replace(note="here"),)),)
    )
