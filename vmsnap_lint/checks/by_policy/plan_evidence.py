"""The plans of objects become fields of the verdict model."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from vmsnap_lint.checks.by_policy.known_fields import Fields
    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume, RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan

__all__ = ["exported", "outcome", "restored"]

_UID = "<uid>"  # of the restore, which is not known before it is made
_UNKNOWN = "unknown"


def outcome(plan: SnapshotPlan | RestorePlan | ClonePlan | ExportPlan) -> Fields:
    """What all plans have; nothing of the verdict but that it is unknown, where it is."""
    verdict = plan.verdict
    fields: Fields = {"known": verdict is not Verdict.UNKNOWN, "reasons": list(plan.reasons)}
    if verdict is not Verdict.UNKNOWN:
        fields |= {"verdict": verdict.value, "complete": verdict is Verdict.COMPLETE}
    return fields


def restored(plan: RestorePlan | ClonePlan) -> Fields:
    """The plan of a restore or clone."""
    return {**outcome(plan), "volumes": list(map(_restored, plan.volumes))}


def exported(plan: ExportPlan) -> Fields:
    """The plan of an export."""
    volumes = []
    for volume in plan.volumes:
        fields: Fields = {
            "name": volume.name, "claim": volume.claim or "", "reason": volume.reason,
        }  # fmt: skip
        volumes.append(
            fields if volume.included is None else {**fields, "included": volume.included}
        )
    return {**outcome(plan), "volumes": volumes}


def _restored(volume: RestoredVolume) -> Fields:
    fields: Fields = {
        "name": volume.name,
        "claim": volume.claim or "",
        "sourceClaim": volume.source_claim or "",
        "outcome": volume.outcome.value,
        "reason": volume.reason,
    }
    return {
        name: text
        for name, text in fields.items()
        if _UID not in text
        and not holds_placeholder(text)
        and (name, text) != ("outcome", _UNKNOWN)
    }
