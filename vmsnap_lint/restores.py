"""What becomes of the restores of a world, each worked out once. Floor 4.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import admission, restore, rivals
from vmsnap_lint.kinds import SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.cluster import Cluster
    from vmsnap_lint.evidence import Evidence
    from vmsnap_lint.manifest import Manifest
    from vmsnap_lint.outcome import Plan
    from vmsnap_lint.problem import Refusal
    from vmsnap_lint.restore import Hindrance, Restoration, RestoredVolume, RestorePlan

__all__ = ["Restores"]


class Restores:
    """The restores of a cluster; `plan` tells of snapshots, `refusals` of any object."""

    def __init__(
        self,
        cluster: Cluster,
        evidence: Evidence,
        plan: Callable[[Manifest], Plan],
        refusals: Callable[[Manifest], tuple[Refusal, ...]],
    ) -> None:
        self._cluster = cluster
        self._evidence = evidence
        self._plan = plan
        self._refusals = refusals
        self._restorations: dict[Manifest, Restoration] = {}
        self._hindrances: dict[Manifest, tuple[Hindrance, ...]] = {}
        self._rivals: dict[Manifest, Manifest] | None = None
        self._unnamed: list[Manifest] | None = None

    def restoration(self, manifest: Manifest) -> Restoration:
        """What a restore is about."""
        found = self._restorations.get(manifest)
        if found is None:
            if self._unnamed is None:
                of = self._cluster.workspace.of(SNAPSHOT)
                self._unnamed = [s for s in of if not s.name and s.text("metadata", "generateName")]
            found = restore.restoration(self._evidence, manifest, self._plan, self._unnamed)
            self._restorations[manifest] = found
        return found

    def hindrances(self, manifest: Manifest) -> tuple[Hindrance, ...]:
        """What keeps a restore from being admitted or from completing."""
        found = self._hindrances.get(manifest)
        if found is None:
            it, rival = self.restoration(manifest), self.rival(manifest)
            found = tuple(restore.hindrances(self._cluster, it, rival))
            self._hindrances[manifest] = found
        return found

    def rival(self, manifest: Manifest) -> Manifest | None:
        """The restore or backup that keeps this one from being admitted."""
        if self._rivals is None:
            self._rivals = rivals.rivals(self._cluster)
        return self._rivals.get(manifest)

    def restored(self, manifest: Manifest) -> tuple[RestoredVolume, ...]:
        """What becomes of each volume that a restore is about."""
        return restore.restored(self._cluster, self.restoration(manifest))

    def restore_plan(self, manifest: Manifest) -> RestorePlan:
        """What becomes of a restore."""
        refused = [refusal.problem.message for refusal in self._refusals(manifest)]
        gate = admission.gate(self._cluster)
        if gate is not None and gate.severity is None:
            refused.append(gate.message)
        hindered = self.hindrances(manifest)
        it = self.restoration(manifest)
        return restore.restore_plan(it, refused, hindered, self.restored(manifest))
