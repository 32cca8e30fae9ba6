"""A VirtualMachineRestore becomes the objects it is about.

Everything it names lives in its own namespace (kubevirt v1.9.0, pkg/storage/snapshot/restore.go).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.snapshot.predicted import is_made_by_pool
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE
from vmsnap_lint.objects.references import VOLUMES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.snapshot.links import Links
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["MEMORY_DUMP", "Relation", "RestoreSubject", "SavedVolume", "restoration"]

MEMORY_DUMP = "memoryDump"


class Relation(Enum):
    """What the target is to the VM that was snapshotted."""

    SAME = "same"
    """The source itself, as far as the input shows."""
    OTHER = "other"
    """Another VM, which exists: by its name or by its UID."""
    NEW = "new"
    """A name that the source does not have and no VM of the input."""
    GONE = "gone"
    """The name of the source, which certainly does not exist any more."""
    UNKNOWN = "unknown"


class SavedVolume(NamedTuple):
    """A persistent volume of the snapshotted VM; `included`: None where nothing tells."""

    name: str
    source: str
    claim: str | None
    included: bool | None
    reason: str


class RestoreSubject(NamedTuple):
    """A restore with what the input holds of its snapshot, its source and its target.

    `machine` is the VM as it was saved: out of the content where that was exported, else the source
    as the input declares it. `plan` is the snapshot's outcome, `volumes` what it holds; None where
    the input does not tell.
    """

    manifest: Manifest
    snapshot: Manifest | Absence
    target: Manifest | Absence
    relation: Relation
    machine: Manifest | None
    plan: SnapshotPlan | None
    volumes: tuple[SavedVolume, ...] | None

    @property
    def target_name(self) -> str:
        """The name of the VM that is to be restored; "" where none is named."""
        return self.manifest.text("spec", "target", "name")

    @property
    def policy(self) -> str:
        """spec.volumeRestorePolicy, or what it is when unset."""
        return self.manifest.text("spec", "volumeRestorePolicy") or "RandomizeNames"

    @property
    def is_done(self) -> bool:
        """Whether an export shows that it has completed."""
        return self.manifest.get("status", "complete") is True

    def overrides(self) -> dict[str, tuple[int, str]]:
        """The index and the restoreName of each override that sets one, by its volume.

        The first override of a volume counts (`getRestoreNameOverride`).
        """
        found: dict[str, tuple[int, str]] = {}
        for index, override in self.manifest.items("spec", "volumeRestoreOverrides"):
            volume, name = override.get("volumeName"), override.get("restoreName")
            if isinstance(volume, str) and isinstance(name, str) and name:
                found.setdefault(volume, (index, name))
        return found


def restoration(
    evidence: Links,
    restore: Manifest,
    plan_of: Callable[[Manifest], SnapshotPlan],
    unnamed: Iterable[Manifest],
) -> RestoreSubject:
    """What the input holds of a restore.

    `plan_of` gives the outcome of its snapshot, `unnamed` are the snapshots with a generateName.
    """
    cluster = evidence.cluster
    snapshot = _snapshot(cluster, restore, unnamed)
    machine, plan = None, None
    if not isinstance(snapshot, Absence):
        machine, plan = evidence.machine_of(snapshot), plan_of(snapshot)
    target = _named(cluster, restore, restore.text("spec", "target", "name"))
    relation = _relation(restore, snapshot, target)
    return RestoreSubject(restore, snapshot, target, relation, machine, plan, _saved(machine, plan))


def _saved(machine: Manifest | None, plan: SnapshotPlan | None) -> tuple[SavedVolume, ...] | None:
    """The persistent volumes of the snapshot, each with the key that says what it is."""
    if plan is None or (machine is None and not plan.volumes):
        return None
    sources = dict(_sources(machine)) if machine is not None else {}
    return tuple(
        SavedVolume(
            volume.name,
            sources.get(volume.name, STATE_SOURCE),
            volume.claim,
            volume.included,
            volume.reason,
        )
        for volume in plan.volumes
        if volume.persistent or sources.get(volume.name) == MEMORY_DUMP
    )


def _sources(machine: Manifest) -> Iterator[tuple[str, str]]:
    for _, volume in machine.items(*VOLUMES):
        name = volume.get("name")
        if isinstance(name, str):
            yield name, next((key for key in volume if key != "name"), "")


def _snapshot(
    cluster: Cluster, restore: Manifest, unnamed: Iterable[Manifest]
) -> Manifest | Absence:
    name = restore.text("spec", "virtualMachineSnapshotName")
    if not name or holds_placeholder(name):
        return Absence.UNKNOWN
    found, same = cluster.resolve(SNAPSHOT, name, restore), cluster.workspace.same_namespace
    if not isinstance(found, Absence) or found is Absence.AMBIGUOUS:
        return found
    for one in unnamed:
        if name.startswith(one.text("metadata", "generateName")) and same(
            one.namespace, restore.namespace
        ):
            return Absence.UNKNOWN  # the cluster may give this name
    if cluster.workspace.elsewhere(SNAPSHOT, restore.namespace, name):
        return Absence.ABSENT
    return found


def _named(cluster: Cluster, near: Manifest, name: str) -> Manifest | Absence:
    if not name or holds_placeholder(name):
        return Absence.UNKNOWN
    found = cluster.resolve(VM, name, near)
    by_pool = isinstance(found, Absence) and is_made_by_pool(cluster, name, near)
    return Absence.UNKNOWN if by_pool else found


def _relation(
    restore: Manifest, snapshot: Manifest | Absence, target: Manifest | Absence
) -> Relation:
    """`sourceAndTargetAreDifferent` of kubevirt compares UIDs; a name tells as much before."""
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
    uid, saved = target.text("metadata", "uid"), snapshot.text("status", "sourceUID")
    if name != source or (uid and saved and uid != saved):
        return Relation.OTHER
    return Relation.SAME
