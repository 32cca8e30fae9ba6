"""What a snapshot, VM, restore, clone or export comes to, in a few words."""

from __future__ import annotations

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.plans.verdict_words import answer, words

if TYPE_CHECKING:
    from typing import TypeAlias

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
    from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

    AnyPlan: TypeAlias = SnapshotPlan | RestorePlan | ClonePlan | ExportPlan

__all__ = ["PLANNED", "in_words", "plan_of", "summed"]

PLANNED = (kinds.SNAPSHOT, kinds.VM, kinds.RESTORE, kinds.CLONE, kinds.EXPORT)
"""The kinds that have a plan."""
_COUNTED = (Verdict.COMPLETE, Verdict.PARTIAL)
_NOT_NEEDED = "dim"  # the style of a volume that no snapshot holds


def plan_of(world: World, manifest: Manifest) -> AnyPlan | None:
    """The plan of an object, of a VM that of a snapshot of it; None where its kind has none."""
    kind = manifest.group_kind
    if kind == kinds.SNAPSHOT:
        return world.plan(manifest)
    if kind == kinds.VM:
        return world.preview_plan(manifest)
    if kind == kinds.RESTORE:
        return world.restores.restore_plan(manifest)
    if kind == kinds.CLONE:
        return world.copies.clone_plan(manifest)
    return world.copies.export_plan(manifest) if kind == kinds.EXPORT else None


def summed(plan: AnyPlan) -> str:
    """The verdict, and how many disks it holds where that is the question."""
    styles = [answer(volume).style for volume in plan.volumes]
    disks = [style for style in styles if style != _NOT_NEEDED]
    if plan.verdict in _COUNTED and disks:
        number = "1 disk" if len(disks) == 1 else f"{len(disks)} disks"
        return f"{plan.verdict.value}: {disks.count('good')} of {number}"
    return plan.verdict.value


def in_words(kind: Kind, plan: AnyPlan) -> str:
    """The same with what the verdict means where no disks are counted."""
    told = summed(plan)
    return told if ":" in told else f"{told}: {words(kind, plan.verdict).text}"
