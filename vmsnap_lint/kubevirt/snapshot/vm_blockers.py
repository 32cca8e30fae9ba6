"""What a VM, its VMI and its PVCs are like that keeps any snapshot of the VM from completing.

Admission: kubevirt v1.9.0, pkg/storage/admitters/vmsnapshot.go; the lock: `Lock` of
pkg/storage/snapshot/source.go; older releases by the table in releases.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import POD, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_PLACES
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.blocker import Blocker, Effect
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.snapshot.status import condition
from vmsnap_lint.kubevirt.storage.backend_state import persistent_state
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.volume import Volume
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["paused_with_agent", "vm_blockers"]

_NOT_HALTED = (Declared.RUNNING, Declared.UNDECIDED)


def vm_blockers(cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]) -> Iterator[Blocker]:
    """Everything of the VM that keeps a snapshot from completing, or may."""
    yield from _refused(cluster, vm)
    if vm.get("metadata", "deletionTimestamp"):
        yield _terminating(vm)
    yield from _held(cluster, vm, volumes)
    if cluster.behaviour.hang_strategies:
        yield from _hanging(cluster, vm)
    vmi = run_state.instance(cluster, vm)
    if vmi is not None:
        yield from paused_with_agent(cluster, vmi)
        yield from _hotplugged(vm, vmi)
    spec = vm.mapping("spec")
    if spec.get("instancetype") or spec.get("preference"):
        yield from _without_revision(cluster, vm)
    if spec.get("preference"):
        from vmsnap_lint.kubevirt.snapshot import preferred_state  # many VMs have none

        yield from preferred_state.blockers(cluster, vm)


def _hotplugged(vm: Manifest, vmi: Manifest) -> Iterator[Blocker]:
    """The disks of a running VMI that the VM does not list."""
    from vmsnap_lint.kubevirt.snapshot.hotplugged import plugged_in_only  # exports only

    for problem in plugged_in_only(vm, vmi):
        yield Blocker(SnapshotCause.HOTPLUGGED, Effect.PARTIAL, problem)


def _without_revision(cluster: Cluster, vm: Manifest) -> Iterator[Blocker]:
    """The revisions of instancetype and preference that a snapshot cannot copy."""
    from vmsnap_lint.kubevirt.snapshot.instancetypes import missing_types  # few VMs have one

    for effect, problem in missing_types(cluster, vm):
        if effect is not None:
            yield Blocker(SnapshotCause.REVISION_MISSING, effect, problem)


def paused_with_agent(cluster: Cluster, vmi: Manifest) -> Iterator[Blocker]:
    """A paused VMI with a guest agent, which the release still asks to freeze."""
    if not cluster.behaviour.paused_frozen or not run_state.is_alive(vmi):
        return
    paused = condition(vmi, "Paused")
    if paused is not None and run_state.is_paused_with_agent(vmi):
        message = (
            f'VirtualMachineInstance "{vmi.name}" is paused: in this release its guest agent '
            "cannot freeze it, and the snapshot fails"
        )
        problem = Problem(vmi.at("status", "conditions", paused[0], "type"), message)
        yield Blocker(SnapshotCause.PAUSED, Effect.STUCK, problem)


def _refused(cluster: Cluster, vm: Manifest) -> Iterator[Blocker]:
    """What the webhook of old releases rejects a snapshot for."""
    refuses = cluster.behaviour
    if refuses.run_state_refused and _may_run(cluster, vm):
        state = "running true" if vm.get("spec", "running") is True else _strategy(vm)
        message = (
            f'VirtualMachine "{vm.name}" has {state}: up to KubeVirt 0.40 a snapshot of a VM that '
            "is not halted is rejected"
        )
        problem = Problem(run_state.run_state_place(vm), message)
        yield Blocker(SnapshotCause.RUNNING_REFUSED, Effect.REJECTED, problem)
    if refuses.backend_state_refused_tpm or refuses.backend_state_refused_efi:
        yield from _state_refused(cluster, vm)


def _may_run(cluster: Cluster, vm: Manifest) -> bool:
    """Whether its run state is one of the release and does not halt it."""
    is_known = run_state.strategy(vm) in cluster.behaviour.run_strategies
    return is_known and run_state.declared(vm) in _NOT_HALTED


def _state_refused(cluster: Cluster, vm: Manifest) -> Iterator[Blocker]:
    """The persistent state of a VM for which some releases reject its snapshots."""
    rejected = {
        "persistent TPM": cluster.behaviour.backend_state_refused_tpm,
        "persistent EFI": cluster.behaviour.backend_state_refused_efi,
    }
    for place in persistent_state(vm):
        if rejected[place.note]:
            what = f"KubeVirt {cluster.release} rejects snapshots of a VM with a {place.note}"
            problem = Problem(place._replace(note=""), f"{what}; 1.4.1 and 1.5 accept them")
            yield Blocker(SnapshotCause.STATE_REFUSED, Effect.REJECTED, problem)


def _strategy(vm: Manifest) -> str:
    return f"runStrategy {run_state.strategy(vm)}"


def _terminating(vm: Manifest) -> Blocker:
    """A VM that is being deleted takes no new finalizer, without which there is no lock.

    kubernetes v1.34, staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go.
    """
    message = (
        f'VirtualMachine "{vm.name}" is being deleted: it takes no new finalizer, so that a '
        "snapshot never gets its lock"
    )
    problem = Problem(vm.at("metadata", "deletionTimestamp"), message)
    return Blocker(SnapshotCause.VM_TERMINATING, Effect.STUCK, problem)


def _held(cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]) -> Iterator[Blocker]:
    """PVCs of a stopped VM that pods use, or will use."""
    by_vms, by_pods = cluster.once(_holders)
    if not (by_vms or by_pods):
        return
    if run_state.is_online(cluster, vm) is not False:
        return
    if run_state.instance(cluster, vm) is not None and cluster.behaviour.vmi_decides_online:
        return  # since 1.4 even a VMI that has ended counts as online
    if by_pods:
        yield from _used(cluster, vm, volumes)
    if by_vms:
        from vmsnap_lint.kubevirt.snapshot import held_claims  # others hold them

        yield from held_claims.held_claims(cluster, vm, volumes)


def _holders(cluster: Cluster) -> tuple[bool, bool]:
    """Whether other VMs may hold PVCs of a stopped VM, and whether pods may."""
    if not cluster.behaviour.pods_block_offline:
        return False, False
    pods = bool(cluster.workspace.of(POD))
    if len(cluster.workspace.of(VM)) < 2:
        return False, pods
    from vmsnap_lint.kubevirt.snapshot import held_claims  # others hold them

    return held_claims.may_hold(cluster), pods


def _used(cluster: Cluster, vm: Manifest, volumes: tuple[Volume, ...]) -> Iterator[Blocker]:
    for volume in volumes:
        claim = volume.claim_name if volume.persistent else None
        names, pods = run_state.pods_using(cluster, vm, claim or "")
        if claim and pods:
            message = (
                f'volume "{volume.name}": the VM is stopped, but its PVC "{claim}" is used by Pod '
                f"{names}; the snapshot waits for them"
            )
            problem = Problem(volume.at, message, tuple(pods[:MOST_PLACES]))
            yield Blocker(SnapshotCause.CLAIM_IN_USE, Effect.STUCK, problem)


def _hanging(cluster: Cluster, vm: Manifest) -> Iterator[Blocker]:
    """A run strategy that counts as running, whether or not there is a VMI."""
    strategy = run_state.strategy(vm)
    if strategy not in cluster.behaviour.hang_strategies:
        return
    online = run_state.is_online(cluster, vm)
    if online is not True:
        message = (
            f'runStrategy "{strategy}" counts as running in this release: if the VM is stopped, '
            "its snapshot hangs until its deadline"
        )
        problem = Problem(run_state.run_state_place(vm), message, severity=Severity.WARNING)
        effect = Effect.DOUBT if online is None else Effect.STUCK
        yield Blocker(SnapshotCause.RUN_STATE_HANGS, effect, problem)
