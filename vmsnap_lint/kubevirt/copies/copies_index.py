"""The outcomes of the clones, exports and backups of a world, each computed once."""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.core.kinds import BACKUP, BACKUP_TRACKER, CLONE, EXPORT, PVC, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.admission.gates import gate_off
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.copies.backup_blockers import backup_blockers
from vmsnap_lint.kubevirt.copies.claim_users import running_vm, user_of_claim
from vmsnap_lint.kubevirt.copies.clone_blockers import clone_blockers
from vmsnap_lint.kubevirt.copies.clone_plan import clone_plan, name_collisions
from vmsnap_lint.kubevirt.copies.clone_subject import CloneSubject, Uncopied
from vmsnap_lint.kubevirt.copies.copied_source import copied_source
from vmsnap_lint.kubevirt.copies.export_blockers import ExportSubject, export_blockers
from vmsnap_lint.kubevirt.copies.export_plan import export_plan
from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume, exported_volumes
from vmsnap_lint.kubevirt.snapshot import snapshot_blockers, status
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.references import VOLUMES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.blocker import Blocker
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.copied_source import CopiedSource
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["Copies", "Outcomes"]

_COPIED = ("persistentVolumeClaim", "dataVolume")


class Outcomes(NamedTuple):
    """What a world knows: the outcomes of snapshots and VMs, volumes, and what is rejected.

    `conflicting` is the backup that keeps another one from being admitted.
    """

    evidence: Links
    plan: Callable[[Manifest], SnapshotPlan]
    preview: Callable[[Manifest], SnapshotPlan]
    volumes: Callable[[Manifest], tuple[Volume, ...]]
    rejections: Callable[[Manifest], tuple[Rejection, ...]]
    conflicting: Callable[[Manifest], Manifest | None]


class Copies:
    """The clones, exports and backups of a cluster."""

    def __init__(self, cluster: Cluster, outcomes: Outcomes) -> None:
        self._cluster = cluster
        self._outcomes = outcomes
        self._plans: dict[Manifest, SnapshotPlan] = {}
        self._sources: dict[Manifest, CopiedSource] = {}
        self._uncopied: dict[Manifest, tuple[Uncopied, ...]] = {}
        self._exported: dict[Manifest, tuple[ExportedVolume, ...] | None] = {}
        self._blockers: dict[Manifest, tuple[Blocker, ...]] = {}

    def source(self, copy: Manifest) -> CopiedSource:
        """The object that a clone, export, backup or tracker names."""
        if copy not in self._sources:
            self._sources[copy] = copied_source(self._cluster, copy)
        return self._sources[copy]

    def blockers(self, copy: Manifest) -> tuple[Blocker, ...]:
        """What keeps a clone, export, backup or tracker from being admitted or completing."""
        if copy not in self._blockers:
            self._blockers[copy] = tuple(self._find_blockers(copy))
        return self._blockers[copy]

    def clone_plan(self, clone: Manifest) -> ClonePlan:
        """The outcome of a clone."""
        rejected = snapshot_blockers.rejected(self._outcomes.rejections(clone))
        gate = snapshot_blockers.gate_off(self._cluster)
        blockers = (*rejected, *gate, *self.blockers(clone))
        return clone_plan(self._cluster, self._clone(clone), blockers)

    def export_plan(self, export: Manifest) -> ExportPlan:
        """The outcome of an export."""
        rejected = snapshot_blockers.rejected(self._outcomes.rejections(export))
        off = None if export.is_export else gate_off(self._cluster, export)
        gate = snapshot_blockers.of_gate(RejectionCause.GATE_OFF, off)
        return export_plan(self._export(export), (*rejected, *gate, *self.blockers(export)))

    def cloned_vm(self, clone: Manifest) -> Manifest | None:
        """The VM that is cloned: the source itself, or the one that was snapshotted."""
        source = self.source(clone)
        snapshot = source.of(SNAPSHOT)
        return source.of(VM) if snapshot is None else self._outcomes.evidence.vm_of(snapshot)

    def _find_blockers(self, copy: Manifest) -> Iterator[Blocker]:
        if copy.group_kind == CLONE:
            subject = self._clone(copy)
            blockers = clone_blockers(self._cluster, subject)
            return chain(blockers, name_collisions(self._cluster, subject))
        if copy.group_kind == EXPORT:
            return export_blockers(self._cluster, self._export(copy))
        if copy.group_kind in (BACKUP, BACKUP_TRACKER):
            return backup_blockers(self._cluster, copy, self._outcomes.conflicting(copy))
        return iter(())

    def _clone(self, clone: Manifest) -> CloneSubject:
        source, vm = self.source(clone), self.cloned_vm(clone)
        subject = source.of(SNAPSHOT) or source.of(VM)
        plan = self._plan(subject) if subject is not None else None
        uncopied = self._uncopied_of(subject, vm) if subject is not None else ()
        snapshot, content_of = source.of(SNAPSHOT), self._outcomes.evidence.content
        content = Absence.UNKNOWN if snapshot is None else content_of(snapshot)
        return CloneSubject(clone, source, vm, plan, uncopied, content)

    def _plan(self, source: Manifest) -> SnapshotPlan:
        """The outcome of a snapshot, or of the one that would be taken of a VM."""
        if source not in self._plans:
            is_vm = source.group_kind == VM
            plan = self._outcomes.preview if is_vm else self._outcomes.plan
            self._plans[source] = plan(source)
        return self._plans[source]

    def _uncopied_of(self, source: Manifest, vm: Manifest | None) -> tuple[Uncopied, ...]:
        if source not in self._uncopied:
            is_vm = source.group_kind == VM
            found = self._of_vm(source) if is_vm else self._of_snapshot(source, vm)
            self._uncopied[source] = tuple(found)
        return self._uncopied[source]

    def _of_vm(self, vm: Manifest) -> Iterator[Uncopied]:
        """The disks that are certainly left out of a snapshot; those that block it have causes."""
        for volume in self._outcomes.volumes(vm):
            if volume.included is False and not volume.blocks and volume.source in _COPIED:
                yield Uncopied(volume.name, volume.reason, volume.at)

    def _of_snapshot(self, snapshot: Manifest, vm: Manifest | None) -> Iterator[Uncopied]:
        expected = self._outcomes.evidence.expected(vm)
        places = {volume.volume: volume.at for volume in expected if volume.source in _COPIED}
        plan = self._plan(snapshot)
        if not places or plan.verdict not in (Verdict.PARTIAL, Verdict.UNKNOWN):
            return  # it is complete, or never becomes ready
        content = self._outcomes.evidence.content(snapshot)
        backups = () if isinstance(content, Absence) else status.backups(content)
        saved = {backup.volume for backup in backups}
        for planned in plan.volumes:
            if planned.included is False and planned.name in places.keys() - saved:
                reason = f'snapshot "{snapshot.name}" does not contain it'
                yield Uncopied(planned.name, reason, places[planned.name])

    def _export(self, export: Manifest) -> ExportSubject:
        source = self.source(export)
        vm, snapshot, claim = (source.of(kind) for kind in (VM, SNAPSHOT, PVC))
        if vm is not None:
            user = running_vm(self._cluster, vm) if self._exports_vms else None
            return ExportSubject(export, source, self._exported_of(vm), user=user)
        if snapshot is not None:
            plan = self._plan(snapshot)
            return ExportSubject(export, source, _of_plan(plan), plan)
        if claim is not None:
            user = user_of_claim(self._cluster, export, source.name)
            reason = f'exported from PVC "{source.name}"'
            volume = ExportedVolume(source.name, source.name, True, reason)
            return ExportSubject(export, source, (volume,), user=user)
        named = ExportedVolume(source.name, source.name, None, source.unseen)
        is_named = source.kind == PVC and source.name and not source.is_missing
        return ExportSubject(export, source, (named,) if is_named else None)

    @property
    def _exports_vms(self) -> bool:
        return self._cluster.behaviour.export_vm_source

    def _exported_of(self, vm: Manifest) -> tuple[ExportedVolume, ...] | None:
        """The volumes of a VM, None where its manifest does not list them."""
        if vm not in self._exported:
            listed = vm.get(*VOLUMES)
            is_whole = vm.mapping("spec", "template", "spec") and isinstance(listed, list | None)
            volumes = (
                exported_volumes(self._cluster, self._outcomes.volumes(vm)) if is_whole else None
            )
            self._exported[vm] = volumes
        return self._exported[vm]


def _of_plan(plan: SnapshotPlan) -> tuple[ExportedVolume, ...] | None:
    """The volumes of a snapshot, None where they are unknown."""
    volumes = tuple(
        ExportedVolume(
            planned.name, planned.claim, planned.included, planned.reason, trail=planned.trail
        )
        for planned in plan.volumes
        if planned.persistent
    )
    return volumes or (() if plan.verdict is Verdict.EMPTY else None)
