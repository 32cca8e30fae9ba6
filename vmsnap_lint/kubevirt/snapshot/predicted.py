"""A snapshot becomes what the controller would do with it, volume by volume.

`updateVMSnapshot`, `createContent` and `updateSnapshotStatus` of kubevirt v1.9.0,
pkg/storage/snapshot/snapshot.go, and `Lock` of source.go; older releases by the table in releases.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import POOL, RESTORE, SNAPSHOT, VM
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder, parse_duration
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = [
    "SnapshotPlan", "Verdict", "VolumePlan", "is_made_by_pool", "machine_plan", "snapshot_plan",
    "source_of",
]  # fmt: skip


class Verdict(Enum):
    """What becomes of a snapshot."""

    REJECTED = "rejected"
    """The API server or a webhook refuses it."""
    STUCK = "stuck"
    """It stays in progress until its deadline, then fails."""
    PARTIAL = "partial"
    """It becomes ready without a persistent volume of the VM."""
    EMPTY = "empty"
    """It becomes ready and holds no data: the VM has no persistent volume."""
    COMPLETE = "complete"
    UNKNOWN = "unknown"


class VolumePlan(NamedTuple):
    """One volume of the VM: whether the snapshot holds it, None where the input cannot tell."""

    name: str
    claim: str | None
    included: bool | None
    storage_class: str | None
    snapshot_class: str | None
    reason: str
    persistent: bool


class SnapshotPlan(NamedTuple):
    """The outcome of one snapshot, or of the one that would be taken of a VM."""

    namespace: str | None
    name: str
    source: str
    verdict: Verdict
    reasons: tuple[str, ...]
    volumes: tuple[VolumePlan, ...]


def source_of(cluster: Cluster, snapshot: Manifest) -> Manifest | Absence:
    """The VM that a snapshot names; UNKNOWN where it names none or in a placeholder."""
    name = snapshot.text("spec", "source", "name")
    if snapshot.get("spec", "source", "name") == "":
        return Absence.ABSENT  # no schema and no webhook looks at it, and nothing has that name
    if not name or holds_placeholder(name):
        return Absence.UNKNOWN
    found = cluster.resolve(VM, name, snapshot)
    if isinstance(found, Absence) and is_made_by_pool(cluster, name, snapshot):
        return Absence.UNKNOWN
    if found is Absence.UNKNOWN and cluster.workspace.elsewhere(VM, snapshot.namespace, name):
        return Absence.ABSENT
    if found is Absence.ABSENT and _is_made_later(cluster, name, snapshot):
        return Absence.UNKNOWN
    return found


def _is_made_later(cluster: Cluster, name: str, snapshot: Manifest) -> bool:
    """Whether a clone, another snapshot's restore or `generateName` may give a VM of that name."""
    if cluster.workspace.is_complete(VM):
        return False
    return any(
        cluster.workspace.same_namespace(maker.namespace, snapshot.namespace)
        and (
            maker.group_kind != RESTORE
            or maker.text("spec", "virtualMachineSnapshotName") != snapshot.name
        )
        for maker in cluster.vm_makers(name)
    )


def is_made_by_pool(cluster: Cluster, name: str, near: Manifest) -> bool:
    """Whether a pool of the namespace makes VMs of such a name: `<pool>-<number>`.

    kubevirt v1.9.0, pkg/virt-controller/watch/pool/pool.go.
    """
    pool, dash, number = name.rpartition("-")
    return bool(dash) and number.isdecimal() and cluster.find(POOL, pool, near) is not None


def snapshot_plan(
    cluster: Cluster, snapshot: Manifest, vm: Manifest | Absence, volumes: tuple[Volume, ...]
) -> SnapshotPlan:
    """The outcome of a VirtualMachineSnapshot whose source was resolved to `vm`."""
    refused = [one.problem.message for one in webhooks.rejections(cluster, snapshot)]
    gate = webhooks.gate(cluster)
    if gate is not None and gate.severity is None:
        refused.append(gate.message)
    if refused:
        verdict, reasons = Verdict.REJECTED, refused
    elif isinstance(vm, Absence):
        verdict, reasons = _without_source(cluster, snapshot, vm)
    else:
        busy = _busy(cluster, vm, snapshot) + _late(snapshot)
        verdict, reasons = _of_source(cluster, vm, volumes, busy)
    return SnapshotPlan(
        snapshot.namespace,
        snapshot.name or snapshot.text("metadata", "generateName"),
        snapshot.text("spec", "source", "name"),
        verdict,
        tuple(reasons),
        tuple(map(_volume_plan, volumes)),
    )


def machine_plan(cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]) -> SnapshotPlan:
    """The outcome of a snapshot with default settings, were one taken of `vm`."""
    gate = webhooks.gate(cluster)
    if gate is not None and gate.severity is None:
        verdict, reasons = Verdict.REJECTED, [gate.message]
    else:
        verdict, reasons = _of_source(cluster, vm, volumes, [])
    shown = tuple(map(_volume_plan, volumes))
    return SnapshotPlan(vm.namespace, vm.name, vm.name, verdict, tuple(reasons), shown)


def _volume_plan(volume: Volume) -> VolumePlan:
    return VolumePlan(
        volume.name,
        volume.claim_name,
        volume.included,
        volume.storage_class,
        volume.snapshot_class,
        volume.reason,
        volume.persistent,
    )


def _late(snapshot: Manifest) -> list[str]:
    """A deadline that has passed before anything is done."""
    text = snapshot.text("spec", "failureDeadline")
    deadline = parse_duration(text) if text else None
    # creationTimestamp has whole seconds, so less than one has passed before work begins
    if deadline is None or deadline == 0 or deadline >= 1:
        return []
    return [f"failureDeadline of {deadline:g} s has passed before the snapshot is taken"]


def _busy(cluster: Cluster, vm: Manifest, snapshot: Manifest) -> list[str]:
    """A lock on the VM that is left from a snapshot which is no more.

    Of one that still exists the lock will go: snapshots of one VM are taken one after the other.
    """
    holder = vm.text("status", "snapshotInProgress")
    if not holder or holder == snapshot.name:
        return []
    complete = cluster.workspace.is_complete(SNAPSHOT)
    if not complete or cluster.resolve(SNAPSHOT, holder, snapshot) is not Absence.ABSENT:
        return []
    return [f'the VM is locked by snapshot "{holder}", which does not exist']


def _without_source(
    cluster: Cluster, snapshot: Manifest, why: Absence
) -> tuple[Verdict, list[str]]:
    name = snapshot.text("spec", "source", "name")
    if why is Absence.AMBIGUOUS:
        return Verdict.UNKNOWN, [
            f'VirtualMachine "{name}" is defined differently in several places'
        ]
    if why is not Absence.ABSENT:
        return Verdict.UNKNOWN, [f'VirtualMachine "{name}" is not in the input']
    where = f' in namespace "{snapshot.namespace}"' if snapshot.namespace else ""
    if cluster.behaviour.source_checked_on_admission:
        return Verdict.REJECTED, [f'VirtualMachine "{name}" does not exist{where}']
    return Verdict.STUCK, [f'VirtualMachine "{name}" does not exist{where}']


def _of_source(
    cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...], busy: list[str]
) -> tuple[Verdict, list[str]]:
    """The verdict for a VM that the input holds: the first stage that ends it."""
    refused = list(_refused_source(cluster, vm))
    if refused:
        return Verdict.REJECTED, refused
    stuck = [volume.reason for volume in volumes if volume.blocks]
    stuck += _held_up(cluster, vm, volumes) + busy
    if stuck:
        return Verdict.STUCK, stuck
    return _captured(cluster, vm, [volume for volume in volumes if volume.persistent])


_NOT_HALTED = (Declared.RUNNING, Declared.UNDECIDED)


def _refused_source(cluster: Cluster, vm: Manifest) -> Iterator[str]:
    behaviour = cluster.behaviour
    if behaviour.run_state_refused and run_state.declared(vm) in _NOT_HALTED:
        yield f'VirtualMachine "{vm.name}" is running'
    refused = {
        "persistent TPM": behaviour.backend_state_refused_tpm,
        "persistent EFI": behaviour.backend_state_refused_efi,
    }
    for place in persistent_state(vm):
        if refused[place.note]:
            yield f'VirtualMachine "{vm.name}" has a {place.note}, which this release refuses'


def _held_up(cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]) -> list[str]:
    """What keeps the controller from locking or freezing the VM, beside its volumes."""
    behaviour = cluster.behaviour
    online = run_state.is_online(cluster, vm)
    vmi = run_state.instance(cluster, vm)
    held = []
    # since 1.4 even a VMI that has come to its end counts as online
    offline = online is False and (vmi is None or not behaviour.vmi_decides_online)
    if offline and behaviour.pods_block_offline:
        claims = frozenset(v.claim_name for v in volumes if v.persistent and v.claim_name)
        pods = run_state.pods_using(cluster, vm, claims)
        if pods:
            held.append(
                f"the VM is offline, but {counted(len(pods), 'mount')} of its claims by pods"
            )
    named = run_state.strategy(vm)
    if online is False and named in behaviour.hang_strategies:
        held.append(f'runStrategy "{named}" counts as online, but no VMI exists')
    if vmi is not None and behaviour.paused_frozen and run_state.is_paused_with_agent(vmi):
        held.append("the VM is paused, so its guest agent cannot freeze it")
    return held


def _captured(
    cluster: Cluster, vm: Manifest, persistent: list[Volume]
) -> tuple[Verdict, list[str]]:
    """What a snapshot that gets its content would hold."""
    notes = _notes(cluster, vm)
    if not persistent:
        return Verdict.EMPTY, ["the VM has no volume that a snapshot could hold", *notes]
    unsure = [f'volume "{v.name}": {v.reason}' for v in persistent if v.included is None]
    lost = [v for v in persistent if v.included is False]
    gone = [f'volume "{v.name}": {v.reason}' for v in lost]
    if unsure:
        return Verdict.UNKNOWN, [*gone, *unsure, *notes]
    if not lost:
        return Verdict.COMPLETE, [*_doubts(persistent), *notes]
    if len(lost) == len(persistent):
        gone.append("the snapshot becomes Ready and holds no disk at all")
    return Verdict.PARTIAL, [*gone, *notes]


def _doubts(taken: list[Volume]) -> list[str]:
    """What may still go wrong with volumes that KubeVirt takes: more than worth knowing."""
    return [
        f'volume "{volume.name}": {cause.reason}'
        for volume in taken
        for cause in volume.causes
        if cause.severity is not Severity.INFO
    ]


def _notes(cluster: Cluster, vm: Manifest) -> list[str]:
    """What a reader should know of a snapshot that becomes ready all the same."""
    if run_state.is_online(cluster, vm) is not True:
        return []
    vmi = run_state.instance(cluster, vm)
    if vmi is not None and run_state.has_condition(vmi, "AgentConnected"):
        return ["the VM runs: its guest agent freezes the file systems"]
    return ["the VM runs: the snapshot is crash-consistent unless a guest agent answers"]
