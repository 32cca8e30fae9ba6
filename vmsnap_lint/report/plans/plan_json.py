"""Plans become JSON, schema version 1.

Within a schema version fields are only added. `included` is null where the input does not tell.
`<uid>` in the claim of a restore stands for the UID that the restore gets when it is created.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume, RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, VolumePlan
    from vmsnap_lint.report.plans import Look, Plans

__all__ = ["SCHEMA_VERSION", "render"]

SCHEMA_VERSION = 1


def render(plans: Plans, _look: Look) -> Iterator[str]:
    """The plans as one JSON object in ASCII."""
    value: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "snapshots": [_plan(plan) for plan in plans.snapshots],
    }
    if plans.machines is not None:
        value["machines"] = [_plan(plan) for plan in plans.machines]
    value["restores"] = [_restore(plan) for plan in plans.restores]
    value["not_checked"] = [skipped._asdict() for skipped in plans.not_checked]
    yield json.dumps(value, indent=2)


def _plan(plan: SnapshotPlan) -> dict[str, Any]:
    return {
        "namespace": plan.namespace,
        "name": plan.name,
        "source": plan.source,
        "verdict": plan.verdict.value,
        "reasons": list(plan.reasons),
        "volumes": [_volume(volume) for volume in plan.volumes],
    }


def _volume(volume: VolumePlan) -> dict[str, Any]:
    return {
        "name": volume.name,
        "claim": volume.claim,
        "included": volume.included,
        "storage_class": volume.storage_class,
        "snapshot_class": volume.snapshot_class,
        "reason": volume.reason,
    }


def _restore(plan: RestorePlan) -> dict[str, Any]:
    return {
        "namespace": plan.namespace,
        "name": plan.name,
        "target": plan.target,
        "snapshot": plan.snapshot,
        "verdict": plan.verdict.value,
        "reasons": list(plan.reasons),
        "volumes": [_restored(volume) for volume in plan.volumes],
    }


def _restored(volume: RestoredVolume) -> dict[str, Any]:
    return {
        "name": volume.name,
        "claim": volume.claim,
        "source_claim": volume.source_claim,
        "outcome": volume.outcome.value,
        "reason": volume.reason,
    }
