"""The objects that a VirtualMachineRestore refers to.

All of them are in its own namespace (kubevirt v1.9.0, pkg/storage/snapshot/restore.go).
"""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.snapshot.source_vm import is_made_by_pool, not_seen
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
from vmsnap_lint.kubevirt.trail import NO_TRAIL, Trail
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import VOLUMES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Callable

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest, Place

    _Content = tuple[Manifest | None, SnapshotPlan, tuple["SavedVolume", ...] | None]

__all__ = [
    "MEMORY_DUMP", "Relation", "RestoreSubject", "SavedVolume", "elsewhere", "restore_subject",
]  # fmt: skip

MEMORY_DUMP = "memoryDump"


class Relation(Enum):
    """How the target relates to the VM that was snapshotted."""

    SAME = "same"
    """The source itself, as far as the input shows."""
    OTHER = "other"
    """Another VM, which exists. One made anew under the name of the source is the source."""
    NEW = "new"
    """A name that neither the source nor a VM of the input has."""
    GONE = "gone"
    """The name of the source, which certainly does not exist."""
    UNKNOWN = "unknown"


class SavedVolume(NamedTuple):
    """A persistent volume of the snapshotted VM. `included` is None if it is unknown."""

    name: str
    source: str
    claim: str | None
    included: bool | None
    reason: str
    trail: Trail = NO_TRAIL


class RestoreSubject(NamedTuple):
    """A restore with its snapshot, its source and its target, as far as they are in the input.

    `saved_vm` is the VM in the content of the snapshot if that was exported, else the source as the
    input declares it. `plan` is the outcome of the snapshot, `volumes` what it contains; None if
    unknown. `unseen` says that the snapshot is not in the input, and what may make it. `content` is
    that of the snapshot.
    """

    manifest: Manifest
    snapshot: Manifest | Absence
    target: Manifest | Absence
    relation: Relation
    saved_vm: Manifest | None
    plan: SnapshotPlan | None
    volumes: tuple[SavedVolume, ...] | None
    unseen: str = ""
    content: Manifest | Absence = Absence.UNKNOWN

    @property
    def target_name(self) -> str:
        """The name of the VM to restore; "" where none is set."""
        return self.manifest.text("spec", "target", "name")

    @property
    def policy(self) -> str:
        """spec.volumeRestorePolicy or its default."""
        return self.manifest.text("spec", "volumeRestorePolicy") or "RandomizeNames"

    @property
    def is_done(self) -> bool:
        """Whether an export shows that it has completed."""
        return self.manifest.get("status", "complete") is True

    @property
    def is_to_other_vm(self) -> bool:
        """Whether the target is not the VM that was snapshotted."""
        return self.relation in (Relation.NEW, Relation.OTHER)

    def overrides(self) -> dict[str, tuple[int, str]]:
        """The index and the restoreName of each override that sets one, by its volume.

        The first override of a volume counts (`getRestoreNameOverride`).
        """
        overrides: dict[str, tuple[int, str]] = {}
        for index, override in self.manifest.items("spec", "volumeRestoreOverrides"):
            volume, name = override.get("volumeName"), override.get("restoreName")
            if isinstance(volume, str) and isinstance(name, str) and name:
                overrides.setdefault(volume, (index, name))
        return overrides


def restore_subject(
    evidence: Links, restore: Manifest, plan_of: Callable[[Manifest], SnapshotPlan]
) -> RestoreSubject:
    """The objects that a restore refers to; `plan_of` gives the outcome of its snapshot."""
    cluster = evidence.cluster
    snapshot = _snapshot(cluster, restore)
    saved_vm, plan, volumes, unseen = None, None, None, ""
    content: Manifest | Absence = Absence.UNKNOWN
    if not isinstance(snapshot, Absence):
        content = evidence.content(snapshot)
        known = cluster.once(_known_content)
        if snapshot not in known:
            saved_vm, plan = evidence.vm_of(snapshot), plan_of(snapshot)
            known[snapshot] = saved_vm, plan, saved_volumes(saved_vm, plan)
        saved_vm, plan, volumes = known[snapshot]
    else:
        name = restore.text("spec", "virtualMachineSnapshotName")
        unseen = not_seen(cluster, SNAPSHOT, name, restore)
    target = _target(cluster, restore)
    relation = _relation(restore, snapshot, target)
    return RestoreSubject(
        restore, snapshot, target, relation, saved_vm, plan, volumes, unseen, content
    )


def _known_content(_cluster: Cluster) -> dict[Manifest, _Content]:
    """The VMs, plans and volumes of snapshots that were looked up, once for all restores."""
    return {}


def saved_volumes(vm: Manifest | None, plan: SnapshotPlan | None) -> tuple[SavedVolume, ...] | None:
    """The persistent volumes of the snapshot, each with the key of its source."""
    if plan is None or (vm is None and not plan.volumes):
        return None
    sources = {
        volume.get("name"): next((key for key in volume if key != "name"), "")
        for _, volume in (vm.items(*VOLUMES) if vm is not None else ())
        if isinstance(volume.get("name"), str)
    }
    return tuple(
        SavedVolume(
            volume.name, sources.get(volume.name, STATE_SOURCE), volume.claim, volume.included,
            volume.reason, volume.trail,
        )
        for volume in plan.volumes
        if volume.persistent or sources.get(volume.name) == MEMORY_DUMP
    )  # fmt: skip


def _snapshot(cluster: Cluster, restore: Manifest) -> Manifest | Absence:
    name = restore.text("spec", "virtualMachineSnapshotName")
    if not name or holds_placeholder(name):
        return Absence.UNKNOWN
    snapshot = cluster.resolve(SNAPSHOT, name, restore)
    if not isinstance(snapshot, Absence) or snapshot is Absence.AMBIGUOUS:
        return snapshot
    if cluster.generates_snapshot(name, restore):
        return Absence.UNKNOWN  # the cluster may give this name
    if snapshot is Absence.UNKNOWN and cluster.workspace.gap(SNAPSHOT, restore.namespace, name):
        return snapshot
    if cluster.workspace.elsewhere(SNAPSHOT, restore.namespace, name):
        return Absence.ABSENT
    return snapshot


def _target(cluster: Cluster, restore: Manifest) -> Manifest | Absence:
    name = restore.text("spec", "target", "name")
    if not name or holds_placeholder(name):
        return Absence.UNKNOWN
    vm = cluster.resolve(VM, name, restore)
    by_pool = isinstance(vm, Absence) and is_made_by_pool(cluster, name, restore)
    return Absence.UNKNOWN if by_pool else vm


def _relation(
    restore: Manifest, snapshot: Manifest | Absence, target: Manifest | Absence
) -> Relation:
    """The names decide.

    `sourceAndTargetAreDifferent` of kubevirt compares UIDs, but status.sourceUID is that of the VM
    which has the name now: `updateSnapshotStatus` of snapshot.go writes it at each reconcile.
    """
    name = restore.text("spec", "target", "name")
    if isinstance(snapshot, Absence) or not name or holds_placeholder(name):
        return Relation.UNKNOWN
    source = snapshot.text("spec", "source", "name")
    if not source or holds_placeholder(source):
        return Relation.UNKNOWN
    if isinstance(target, Absence):
        if name != source:
            return Relation.UNKNOWN if target is Absence.AMBIGUOUS else Relation.NEW
        return Relation.GONE if target is Absence.ABSENT else Relation.SAME
    return Relation.SAME if name == source else Relation.OTHER


def elsewhere(at: Place, others: list[Manifest], note: str) -> Problem:
    """The problem of a name that only objects of other namespaces have."""
    named = f'{others[0].kind} "{others[0].name}" is in namespace "{others[0].namespace}"'
    places = tuple(other.at("metadata", "namespace", note=note) for other in others)
    return Problem(at, f"{named}: a restore uses only its own namespace", places)
