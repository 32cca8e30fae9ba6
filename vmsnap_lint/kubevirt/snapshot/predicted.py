"""Predicts what the controller does with a snapshot, volume by volume.

`updateVMSnapshot`, `createContent` and `updateSnapshotStatus` of kubevirt v1.9.0,
pkg/storage/snapshot/snapshot.go, and `Lock` of source.go; older releases by the table in releases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import parse_duration
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.kubevirt.snapshot.source_vm import not_seen
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.admission.rejection import Rejection
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = [
    "SnapshotPlan", "VolumePlan", "preview_plan", "rejection_reasons", "snapshot_plan",
]  # fmt: skip


class VolumePlan(NamedTuple):
    """One volume of the VM. `included` is None where the input does not show it."""

    name: str
    claim: str | None
    included: bool | None
    storage_class: str | None
    snapshot_class: str | None
    reason: str
    persistent: bool


class SnapshotPlan(NamedTuple):
    """The outcome of one snapshot, or of the one that would be taken of a VM.

    `cluster` is the declared cluster that it is in, "" for none.
    """

    namespace: str | None
    name: str
    source: str
    verdict: Verdict
    reasons: tuple[str, ...]
    volumes: tuple[VolumePlan, ...]
    cluster: str = ""

    @classmethod
    def of(
        cls,
        manifest: Manifest,
        verdict: Verdict,
        reasons: Iterable[str],
        volumes: Iterable[VolumePlan],
    ) -> SnapshotPlan:
        """The plan of a snapshot, or of a VM."""
        name = manifest.name or manifest.text("metadata", "generateName")
        is_vm = manifest.group_kind == VM
        source = manifest.name if is_vm else manifest.text("spec", "source", "name")
        return cls(manifest.namespace, name, source, verdict, tuple(reasons), tuple(volumes))


def snapshot_plan(
    cluster: Cluster, snapshot: Manifest, vm: Manifest | Absence, volumes: tuple[Volume, ...]
) -> SnapshotPlan:
    """The outcome of a VirtualMachineSnapshot whose source was resolved to `vm`."""
    rejected = rejection_reasons(cluster, webhooks.rejections(cluster, snapshot))
    if rejected:
        verdict, reasons = Verdict.REJECTED, rejected
    elif isinstance(vm, Absence):
        verdict, reason = _without_source(cluster, snapshot, vm)
        reasons = [reason]
    else:
        obstacles = [*_stale_lock(cluster, vm, snapshot), *_passed_deadline(snapshot)]
        verdict, reasons = _of_source(cluster, vm, volumes, obstacles)
    return SnapshotPlan.of(snapshot, verdict, reasons, map(_volume_plan, volumes))


def preview_plan(cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]) -> SnapshotPlan:
    """The outcome of a snapshot of `vm` with default settings."""
    verdict, reasons = Verdict.REJECTED, rejection_reasons(cluster)
    if not reasons:
        verdict, reasons = _of_source(cluster, vm, volumes, [])
    return SnapshotPlan.of(vm, verdict, reasons, map(_volume_plan, volumes))


def rejection_reasons(cluster: Cluster, rejections: Iterable[Rejection] = ()) -> list[str]:
    """The messages of the rejections, then the one of a feature gate that is certainly disabled."""
    gate = webhooks.gate(cluster)
    disabled = [gate.message] if gate is not None and gate.severity is None else []
    return [rejection.problem.message for rejection in rejections] + disabled


def _volume_plan(volume: Volume) -> VolumePlan:
    return VolumePlan(
        volume.name, volume.claim_name, volume.included, volume.storage_class,
        volume.snapshot_class, volume.reason, volume.persistent,
    )  # fmt: skip


def _passed_deadline(snapshot: Manifest) -> Iterator[str]:
    """A deadline that passes before the snapshot is taken."""
    deadline = parse_duration(snapshot.text("spec", "failureDeadline"))
    # creationTimestamp has whole seconds, so less than one has passed before work begins
    if deadline and deadline < 1:
        yield f"failureDeadline of {deadline:g} s passes before the snapshot is taken"


def _stale_lock(cluster: Cluster, vm: Manifest, snapshot: Manifest) -> Iterator[str]:
    """A lock on the VM that is left from a snapshot which does not exist.

    The lock of one that exists will go: snapshots of one VM are taken one after the other.
    """
    holder = vm.text("status", "snapshotInProgress")
    if holder in ("", snapshot.name) or not cluster.workspace.is_complete(SNAPSHOT):
        return
    if cluster.resolve(SNAPSHOT, holder, snapshot) is Absence.ABSENT:
        yield f'the VM is locked by snapshot "{holder}", which does not exist'


def _without_source(cluster: Cluster, snapshot: Manifest, why: Absence) -> tuple[Verdict, str]:
    name = snapshot.text("spec", "source", "name")
    if why is Absence.AMBIGUOUS:
        return Verdict.UNKNOWN, f'VirtualMachine "{name}" has several different definitions'
    if why is not Absence.ABSENT:
        return Verdict.UNKNOWN, not_seen(cluster, VM, name, snapshot)
    checked = cluster.behaviour.source_checked_on_admission
    where = f' in namespace "{snapshot.namespace}"' if snapshot.namespace else ""
    reason = f'VirtualMachine "{name}" does not exist{where}'
    return Verdict.REJECTED if checked else Verdict.STUCK, reason


def _of_source(
    cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...], obstacles: list[str]
) -> tuple[Verdict, list[str]]:
    """The verdict for a VM that is in the input: the first stage that ends it."""
    rejected = list(_rejected_source(cluster, vm))
    if rejected:
        return Verdict.REJECTED, rejected
    stuck = [volume.reason for volume in volumes if volume.blocks]
    stuck += [*_run_state_obstacles(cluster, vm, volumes), *obstacles]
    if stuck:
        return Verdict.STUCK, stuck
    return _captured(cluster, vm, [volume for volume in volumes if volume.persistent])


_NOT_HALTED = (Declared.RUNNING, Declared.UNDECIDED)


def _rejected_source(cluster: Cluster, vm: Manifest) -> Iterator[str]:
    behaviour = cluster.behaviour
    if behaviour.run_state_refused and run_state.declared(vm) in _NOT_HALTED:
        yield f'VirtualMachine "{vm.name}" is running'
    rejected = {
        "persistent TPM": behaviour.backend_state_refused_tpm,
        "persistent EFI": behaviour.backend_state_refused_efi,
    }
    for place in persistent_state(vm):
        if rejected[place.note]:
            yield (
                f'VirtualMachine "{vm.name}" has a {place.note}, which this release does not '
                'support ("needs backend storage, which is not yet supported")'
            )


def _run_state_obstacles(
    cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]
) -> Iterator[str]:
    """What keeps the controller from locking or freezing the VM, apart from its volumes."""
    behaviour = cluster.behaviour
    online = run_state.is_online(cluster, vm)
    vmi = run_state.instance(cluster, vm)
    # since 1.4 even a VMI that has ended counts as online
    offline = online is False and (vmi is None or not behaviour.vmi_decides_online)
    if offline and behaviour.pods_block_offline:
        claims = {v.claim_name for v in volumes if v.persistent and v.claim_name}
        if mounts := sum(len(cluster.mounts(claim, vm)) for claim in claims):
            yield f"the VM is stopped, but pods use its PVCs ({counted(mounts, 'mount')})"
        if len(cluster.workspace.of(VM)) > 1:
            from vmsnap_lint.kubevirt.snapshot.held_claims import held_claims  # others hold them

            yield from held_claims(cluster, vm, sorted(claims))
    strategy = run_state.strategy(vm)
    if online is False and strategy in behaviour.hang_strategies:
        yield f'runStrategy "{strategy}" counts as online, but no VMI exists'
    if vmi is not None and behaviour.paused_frozen and run_state.is_paused_with_agent(vmi):
        yield "the VM is paused, so its guest agent cannot freeze it"
    if vm.get("spec", "instancetype") or vm.get("spec", "preference"):
        from vmsnap_lint.kubevirt.snapshot.instancetypes import missing_types  # few VMs

        for effect, problem in missing_types(cluster, vm):
            if effect is Effect.STUCK:
                yield problem.message


def _captured(
    cluster: Cluster, vm: Manifest, persistent: list[Volume]
) -> tuple[Verdict, list[str]]:
    """The verdict for a snapshot that gets its content."""
    notes = _notes(cluster, vm)
    if not persistent:
        return Verdict.EMPTY, ["the VM has no volume that can be snapshotted", *notes]
    reasons: dict[bool | None, list[str]] = {None: [], False: [], True: []}
    for volume in persistent:
        included = None if volume.included and volume.is_doubtful else volume.included
        reasons[included].append(f'volume "{volume.name}": {volume.reason}')
    missing, unknown = reasons[False], reasons[None]
    plugged = list(_plugged_in_only(cluster, vm))
    if unknown:
        return Verdict.UNKNOWN, [*missing, *plugged, *unknown, *notes]
    if not missing and not plugged:
        return Verdict.COMPLETE, [*_doubts(persistent), *notes]
    if len(missing) == len(persistent):
        missing.append("the snapshot becomes Ready without any disk")
    missing += plugged
    return Verdict.PARTIAL, [*missing, *notes]


def _plugged_in_only(cluster: Cluster, vm: Manifest) -> Iterator[str]:
    """The disks that only the running VMI has."""
    vmi = run_state.instance(cluster, vm)
    if vmi is not None:
        from vmsnap_lint.kubevirt.snapshot.hotplugged import plugged_in_only  # exports only

        yield from (problem.message for problem in plugged_in_only(vm, vmi))


def _doubts(volumes: list[Volume]) -> list[str]:
    """What may still go wrong with volumes that are included: causes above info."""
    return [
        f'volume "{volume.name}": {cause.reason}'
        for volume in volumes
        for cause in volume.causes
        if cause.severity is not Severity.INFO
    ]


def _notes(cluster: Cluster, vm: Manifest) -> list[str]:
    """What a reader should know of a snapshot that still becomes ready."""
    if run_state.is_online(cluster, vm) is not True:
        return []
    vmi = run_state.instance(cluster, vm)
    if vmi is not None and run_state.has_condition(vmi, "AgentConnected"):
        return ["the VM runs: its guest agent freezes the file systems"]
    effect = "the snapshot is crash-consistent unless its guest agent freezes the file systems"
    return [f"the VM runs: {effect}"]
