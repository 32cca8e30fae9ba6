"""The outcomes of the restores of a world, each computed once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import RESTORE
from vmsnap_lint.kubevirt.restore import restore_plan
from vmsnap_lint.kubevirt.restore.blockers import blockers_of
from vmsnap_lint.kubevirt.restore.conflicts import conflicts
from vmsnap_lint.kubevirt.restore.subject import restore_subject
from vmsnap_lint.kubevirt.snapshot.predicted import rejection_reasons
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.blocker import Blocker
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.restore_plan import RestoredVolume, RestorePlan
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Restores"]


class Restores:
    """The restores of a cluster; `plan` is for snapshots, `rejections` for any object."""

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
        self._subjects: dict[Manifest, RestoreSubject] = {}
        self._blockers: dict[Manifest, tuple[Blocker, ...]] = {}

    def subject(self, restore: Manifest) -> RestoreSubject:
        """The objects that a restore refers to."""
        if restore not in self._subjects:
            subject = restore_subject(self._evidence, restore, self._plan)
            self._subjects[restore] = subject
        return self._subjects[restore]

    def blockers(self, restore: Manifest) -> tuple[Blocker, ...]:
        """What keeps a restore from being admitted or from completing."""
        if restore not in self._blockers:
            subject, other = self.subject(restore), self.conflicting(restore)
            self._blockers[restore] = tuple(blockers_of(self._cluster, subject, other))
        return self._blockers[restore]

    def conflicting(self, manifest: Manifest) -> Manifest | None:
        """The restore or backup that keeps this one from being admitted."""
        return self._conflicts.get(manifest)

    def restored(self, restore: Manifest) -> tuple[RestoredVolume, ...]:
        """The outcome of each volume of a restore."""
        return restore_plan.restored(self._cluster, self.subject(restore))

    def restore_plan(self, restore: Manifest) -> RestorePlan:
        """The outcome of a restore."""
        rejected = rejection_reasons(self._cluster, self._rejections(restore))
        blockers, volumes = self.blockers(restore), self.restored(restore)
        return restore_plan.restore_plan(self.subject(restore), rejected, blockers, volumes)

    @cached_property
    def _conflicts(self) -> dict[Manifest, Manifest]:
        return conflicts(self._cluster)

    def of_snapshot(self, snapshot: Manifest) -> list[Manifest]:
        """The restores from a snapshot that are not done yet."""
        return self._unfinished.get(snapshot, [])

    @cached_property
    def _unfinished(self) -> dict[Manifest, list[Manifest]]:
        restores: dict[Manifest, list[Manifest]] = {}
        for restore in self._cluster.workspace.of(RESTORE):
            subject = self.subject(restore)
            if not subject.is_done and not isinstance(subject.snapshot, Absence):
                restores.setdefault(subject.snapshot, []).append(restore)
        return restores

    def onto(self, vm: Manifest) -> list[Manifest]:
        """The restores onto a VM that are not done yet."""
        return self._onto.get((self._cluster.workspace.home(vm.namespace), vm.name), [])

    @cached_property
    def _onto(self) -> dict[tuple[str | None, str], list[Manifest]]:
        restores: dict[tuple[str | None, str], list[Manifest]] = {}
        for restore in self._cluster.workspace.of(RESTORE):
            if restore.get("status", "complete") is not True:
                home = self._cluster.workspace.home(restore.namespace)
                target = restore.text("spec", "target", "name")
                restores.setdefault((home, target), []).append(restore)
        return restores
