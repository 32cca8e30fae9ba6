"""A restore becomes its outcome: which claims exist afterwards, and what is lost.

`reconcileVolumeRestores` and `generateRestoredVMSpec` of kubevirt v1.9.0,
pkg/storage/snapshot/restore.go.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.kubevirt.restore.blocker import BlockerEffect
from vmsnap_lint.kubevirt.restore.claim_names import claim_after, claim_place
from vmsnap_lint.kubevirt.restore.subject import MEMORY_DUMP, Relation
from vmsnap_lint.kubevirt.snapshot.predicted import Verdict
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE, persistent_state
from vmsnap_lint.objects.references import TEMPLATES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.blocker import Blocker
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject, SavedVolume
    from vmsnap_lint.objects.manifest import Place

__all__ = [
    "RestorePlan",
    "RestoreVerdict",
    "RestoredVolume",
    "VolumeOutcome",
    "restore_plan",
    "restored",
]


class VolumeOutcome(Enum):
    """What becomes of one volume."""

    CREATED = "created"
    """A new claim with the data of the snapshot."""
    OVERWRITTEN = "overwritten"
    """The claim of that name is deleted and made anew with the data of the snapshot."""
    SHARED = "shared"
    """The restored VM mounts the very claim of the source."""
    LOST = "lost"
    """The source's claim is deleted for the sake of another VM, or the volume is dropped."""
    REUSED = "reused"
    """A claim that exists is taken as it is: its data is not that of the snapshot."""
    UNKNOWN = "unknown"


class RestoreVerdict(Enum):
    """What becomes of a restore."""

    REJECTED = "rejected"
    """The API server or a webhook refuses it."""
    STUCK = "stuck"
    """It is accepted and never completes."""
    LOSSY = "lossy"
    """It completes, and data is lost or silently not restored."""
    PARTIAL = "partial"
    """It completes without a volume that the snapshot does not hold."""
    EMPTY = "empty"
    """It restores the settings of the VM; there is no disk to restore."""
    COMPLETE = "complete"
    UNKNOWN = "unknown"


class RestoredVolume(NamedTuple):
    """One volume of the restored VM. `claim` is what it mounts, `source_claim` what was saved.

    `<uid>` in a name stands for the UID that the restore gets when it is created.
    """

    name: str
    claim: str | None
    source_claim: str | None
    outcome: VolumeOutcome
    reason: str
    existing: Place | None = None
    collides: bool = False


class RestorePlan(NamedTuple):
    """The outcome of one restore."""

    namespace: str | None
    name: str
    target: str
    snapshot: str
    verdict: RestoreVerdict
    reasons: tuple[str, ...]
    volumes: tuple[RestoredVolume, ...]


def restored(cluster: Cluster, it: RestoreSubject) -> tuple[RestoredVolume, ...]:
    """What becomes of each persistent volume, were the restore to run to its end."""
    taken: dict[str, str] = {}
    found = []
    for volume in it.volumes or ():
        one = _restored(cluster, it, volume)
        if one.claim is not None and one.outcome in (
            VolumeOutcome.CREATED,
            VolumeOutcome.OVERWRITTEN,
        ):
            other = taken.setdefault(one.claim, one.name)
            if other != one.name:
                reason = f'volume "{other}" is restored into claim "{one.claim}" too'
                one = one._replace(outcome=VolumeOutcome.REUSED, reason=reason, collides=True)
        found.append(one)
    return tuple(found)


def restore_plan(
    it: RestoreSubject,
    rejected: Iterable[str],
    blockers: Iterable[Blocker],
    volumes: tuple[RestoredVolume, ...],
) -> RestorePlan:
    """The outcome, from what is rejected, what blocks and what becomes of the volumes."""
    verdict, reasons = _verdict(it, list(rejected), list(blockers), volumes)
    manifest = it.manifest
    return RestorePlan(
        manifest.namespace,
        manifest.name or manifest.text("metadata", "generateName"),
        it.target_name,
        manifest.text("spec", "virtualMachineSnapshotName"),
        verdict,
        tuple(reasons),
        volumes,
    )


def _restored(cluster: Cluster, it: RestoreSubject, volume: SavedVolume) -> RestoredVolume:
    if volume.source == MEMORY_DUMP:
        reason = "memory dumps are not restored: the volume is dropped from the VM"
        return RestoredVolume(volume.name, None, volume.claim, VolumeOutcome.LOST, reason)
    if volume.included is None:
        return RestoredVolume(volume.name, None, volume.claim, VolumeOutcome.UNKNOWN, volume.reason)
    if volume.included is False:
        return _left(it, volume)
    name, place = claim_after(it, volume)
    existing = claim_place(cluster, it, name) if name else None
    one = RestoredVolume(volume.name, name, volume.claim, VolumeOutcome.CREATED, "", existing)
    if it.policy == "InPlace" and cluster.behaviour.volume_restore_policies:
        return _in_place(it, one, named=place)
    if existing is None:
        return one._replace(reason=_fate_of_old(it, volume))
    reason = f'claim "{name}" exists already: it is taken as it is, and no data is restored'
    return one._replace(outcome=VolumeOutcome.REUSED, reason=reason, collides=True)


def _left(it: RestoreSubject, volume: SavedVolume) -> RestoredVolume:
    """A volume that the snapshot does not hold keeps the claim that it names."""
    if it.relation in (Relation.NEW, Relation.OTHER):
        outcome = VolumeOutcome.SHARED
        reason = "not in the snapshot: the new VM mounts the claim of the source"
    else:
        outcome = VolumeOutcome.REUSED
        reason = "not in the snapshot: the VM keeps this claim and its present data"
    return RestoredVolume(volume.name, volume.claim, volume.claim, outcome, reason)


def _in_place(it: RestoreSubject, one: RestoredVolume, *, named: bool) -> RestoredVolume:
    if named:
        if one.existing is None:
            return one._replace(reason="no claim of that name is in the input")
        reason = "the claim of that name is deleted and made anew from the snapshot"
        return one._replace(outcome=VolumeOutcome.OVERWRITTEN, reason=reason)
    if it.relation in (Relation.NEW, Relation.OTHER):
        reason = "InPlace deletes the claim of the source VM, and makes it anew for the new VM"
        return one._replace(outcome=VolumeOutcome.LOST, reason=reason)
    reason = "the claim is deleted and made anew from the snapshot"
    return one._replace(outcome=VolumeOutcome.OVERWRITTEN, reason=reason)


def _fate_of_old(it: RestoreSubject, volume: SavedVolume) -> str:
    """What becomes of the claim that the target has mounted so far."""
    if it.relation is not Relation.SAME or volume.claim is None or it.machine is None:
        return "a new claim with the data of the snapshot"
    for _, template in it.machine.items(*TEMPLATES):
        metadata = template.get("metadata")
        if isinstance(metadata, dict) and metadata.get("name") == volume.claim:
            return f'a new claim; DataVolume "{volume.claim}" of the old template is deleted'
    return f'a new claim; the old one, "{volume.claim}", stays behind'


def _verdict(
    it: RestoreSubject,
    rejected: list[str],
    blockers: list[Blocker],
    volumes: tuple[RestoredVolume, ...],
) -> tuple[RestoreVerdict, list[str]]:
    reasons_by = {
        effect: [one.problem.message for one in blockers if one.effect is effect]
        for effect in BlockerEffect
    }
    if it.is_done:
        return RestoreVerdict.COMPLETE, ["its status says that it has completed"]
    if rejected or reasons_by[BlockerEffect.REJECTED]:
        return RestoreVerdict.REJECTED, [*rejected, *reasons_by[BlockerEffect.REJECTED]]
    if reasons_by[BlockerEffect.STUCK]:
        return RestoreVerdict.STUCK, reasons_by[BlockerEffect.STUCK]
    if isinstance(it.snapshot, Absence):
        name = it.manifest.text("spec", "virtualMachineSnapshotName")
        return RestoreVerdict.UNKNOWN, [f'VirtualMachineSnapshot "{name}" is not in the input']
    if it.plan is not None and it.plan.verdict in (Verdict.REJECTED, Verdict.STUCK):
        reasons = [f"the snapshot never becomes ready: {reason}" for reason in it.plan.reasons]
        return RestoreVerdict.STUCK, reasons
    if _lacks_state(it):
        reason = (
            f'the claim that keeps the state of VM "{it.target_name}" is not in the snapshot: up '
            "to KubeVirt 1.9 the restore waits for it for ever"
        )
        return RestoreVerdict.STUCK, [reason]
    verdict, reasons = _of_volumes(it, volumes)
    return verdict, [*reasons, *reasons_by[BlockerEffect.WAITS]]


def _lacks_state(it: RestoreSubject) -> bool:
    """Whether the state of a persistent TPM or EFI is not saved. kubevirt pull request 17286."""
    if it.machine is None or not persistent_state(it.machine):
        return False
    return any(one.source == STATE_SOURCE and one.included is False for one in it.volumes or ())


def _of_volumes(
    it: RestoreSubject, volumes: tuple[RestoredVolume, ...]
) -> tuple[RestoreVerdict, list[str]]:
    if it.volumes is None:
        return RestoreVerdict.UNKNOWN, [
            "neither the snapshotted VM nor the snapshot's content is in the input"
        ]
    disks = [
        one for one in volumes if one.claim is not None or one.outcome is VolumeOutcome.UNKNOWN
    ]
    if not disks:
        return RestoreVerdict.EMPTY, [
            "the snapshot holds no disk: only the VM's settings are restored"
        ]
    harmed = list(_told(disks, VolumeOutcome.LOST)) + [
        f'volume "{one.name}": {one.reason}' for one in disks if one.collides
    ]
    if harmed:
        return RestoreVerdict.LOSSY, harmed
    unsure = list(_told(disks, VolumeOutcome.UNKNOWN))
    kept = [*_told(disks, VolumeOutcome.REUSED), *_told(disks, VolumeOutcome.SHARED)]
    if unsure or it.relation is Relation.UNKNOWN:
        return RestoreVerdict.UNKNOWN, [*kept, *unsure]
    return (RestoreVerdict.PARTIAL if kept else RestoreVerdict.COMPLETE), kept


def _told(volumes: list[RestoredVolume], outcome: VolumeOutcome) -> Iterator[str]:
    for one in volumes:
        if one.outcome is outcome and not one.collides:
            yield f'volume "{one.name}": {one.reason}'
