"""Writes plans in one of several formats.

Each format is a module with `render(plans, look)`; only the one used is imported.
"""

from __future__ import annotations

import os
from importlib import import_module

from vmsnap_lint.config.output_formats import PLAN_FORMATS
from vmsnap_lint.core.kinds import CLONE, EXPORT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Judged, NotChecked
    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
    from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.report.look import Look

    Plan: TypeAlias = SnapshotPlan | RestorePlan | ClonePlan | ExportPlan

__all__ = ["BY_NAME", "Plans", "check", "render"]

BY_NAME = {row.name: row for row in PLAN_FORMATS}


class Plans(NamedTuple):
    """All plans of a run; `vms` is None unless plans of VMs are requested.

    `clusters` are the declared ones, () where none is; `judged` the releases that were assumed.
    """

    snapshots: tuple[SnapshotPlan, ...] = ()
    vms: tuple[SnapshotPlan, ...] | None = None
    restores: tuple[RestorePlan, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    clusters: tuple[str, ...] = ()
    clones: tuple[ClonePlan, ...] = ()
    exports: tuple[ExportPlan, ...] = ()
    judged: tuple[Judged, ...] = ()

    def of_file(self, path: str) -> Plans:
        """The plans of what a file declares: of the object, or of what it saves or restores."""
        place = os.path.realpath(path)

        def is_there(plan: Plan) -> bool:
            ends = (link.at for link in plan.trail.links if link.at is not None)
            return any(os.path.realpath(at.manifest.file) == place for at in ends)

        vms = None if self.vms is None else tuple(filter(is_there, self.vms))
        return self._replace(
            snapshots=tuple(filter(is_there, self.snapshots)),
            vms=vms,
            restores=tuple(filter(is_there, self.restores)),
            clones=tuple(filter(is_there, self.clones)),
            exports=tuple(filter(is_there, self.exports)),
        )

    def by_kind(self) -> dict[Kind, Sequence[Plan]]:
        """The plans by the kind of their object; of a VM they are previews of a snapshot."""
        return {
            SNAPSHOT: self.snapshots,
            VM: self.vms or (),
            RESTORE: self.restores,
            CLONE: self.clones,
            EXPORT: self.exports,
        }


def check(names: Iterable[str]) -> None:
    """Raises UsageError where one of these formats needs what is not installed."""
    for name in names:
        if BY_NAME[name].extra:
            _module(name).check()


def render(name: str, plans: Plans, look: Look) -> Iterator[str]:
    """The plans in the format `name`, line by line, without line ends."""
    lines: Iterator[str] = _module(name).render(plans, look)
    return lines


def _module(name: str) -> Any:
    return import_module(f"vmsnap_lint.report.{BY_NAME[name].module}")
