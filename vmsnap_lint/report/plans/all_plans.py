"""What each snapshot, restore, clone and export comes to, and on request each VM."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CLONE, EXPORT, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.worlds import each_of
from vmsnap_lint.report.plans import Plans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.kubevirt.world import World

__all__ = ["all_plans"]


def all_plans(loaded: LoadedInput, worlds: Sequence[World], *, of_vms: bool) -> Plans:
    """The plans of all that is in scope."""
    snapshots, vms, restores, clones, exports = (
        each_of(kind, loaded.units, worlds) for kind in (SNAPSHOT, VM, RESTORE, CLONE, EXPORT)
    )
    return Plans(
        snapshots=tuple(w.plan(it)._replace(cluster=w.name) for w, it in snapshots),
        vms=tuple(w.preview_plan(vm)._replace(cluster=w.name) for w, vm in vms) if of_vms else None,
        restores=tuple(w.restores.restore_plan(it)._replace(cluster=w.name) for w, it in restores),
        clones=tuple(w.copies.clone_plan(it)._replace(cluster=w.name) for w, it in clones),
        exports=tuple(w.copies.export_plan(it)._replace(cluster=w.name) for w, it in exports),
        clusters=tuple(cluster.name for cluster in loaded.clusters),
    )
