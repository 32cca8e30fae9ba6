"""What becomes of the restores of a world, each worked out once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import SNAPSHOT
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.restore import conflicts, restore_plan, subject
from vmsnap_lint.kubevirt.restore.blockers import blockers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.blocker import Blocker
    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume, RestorePlan
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Restores"]


class Restores:
    """The restores of a cluster; `plan` tells of snapshots, `rejections` of any object."""

    def __init__(
        self,
        cluster: Cluster,
        evidence: Links,
        plan: Callable[[Manifest], SnapshotPlan],
        rejections: Callable[[Manifest], tuple[Rejection, ...]],
    ) -> None:
        self._cluster = cluster
        self._evidence = evidence
        self._plan = plan
        self._rejections = rejections
        self._restorations: dict[Manifest, RestoreSubject] = {}
        self._blockers: dict[Manifest, tuple[Blocker, ...]] = {}
        self._rivals: dict[Manifest, Manifest] | None = None
        self._unnamed: list[Manifest] | None = None

    def restoration(self, manifest: Manifest) -> RestoreSubject:
        """What a restore is about."""
        found = self._restorations.get(manifest)
        if found is None:
            if self._unnamed is None:
                of = self._cluster.workspace.of(SNAPSHOT)
                self._unnamed = [s for s in of if not s.name and s.text("metadata", "generateName")]
            found = subject.restoration(self._evidence, manifest, self._plan, self._unnamed)
            self._restorations[manifest] = found
        return found

    def blockers(self, manifest: Manifest) -> tuple[Blocker, ...]:
        """What keeps a restore from being admitted or from completing."""
        found = self._blockers.get(manifest)
        if found is None:
            it, rival = self.restoration(manifest), self.rival(manifest)
            found = tuple(blockers_of(self._cluster, it, rival))
            self._blockers[manifest] = found
        return found

    def rival(self, manifest: Manifest) -> Manifest | None:
        """The restore or backup that keeps this one from being admitted."""
        if self._rivals is None:
            self._rivals = conflicts.rivals(self._cluster)
        return self._rivals.get(manifest)

    def restored(self, manifest: Manifest) -> tuple[RestoredVolume, ...]:
        """What becomes of each volume that a restore is about."""
        return restore_plan.restored(self._cluster, self.restoration(manifest))

    def restore_plan(self, manifest: Manifest) -> RestorePlan:
        """What becomes of a restore."""
        rejected = [one.problem.message for one in self._rejections(manifest)]
        gate = webhooks.gate(self._cluster)
        if gate is not None and gate.severity is None:
            rejected.append(gate.message)
        blockers, volumes = self.blockers(manifest), self.restored(manifest)
        return restore_plan.restore_plan(self.restoration(manifest), rejected, blockers, volumes)
