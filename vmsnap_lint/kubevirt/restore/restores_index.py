"""What becomes of the restores of a world, each worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import SNAPSHOT
from vmsnap_lint.kubevirt import restore
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.restore import conflicts

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore import Blocker, RestoredVolume, RestorePlan, RestoreSubject
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Refusal

__all__ = ["Restores"]


class Restores:
    """The restores of a cluster; `plan` tells of snapshots, `refusals` of any object."""

    def __init__(
        self,
        cluster: Cluster,
        evidence: Links,
        plan: Callable[[Manifest], SnapshotPlan],
        refusals: Callable[[Manifest], tuple[Refusal, ...]],
    ) -> None:
        self._cluster = cluster
        self._evidence = evidence
        self._plan = plan
        self._refusals = refusals
        self._restorations: dict[Manifest, RestoreSubject] = {}
        self._hindrances: dict[Manifest, tuple[Blocker, ...]] = {}
        self._rivals: dict[Manifest, Manifest] | None = None
        self._unnamed: list[Manifest] | None = None

    def restoration(self, manifest: Manifest) -> RestoreSubject:
        """What a restore is about."""
        found = self._restorations.get(manifest)
        if found is None:
            if self._unnamed is None:
                of = self._cluster.workspace.of(SNAPSHOT)
                self._unnamed = [s for s in of if not s.name and s.text("metadata", "generateName")]
            found = restore.restoration(self._evidence, manifest, self._plan, self._unnamed)
            self._restorations[manifest] = found
        return found

    def hindrances(self, manifest: Manifest) -> tuple[Blocker, ...]:
        """What keeps a restore from being admitted or from completing."""
        found = self._hindrances.get(manifest)
        if found is None:
            it, rival = self.restoration(manifest), self.rival(manifest)
            found = tuple(restore.blockers_of(self._cluster, it, rival))
            self._hindrances[manifest] = found
        return found

    def rival(self, manifest: Manifest) -> Manifest | None:
        """The restore or backup that keeps this one from being admitted."""
        if self._rivals is None:
            self._rivals = conflicts.rivals(self._cluster)
        return self._rivals.get(manifest)

    def restored(self, manifest: Manifest) -> tuple[RestoredVolume, ...]:
        """What becomes of each volume that a restore is about."""
        return restore.restored(self._cluster, self.restoration(manifest))

    def restore_plan(self, manifest: Manifest) -> RestorePlan:
        """What becomes of a restore."""
        refused = [refusal.problem.message for refusal in self._refusals(manifest)]
        gate = webhooks.gate(self._cluster)
        if gate is not None and gate.severity is None:
            refused.append(gate.message)
        hindered = self.hindrances(manifest)
        it = self.restoration(manifest)
        return restore.restore_plan(it, refused, hindered, self.restored(manifest))
