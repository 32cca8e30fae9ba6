"""The outcomes of the restores of a world, each computed once."""

from __future__ import annotations

from functools import cached_property

from vmsnap_lint.core.kinds import RESTORE
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.restore import restore_plan
from vmsnap_lint.kubevirt.restore.blockers import blockers_of, second_restore
from vmsnap_lint.kubevirt.restore.conflicts import conflicts, has_ended
from vmsnap_lint.kubevirt.restore.subject import restore_subject
from vmsnap_lint.kubevirt.snapshot import snapshot_blockers
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
        self._own: dict[Manifest, tuple[Blocker, ...]] = {}
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
            blockers, other = self._own_blockers(restore), self.conflicting(restore)
            if other is not None and not has_ended(restore):
                blockers = (*blockers, second_restore(self.subject(restore), other))
            self._blockers[restore] = blockers
        return self._blockers[restore]

    def _own_blockers(self, restore: Manifest) -> tuple[Blocker, ...]:
        """The same, but for other restores."""
        if restore not in self._own:
            self._own[restore] = tuple(blockers_of(self._cluster, self.subject(restore)))
        return self._own[restore]

    def _is_rejected(self, manifest: Manifest) -> bool:
        """Whether a restore or backup is rejected even if it is the only one."""
        if self._rejections(manifest) or manifest.group_kind != RESTORE:
            return bool(self._rejections(manifest))
        return any(it.effect is Effect.REJECTED for it in self._own_blockers(manifest))

    def conflicting(self, manifest: Manifest) -> Manifest | None:
        """The restore or backup that keeps this one from being admitted."""
        return self._conflicts.get(manifest)

    def restored(self, restore: Manifest) -> tuple[RestoredVolume, ...]:
        """The outcome of each volume of a restore."""
        return restore_plan.restored(self._cluster, self.subject(restore))

    def restore_plan(self, restore: Manifest) -> RestorePlan:
        """The outcome of a restore."""
        rejected = snapshot_blockers.rejected(self._rejections(restore))
        gate = snapshot_blockers.gate_off(self._cluster)
        blockers = (*rejected, *gate, *self.blockers(restore))
        return restore_plan.restore_plan(self.subject(restore), blockers, self.restored(restore))

    @cached_property
    def _conflicts(self) -> dict[Manifest, Manifest]:
        return conflicts(self._cluster, self._is_rejected)

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
