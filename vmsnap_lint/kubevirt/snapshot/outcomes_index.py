"""The outcomes of the snapshots of a world, each cause found once for verdict and findings."""

from __future__ import annotations

from vmsnap_lint.core.kinds import CONTENT, DATA_VOLUME, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.memo import Memo
from vmsnap_lint.kubevirt.snapshot import snapshot_blockers, status, vm_blockers
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.blocker import Blocker
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["SnapshotOutcomes"]


class SnapshotOutcomes:
    """The blockers and plans of the snapshots of a cluster, and of those that VMs may get.

    `source` gives the VM of a snapshot, `volumes` those of a VM, `rejections` why any object is
    rejected, `refusals` why a webhook rejects a VM or DataVolume.
    """

    def __init__(
        self,
        evidence: Links,
        source: Callable[[Manifest], Manifest | Absence],
        volumes: Callable[[Manifest], tuple[Volume, ...]],
        rejections: Callable[[Manifest], tuple[Rejection, ...]],
        refusals: Callable[[Manifest], tuple[Rejection, ...]],
    ) -> None:
        self._evidence = evidence
        self._cluster = evidence.cluster
        self._source = source
        self._volumes = volumes
        self._rejections = rejections
        self._refusals = refusals
        self._of_vm = Memo(self._find_of_vm)

    def plan(self, snapshot: Manifest) -> SnapshotPlan:
        """The plan of a snapshot: what its status shows if that is final, else the prediction."""
        from vmsnap_lint.kubevirt.snapshot import observed, predicted  # for plans only

        if status.is_failed(snapshot):
            return observed.failed_plan(self._evidence, snapshot)
        if status.is_taken(snapshot):
            return observed.plan(self._evidence, snapshot)
        vm = self._source(snapshot)
        volumes = () if isinstance(vm, Absence) else self._volumes(vm)
        blockers = self.blockers(snapshot)
        return predicted.snapshot_plan(self._cluster, snapshot, vm, volumes, blockers)

    def preview_plan(self, vm: Manifest) -> SnapshotPlan:
        """The plan of a snapshot of `vm` that does not exist."""
        from vmsnap_lint.kubevirt.snapshot import predicted  # as above

        blockers, volumes = self.preview_blockers(vm), self._volumes(vm)
        return predicted.snapshot_plan(self._cluster, vm, vm, volumes, blockers)

    def blockers(self, snapshot: Manifest) -> tuple[Blocker, ...]:
        """All that keeps a snapshot which is not taken yet from completing, but for volumes."""
        vm = self._source(snapshot)
        rejected = snapshot_blockers.rejected(self._rejections(snapshot))
        gate = snapshot_blockers.gate_off(self._cluster)
        own = (*rejected, *gate, *self.own_blockers(snapshot))
        if snapshot.mapping("status") or self._cluster.workspace.of(CONTENT):
            from vmsnap_lint.kubevirt.snapshot import status_blockers  # few inputs are exports

            own = (*own, *status_blockers.data_blockers(self._evidence, snapshot))
        if isinstance(vm, Absence):
            return own
        locked = snapshot_blockers.busy(self._cluster, vm, (snapshot,))
        return (*own, *self.vm_blockers(vm), *locked, *self._rejected_chain(vm))

    def preview_blockers(self, vm: Manifest) -> tuple[Blocker, ...]:
        """The same for a snapshot of `vm` that does not exist."""
        gate = snapshot_blockers.gate_off(self._cluster)
        locked = snapshot_blockers.busy(self._cluster, vm, ())
        return (*gate, *self.vm_blockers(vm), *locked, *self._rejected_chain(vm))

    def own_blockers(self, snapshot: Manifest) -> Iterator[Blocker]:
        """What is wrong with the snapshot itself, if the API server takes it."""
        if status.is_failed(snapshot) or status.is_taken(snapshot):
            return
        yield from snapshot_blockers.of_status(snapshot)
        yield from snapshot_blockers.passed_deadline(self._cluster, snapshot)
        source = self._source(snapshot)
        if isinstance(source, Absence):
            from vmsnap_lint.kubevirt.snapshot import source_blockers  # most VMs are found

            yield from source_blockers.source_blockers(self._cluster, snapshot, source)

    def evidence_blockers(self, manifest: Manifest) -> Iterator[Blocker]:
        """What a snapshot with a status, a content or a VolumeSnapshot shows to be wrong."""
        if manifest.group_kind == SNAPSHOT and not manifest.is_export:
            return
        from vmsnap_lint.kubevirt.snapshot import status_blockers  # few inputs are exports

        yield from status_blockers.of_manifest(self._evidence, manifest)

    def vm_blockers(self, vm: Manifest) -> tuple[Blocker, ...]:
        """What keeps any snapshot of the VM from completing, but for volumes."""
        return self._of_vm[vm]

    def _find_of_vm(self, vm: Manifest) -> tuple[Blocker, ...]:
        return tuple(vm_blockers.vm_blockers(self._cluster, vm, self._volumes(vm)))

    def _rejected_chain(self, vm: Manifest) -> Iterator[Blocker]:
        """The objects that the API server rejects, of those that a snapshot of the VM needs.

        What was read from a cluster was accepted there.
        """
        from vmsnap_lint.kubevirt.storage.chain_objects import chain_of  # for plans only

        for manifest in chain_of(self._cluster, vm, self._volumes(vm)):
            if not manifest.is_export:
                yield from snapshot_blockers.rejected_chain(manifest, self._rejections(manifest))
            if manifest.group_kind in (DATA_VOLUME, VM):
                yield from snapshot_blockers.rejected_chain(manifest, self._refusals(manifest))
