"""What blocks a snapshot in an exported cluster: guests, pods, other snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import RESTORE, VM, VMI
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.snapshot import status
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import CLAIM_FIELDS, VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

    _VolumeSource = tuple[object, object, object]

__all__ = ["CHECKS"]


def no_agent_evidence(vmi: Manifest, world: World) -> Iterator[Problem]:
    """A running VMI has no guest agent to freeze its file systems."""
    if vmi.text("status", "phase") != "Running" or not world.behaviour.online_snapshots:
        return
    if any(run_state.has_condition(vmi, kind) for kind in ("AgentConnected", "Paused")):
        return
    if world.is_awaited(vmi):
        name = f'VirtualMachineInstance "{vmi.name}"'
        message = f"{name} has no guest agent: a snapshot is crash-consistent"
        yield Problem(vmi.at("status", "phase"), message, _snapshots(vmi, world))


def paused_with_agent(vmi: Manifest, world: World) -> Iterator[Problem]:
    """A paused VMI with a guest agent, which the release still asks to freeze."""
    if not world.behaviour.paused_frozen or not run_state.is_alive(vmi):
        return
    paused = status.condition(vmi, "Paused")
    if paused is None or not run_state.is_paused_with_agent(vmi) or not _is_due(vmi, world):
        return
    message = (
        f'VirtualMachineInstance "{vmi.name}" is paused: in this release its guest agent cannot '
        "freeze it, and the snapshot fails"
    )
    at = vmi.at("status", "conditions", paused[0], "type")
    yield Problem(at, message, _snapshots(vmi, world))


def offline_claim_in_use(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM is stopped, and a pod mounts one of its PVCs."""
    if not world.behaviour.pods_block_offline or not world.vm_in_scope(vm):
        return
    if run_state.is_online(world.cluster, vm) is not False:
        return
    for volume in world.volumes(vm):
        claim = volume.claim_name if volume.persistent else None
        names, pods = run_state.pods_using(world.cluster, vm, claim or "")
        if claim and pods:
            message = (
                f'volume "{volume.name}": the VM is stopped, but its PVC "{volume.claim_name}" is '
                f"used by Pod {names}; the snapshot waits for them"
            )
            yield Problem(volume.at, message, (*pods[:3], *world.named_at(vm)))


def vm_busy(vm: Manifest, world: World) -> Iterator[Problem]:
    """Another snapshot or a restore locks the VM."""
    snapshot, restore = (vm.text("status", f"{kind}InProgress") for kind in ("snapshot", "restore"))
    others = [other for other in world.snapshots_of(vm) if other.name != snapshot]
    if snapshot and others:
        message = (
            f'snapshot "{snapshot}" of VirtualMachine "{vm.name}" is in progress: '
            f"{quoted(other.name for other in others)} can start only after it"
        )
        related = tuple(other.at("metadata", "name", note="waits") for other in others[:3])
        yield Problem(vm.at("status", "snapshotInProgress"), message, related)
    if restore and (others := _waiting_for_restore(vm, restore, world)):
        message = (
            f'restore "{restore}" is replacing the disks of VirtualMachine "{vm.name}": '
            f"{quoted(other.name for other in others)} should wait for it"
        )
        note = "starts before it is finished"
        related = tuple(other.at("metadata", "name", note=note) for other in others[:3])
        yield Problem(vm.at("status", "restoreInProgress"), message, related)


def edit_blocked_by_snapshot(exported: Manifest, world: World) -> Iterator[Problem]:
    """A manifest changes the volumes or the run state of a VM during a snapshot."""
    snapshot = exported.text("status", "snapshotInProgress")
    if not snapshot or world.first_locked(exported) is not exported:
        return
    volumes = _volumes(exported)
    note = "the snapshot that locks the VM"
    related = (exported.at("status", "snapshotInProgress", note=note),)
    for vm in world.workspace.definitions(exported):
        if vm.is_export or not vm.mapping("spec", "template"):
            continue
        for what, place in _changes(exported, volumes, vm):
            effect = f'which is rejected while snapshot "{snapshot}" is in progress'
            yield Problem(place, f"this changes the {what}, {effect}", related)


def _changes(
    exported: Manifest, volumes: list[_VolumeSource], vm: Manifest
) -> Iterator[tuple[str, Place]]:
    """The changes that the API server rejects, each with its place.

    kubevirt v1.9.0, pkg/storage/admitters/vm-storage-status.go.
    """
    if volumes != _volumes(vm):
        yield "volumes", vm.at(*VOLUMES, key=True)
    fields = ("running", "runStrategy")
    if any(exported.get("spec", field) != vm.get("spec", field) for field in fields):
        yield "run state", run_state.run_state_place(vm)


def _volumes(vm: Manifest) -> list[_VolumeSource]:
    """Name and source of each volume, without the defaults that a server adds."""
    volumes: list[_VolumeSource] = []
    for index, volume in vm.items(*VOLUMES):
        source = next((key for key in sorted(volume) if key != "name"), "")
        name = vm.get(*VOLUMES, index, source, CLAIM_FIELDS.get(source, "name"))
        volumes.append((volume.get("name"), source, name))
    return volumes


def _is_due(vmi: Manifest, world: World) -> bool:
    """Whether a snapshot of the VMI's VM is still to be taken."""
    if world.is_awaited(vmi):
        return True
    return world.policy.all_vms and world.find(VM, vmi.name, vmi) is not None


def _snapshots(vmi: Manifest, world: World) -> tuple[Place, ...]:
    return tuple(
        snapshot.at("spec", "source", "name", note=f'source of snapshot "{snapshot.name}"')
        for snapshot in world.naming(vmi)[:3]
    )


def _waiting_for_restore(vm: Manifest, holder: str, world: World) -> list[Manifest]:
    """The snapshots of the VM to be taken, and the other restores onto it."""
    waiting = world.restores.onto(vm) if world.workspace.of(RESTORE) else []
    restores = [restore for restore in waiting if restore.name != holder]
    return [*world.snapshots_of(vm), *restores]


CHECKS: dict[str, Check] = {
    "edit-blocked-by-snapshot": Check(edit_blocked_by_snapshot, (VM,), prefilters.may_be_blocked),
    "no-agent-evidence": Check(no_agent_evidence, (VMI,)),
    "offline-claim-in-use": Check(offline_claim_in_use, (VM,), prefilters.may_be_blocked),
    "paused-with-agent": Check(paused_with_agent, (VMI,)),
    "vm-busy": Check(vm_busy, (VM,), prefilters.may_be_blocked),
}
