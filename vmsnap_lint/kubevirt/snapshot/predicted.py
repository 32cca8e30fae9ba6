"""Predicts what the controller does with a snapshot, volume by volume.

`updateVMSnapshot`, `createContent` and `updateSnapshotStatus` of kubevirt v1.9.0,
pkg/storage/snapshot/snapshot.go, and `Lock` of source.go; older releases by the table in releases.
"""

from __future__ import annotations

from itertools import filterfalse

from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.blocker import Effect, blocked
from vmsnap_lint.kubevirt.snapshot.source_vm import not_seen
from vmsnap_lint.kubevirt.trail import NO_TRAIL, Trail
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.workspace import Absence
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.blocker import Blocker
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["SnapshotPlan", "VolumePlan", "snapshot_plan"]


_NAME = ("spec", "source", "name")


class VolumePlan(NamedTuple):
    """One volume of the VM. `included` is None where the input does not show it.

    `trail` are the objects that it is followed through, from the entry of the VM on.
    """

    name: str
    claim: str | None
    included: bool | None
    storage_class: str | None
    snapshot_class: str | None
    reason: str
    persistent: bool
    trail: Trail = NO_TRAIL


_NEVER_READY = (Verdict.FAILED, Verdict.REJECTED, Verdict.STUCK)


class SnapshotPlan(NamedTuple):
    """The outcome of one snapshot, or of the one that would be taken of a VM.

    `cluster` is the declared cluster that it is in, "" for none. `trail` has the snapshot and its
    VM, or the VM twice.
    """

    namespace: str | None
    name: str
    source: str
    verdict: Verdict
    reasons: tuple[str, ...]
    volumes: tuple[VolumePlan, ...]
    cluster: str = ""
    trail: Trail = NO_TRAIL

    @property
    def obstacles(self) -> list[str]:
        """What a restore, clone or export of it says where it surely never becomes ready."""
        if self.verdict not in _NEVER_READY:
            return []
        return [f"the snapshot never becomes ready: {reason}" for reason in self.reasons]

    @classmethod
    def of(
        cls,
        manifest: Manifest,
        verdict: Verdict,
        reasons: Iterable[str],
        volumes: Iterable[VolumePlan],
        vm: Manifest | Absence,
    ) -> SnapshotPlan:
        """The plan of a snapshot, or of a VM."""
        name = manifest.name or manifest.text("metadata", "generateName")
        is_vm = manifest.group_kind == VM
        source = manifest.name if is_vm else manifest.text("spec", "source", "name")
        home = manifest.namespace
        trail = Trail.later(lambda: _objects(manifest, name, source, vm))
        return cls(
            home, name, source, verdict, tuple(dict.fromkeys(reasons)), tuple(volumes), trail=trail
        )


def snapshot_plan(
    cluster: Cluster,
    subject: Manifest,
    vm: Manifest | Absence,
    volumes: tuple[Volume, ...],
    blockers: tuple[Blocker, ...],
) -> SnapshotPlan:
    """The outcome of a snapshot, or of the one that would be taken of a VM, from its causes."""
    ended = _ended(volumes, blockers)
    if ended is not None:
        verdict, reasons = ended
    elif isinstance(vm, Absence):
        verdict, reasons = Verdict.UNKNOWN, [_unresolved(cluster, subject, blockers)]
    else:
        verdict, reasons = _captured(volumes, blockers)
        reasons += _notes(cluster, vm)
    planned = (_volume_plan(cluster, volume) for volume in volumes)
    return SnapshotPlan.of(subject, verdict, reasons, planned, vm)


def _volume_plan(cluster: Cluster, volume: Volume) -> VolumePlan:
    return VolumePlan(
        volume.name, volume.claim_name, volume.included, volume.storage_class,
        volume.snapshot_class, volume.reason, volume.persistent,
        Trail.later(lambda: _trail(cluster, volume)),
    )  # fmt: skip


def _objects(manifest: Manifest, name: str, source: str, vm: Manifest | Absence) -> Trail:
    from vmsnap_lint.kubevirt.chain_link import link  # a lint shows none

    home = manifest.namespace
    return Trail(link(SNAPSHOT.kind, home, name, manifest), link(VM.kind, home, source, vm))


def _trail(cluster: Cluster, volume: Volume) -> Trail:
    from vmsnap_lint.kubevirt.storage.volume_trail import volume_trail  # a lint shows none

    return volume_trail(cluster, volume)


def _ended(
    volumes: tuple[Volume, ...], blockers: tuple[Blocker, ...]
) -> tuple[Verdict, list[str]] | None:
    """The verdict for a snapshot that surely does not complete: the first stage that ends it."""
    stage = blocked(blockers)
    if stage is not None and stage[0] in (Verdict.REJECTED, Verdict.FAILED):
        return stage
    stuck = [volume.reason for volume in volumes if volume.blocks]
    if stage is not None and stage[0] is Verdict.STUCK:
        stuck += stage[1]
    return (Verdict.STUCK, stuck) if stuck else None


def _captured(
    volumes: tuple[Volume, ...], blockers: tuple[Blocker, ...]
) -> tuple[Verdict, list[str]]:
    """The verdict for a snapshot that gets its content, as far as the input shows."""
    persistent = [volume for volume in volumes if volume.persistent]
    missing = [_named(volume) for volume in persistent if volume.included is False]
    if missing and len(missing) == len(persistent):
        missing.append("the snapshot becomes Ready without any disk")
    missing += _messages(blockers, Effect.PARTIAL)
    refused = _messages(filter(_is_about_a_value, blockers), Effect.DOUBT)
    doubts = _messages(filterfalse(_is_about_a_value, blockers), Effect.DOUBT)
    unknown = [_named(volume) for volume in persistent if _is_unknown(volume)]
    if unknown or (doubts and not missing):
        return Verdict.UNKNOWN, [*missing, *unknown, *doubts, *refused]
    if missing:  # a doubt about the rest makes no disk of it
        return Verdict.PARTIAL, [*missing, *doubts, *refused]
    if not persistent:
        return Verdict.EMPTY, ["the VM has no volume that can be snapshotted", *refused]
    return (Verdict.UNKNOWN if refused else Verdict.COMPLETE), refused


def _is_about_a_value(blocker: Blocker) -> bool:
    """Whether an object is refused for a value, so that its volumes are still those written."""
    cause = blocker.cause
    return isinstance(cause, RejectionCause) or cause is SchemaFault.WRONG_VALUE


def _is_unknown(volume: Volume) -> bool:
    """Whether it may be in the snapshot or not, or may keep it from completing."""
    return volume.included is None or volume.is_doubtful


def _named(volume: Volume) -> str:
    return f'volume "{volume.name}": {volume.reason}'


def _messages(blockers: Iterable[Blocker], effect: Effect) -> list[str]:
    return [blocker.problem.message for blocker in blockers if blocker.effect is effect]


def _unresolved(cluster: Cluster, subject: Manifest, blockers: tuple[Blocker, ...]) -> str:
    """Why nothing is known of the VM."""
    doubts = _messages(blockers, Effect.DOUBT)
    return doubts[-1] if doubts else not_seen(cluster, VM, subject.text(*_NAME), subject)


def _notes(cluster: Cluster, vm: Manifest) -> list[str]:
    """What a reader should know of a snapshot that still becomes ready."""
    if run_state.is_online(cluster, vm) is not True:
        return []
    vmi = run_state.instance(cluster, vm)
    if vmi is not None and run_state.has_condition(vmi, "AgentConnected"):
        return ["the VM runs: its guest agent freezes the file systems"]
    effect = "the snapshot is crash-consistent unless its guest agent freezes the file systems"
    return [f"the VM runs: {effect}"]
