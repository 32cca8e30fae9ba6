"""Writes plans as JSON, schema version 1 (schemas/output/plan.json).

Within a schema version fields are only added. Paths are relative to the root of the repository.
`included` is null if it is unknown. Very long texts are cut.
In a run with declared clusters `clusters` has the one that an entry is for.
`<uid>` in the claim of a restore is the UID that the restore gets when it is created, that of the
restore of a clone included. The target of a clone is "" where KubeVirt makes up its name.
"""

from __future__ import annotations

from vmsnap_lint.core.abridged import abridged
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.report.json_output import json_lines
from vmsnap_lint.report.portable import from_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
    from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.report.look import Look
    from vmsnap_lint.report.plans import Plans

__all__ = ["SCHEMA_VERSION", "render"]

SCHEMA_VERSION = 1
# The keys of each object, in their order.
_SNAPSHOT = ("namespace", "name", "source", "verdict", "reasons")
_VOLUME = ("name", "claim", "included", "storage_class", "snapshot_class", "reason")
_RESTORE = ("namespace", "name", "target", "snapshot", "verdict", "reasons")
_CLONE = ("namespace", "name", "source_kind", "source", "target", "verdict", "reasons")
_EXPORT = ("namespace", "name", "source_kind", "source", "verdict", "reasons")
_EXPORTED = ("name", "claim", "included", "reason")
_RESTORED = ("name", "claim", "source_claim", "outcome", "reason")


def render(plans: Plans, _look: Look) -> Iterator[str]:
    """The plans as one JSON object in ASCII."""
    value: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "snapshots": [_entry(plan, plans, _SNAPSHOT, _VOLUME) for plan in plans.snapshots],
    }
    if plans.vms is not None:
        value["machines"] = [_entry(plan, plans, _SNAPSHOT, _VOLUME) for plan in plans.vms]
    value["restores"] = [_entry(plan, plans, _RESTORE, _RESTORED) for plan in plans.restores]
    value["clones"] = [_entry(plan, plans, _CLONE, _RESTORED) for plan in plans.clones]
    value["exports"] = [_entry(plan, plans, _EXPORT, _EXPORTED) for plan in plans.exports]
    renamed = from_root()
    left_out = (each._replace(file=renamed(each.file)) for each in plans.not_checked)
    value["not_checked"] = [_fields(skipped, NotChecked._fields) for skipped in left_out]
    return json_lines(value)


def _entry(
    plan: SnapshotPlan | RestorePlan | ClonePlan | ExportPlan,
    plans: Plans,
    keys: tuple[str, ...],
    of_volumes: tuple[str, ...],
) -> dict[str, Any]:
    clusters = [_short(plan.cluster)] if plan.cluster else []
    return {
        **_fields(plan, keys),
        **({"clusters": clusters} if plans.clusters else {}),
        "volumes": [_fields(volume, of_volumes) for volume in plan.volumes],
    }


def _fields(value: object, keys: tuple[str, ...]) -> dict[str, Any]:
    """The fields of those names, long texts cut."""
    return {key: _short(getattr(value, key)) for key in keys}


def _short(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_short(item) for item in value]
    return abridged(value) if type(value) is str else value
