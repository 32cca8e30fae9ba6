"""The outcome of a restore: which PVCs exist afterwards, and what is lost.

`reconcileVolumeRestores` and `generateRestoredVMSpec` of kubevirt v1.9.0,
pkg/storage/snapshot/restore.go.
"""

from __future__ import annotations

from enum import Enum

from vmsnap_lint.core.kinds import PVC, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt.blocker import Effect, blocked
from vmsnap_lint.kubevirt.chain_link import link
from vmsnap_lint.kubevirt.restore.claim_names import ClaimNames, claim_place
from vmsnap_lint.kubevirt.restore.subject import MEMORY_DUMP, Relation
from vmsnap_lint.kubevirt.storage.backend_state import STATE_SOURCE, persistent_state
from vmsnap_lint.kubevirt.trail import NO_TRAIL, Trail
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.references import TEMPLATES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.blocker import Blocker
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.restore.subject import RestoreSubject, SavedVolume
    from vmsnap_lint.objects.manifest import Place

__all__ = [
    "RestorePlan", "RestoredVolume", "VolumeOutcome", "restore_plan", "restored",
]  # fmt: skip


class VolumeOutcome(Enum):
    """The outcome of one volume."""

    CREATED = "created"
    """A new PVC with the data of the snapshot."""
    OVERWRITTEN = "overwritten"
    """The PVC of that name is deleted and created again with the data of the snapshot."""
    SHARED = "shared"
    """The restored VM uses the PVC of the source."""
    LOST = "lost"
    """The PVC of the source is deleted, or the volume is removed."""
    REUSED = "reused"
    """An existing PVC is used unchanged, without the data of the snapshot."""
    UNKNOWN = "unknown"


class RestoredVolume(NamedTuple):
    """One volume of the restored VM. `claim` is the PVC that it uses, `source_claim` the saved one.

    `<uid>` in a name is the UID that the restore gets when it is created. `trail` is that of the
    saved volume.
    """

    name: str
    claim: str | None
    source_claim: str | None
    outcome: VolumeOutcome
    reason: str
    existing: Place | None = None
    collides: bool = False
    trail: Trail = NO_TRAIL


class RestorePlan(NamedTuple):
    """The outcome of one restore; `cluster` is the declared cluster that it is in, "" for none.

    `trail` has the restore, its snapshot and its target.
    """

    namespace: str | None
    name: str
    target: str
    snapshot: str
    verdict: Verdict
    reasons: tuple[str, ...]
    volumes: tuple[RestoredVolume, ...]
    cluster: str = ""
    trail: Trail = NO_TRAIL


def restored(cluster: Cluster, subject: RestoreSubject) -> tuple[RestoredVolume, ...]:
    """The outcome of each persistent volume, if the restore completes."""
    first: dict[str, str] = {}
    volumes = []
    names, templates = ClaimNames(subject), _templates(subject)
    for saved in subject.volumes or ():
        volume = _restored(cluster, subject, saved, names)._replace(trail=saved.trail)
        if not volume.reason and volume.existing is None:
            volume = volume._replace(reason=_new_claim(subject, saved, templates))
        if volume.claim is not None and volume.outcome in _WRITTEN:
            other = first.setdefault(volume.claim, volume.name)
            if other != volume.name:
                reason = f'volume "{other}" is also restored to PVC "{volume.claim}"'
                volume = _colliding(volume, reason)
        volumes.append(volume)
    return tuple(volumes)


def restore_plan(
    subject: RestoreSubject,
    blockers: Iterable[Blocker],
    volumes: tuple[RestoredVolume, ...],
) -> RestorePlan:
    """The outcome, from blockers and the outcomes of the volumes."""
    verdict, reasons = _verdict(subject, list(blockers), volumes)
    manifest = subject.manifest
    name = manifest.name or manifest.text("metadata", "generateName")
    target, snapshot = subject.target_name, manifest.text("spec", "virtualMachineSnapshotName")
    home = manifest.namespace
    trail = Trail.later(
        lambda: Trail(
            link(RESTORE.kind, home, name, manifest),
            link(SNAPSHOT.kind, home, snapshot, subject.snapshot),
            link(VM.kind, home, target, subject.target),
        )
    )
    return RestorePlan(
        home, name, target, snapshot, verdict, tuple(dict.fromkeys(reasons)), volumes, trail=trail
    )


_WRITTEN = (VolumeOutcome.CREATED, VolumeOutcome.OVERWRITTEN)


def _restored(
    cluster: Cluster, subject: RestoreSubject, saved: SavedVolume, names: ClaimNames
) -> RestoredVolume:
    """The outcome of one volume; a new PVC has no reason yet."""
    if saved.source == MEMORY_DUMP:
        reason = "memory dumps are not restored; the volume is removed from the VM"
        return RestoredVolume(saved.name, None, saved.claim, VolumeOutcome.LOST, reason)
    if saved.included is None:
        return RestoredVolume(saved.name, None, saved.claim, VolumeOutcome.UNKNOWN, saved.reason)
    if saved.included is False:
        return _not_saved(subject, saved)
    name, is_overridden = names.after(saved)
    existing = claim_place(cluster, subject, name) if name else None
    volume = RestoredVolume(saved.name, name, saved.claim, VolumeOutcome.CREATED, "", existing)
    if subject.policy == "InPlace" and cluster.behaviour.volume_restore_policies:
        outcome, reason = _in_place(cluster, subject, volume, is_overridden=is_overridden)
        return volume._replace(outcome=outcome, reason=reason)
    if existing is None:
        return volume
    return _colliding(volume, f'PVC "{name}" exists, so no data is restored to it')


def _colliding(volume: RestoredVolume, reason: str) -> RestoredVolume:
    return volume._replace(outcome=VolumeOutcome.REUSED, reason=reason, collides=True)


def _not_saved(subject: RestoreSubject, saved: SavedVolume) -> RestoredVolume:
    """A volume that is not in the snapshot keeps the PVC that it names."""
    if subject.is_to_other_vm:
        outcome, effect = VolumeOutcome.SHARED, "the new VM uses the PVC of the source"
    else:
        outcome, effect = VolumeOutcome.REUSED, "the VM keeps this PVC with its current data"
    reason = f"not in the snapshot; {effect}"
    return RestoredVolume(saved.name, saved.claim, saved.claim, outcome, reason)


def _in_place(
    cluster: Cluster, subject: RestoreSubject, volume: RestoredVolume, *, is_overridden: bool
) -> tuple[VolumeOutcome, str]:
    if is_overridden and volume.existing is None:
        return VolumeOutcome.CREATED, "no PVC of that name is in the input"
    if volume.existing is None and _is_gone(cluster, subject, volume.claim):
        return VolumeOutcome.CREATED, "the PVC does not exist any more; it is created again"
    if not is_overridden and subject.is_to_other_vm:
        reason = "InPlace deletes the PVC of the source VM and creates it again for the new VM"
        return VolumeOutcome.LOST, reason
    which = "the PVC of that name" if is_overridden else "the PVC"
    return VolumeOutcome.OVERWRITTEN, f"{which} is deleted and created again from the snapshot"


def _is_gone(cluster: Cluster, subject: RestoreSubject, claim: str | None) -> bool:
    """Whether the PVC that InPlace would overwrite certainly does not exist."""
    return bool(claim) and cluster.resolve(PVC, claim or "", subject.manifest) is Absence.ABSENT


def _templates(subject: RestoreSubject) -> set[str]:
    """The DataVolumes of the templates of the saved VM."""
    vm = subject.saved_vm
    indexes = (index for index, _ in vm.items(*TEMPLATES)) if vm is not None else ()
    names = (vm.text(*TEMPLATES, index, "metadata", "name") for index in indexes if vm is not None)
    return set(names) - {""}


def _new_claim(subject: RestoreSubject, saved: SavedVolume, templates: set[str]) -> str:
    """The outcome of a volume with a new PVC, and of the PVC that the target uses so far."""
    is_own = subject.relation is Relation.SAME and subject.saved_vm is not None
    if not is_own or saved.claim is None:
        return "a new PVC with the data of the snapshot"
    if saved.source == STATE_SOURCE:
        return f'a new PVC; the old one, "{saved.claim}", is deleted'
    if saved.claim in templates:
        return f'a new PVC; DataVolume "{saved.claim}" of the old template is deleted'
    return f'a new PVC; the old one, "{saved.claim}", remains'


def _verdict(
    subject: RestoreSubject, blockers: list[Blocker], volumes: tuple[RestoredVolume, ...]
) -> tuple[Verdict, list[str]]:
    if subject.is_done:
        return Verdict.COMPLETE, ["its status shows that it is complete"]
    end = blocked(blockers)
    waits = [it.problem.message for it in blockers if it.effect is Effect.WAITS]
    if end is not None and end[0] is not Verdict.UNKNOWN:
        return end[0], [*end[1], *(waits if end[0] is Verdict.STUCK else ())]
    verdict, reasons = _of_snapshot(subject) or _of_volumes(subject, volumes)
    if end is not None and verdict is not Verdict.STUCK:
        verdict, reasons = Verdict.UNKNOWN, [*reasons, *end[1]]
    return verdict, [*reasons, *waits]


def _of_snapshot(subject: RestoreSubject) -> tuple[Verdict, list[str]] | None:
    """The verdict where the snapshot decides it alone."""
    if isinstance(subject.snapshot, Absence):
        return Verdict.UNKNOWN, [subject.unseen]
    if subject.plan is not None and subject.plan.obstacles:
        return Verdict.STUCK, subject.plan.obstacles
    if _lacks_state(subject):
        effect = "up to KubeVirt 1.9 the restore never completes"
        reason = f'the state PVC of VM "{subject.target_name}" is not in the snapshot: {effect}'
        return Verdict.STUCK, [reason]
    return None


def _lacks_state(subject: RestoreSubject) -> bool:
    """Whether the state of a persistent TPM or EFI is not saved. kubevirt pull request 17286."""
    if subject.saved_vm is None or not persistent_state(subject.saved_vm):
        return False
    return any(
        volume.source == STATE_SOURCE and volume.included is False
        for volume in subject.volumes or ()
    )


def _of_volumes(
    subject: RestoreSubject, volumes: tuple[RestoredVolume, ...]
) -> tuple[Verdict, list[str]]:
    if subject.volumes is None:
        reason = "neither the snapshotted VM nor the snapshot's content is in the input"
        return Verdict.UNKNOWN, [reason]
    lines: dict[VolumeOutcome, list[str]] = {outcome: [] for outcome in VolumeOutcome}
    collisions: list[str] = []
    for volume in volumes:
        if volume.claim is not None or volume.outcome is VolumeOutcome.UNKNOWN:
            group = collisions if volume.collides else lines[volume.outcome]
            group.append(f'volume "{volume.name}": {volume.reason}')
    if not collisions and not any(lines.values()):
        reason = "the snapshot contains no disk: only the settings of the VM are restored"
        return Verdict.EMPTY, [reason]
    lost = lines[VolumeOutcome.LOST] + collisions
    if lost:
        return Verdict.PARTIAL, lost
    kept = lines[VolumeOutcome.REUSED] + lines[VolumeOutcome.SHARED]
    if lines[VolumeOutcome.UNKNOWN] or subject.relation is Relation.UNKNOWN:
        return Verdict.UNKNOWN, kept + lines[VolumeOutcome.UNKNOWN]
    return (Verdict.PARTIAL if kept else Verdict.COMPLETE), kept
