"""Plans become JSON, schema version 1. Floor 8.

Within a schema version fields are only added. `included` is null where the input does not tell.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.model import NotChecked
    from vmsnap_lint.outcome import Plan, VolumePlan

__all__ = ["SCHEMA_VERSION", "render"]

SCHEMA_VERSION = 1


def render(
    snapshots: Iterable[Plan],
    machines: Iterable[Plan] | None,
    not_checked: Iterable[NotChecked],
) -> Iterator[str]:
    """The plans as one JSON object in ASCII; `machines` is None where they were not asked for."""
    value: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "snapshots": [_plan(plan) for plan in snapshots],
    }
    if machines is not None:
        value["machines"] = [_plan(plan) for plan in machines]
    value["not_checked"] = [skipped._asdict() for skipped in not_checked]
    yield json.dumps(value, indent=2)


def _plan(plan: Plan) -> dict[str, Any]:
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
