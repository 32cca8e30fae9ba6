"""What blocks a snapshot in an exported cluster: guests, pods, other snapshots."""

from __future__ import annotations

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.causes import naming_places, vm_causes, vmi_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import RESTORE, VM, VMI
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.snapshot import snapshot_blockers
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
        yield Problem(vmi.at("status", "phase"), message, naming_places(vmi, world))


def vm_busy(vm: Manifest, world: World) -> Iterator[Problem]:
    """Another snapshot or a restore locks the VM."""
    waiting = world.snapshots_of(vm)
    for blocker in snapshot_blockers.busy(world.cluster, vm, waiting):
        is_told = blocker.effect is Effect.STUCK and world.vm_in_scope(vm)  # only cloned
        if waiting or is_told:
            yield blocker.problem
    restore = vm.text("status", "restoreInProgress")
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


def _waiting_for_restore(vm: Manifest, holder: str, world: World) -> list[Manifest]:
    """The snapshots of the VM to be taken, and the other restores onto it."""
    waiting = world.restores.onto(vm) if world.workspace.of(RESTORE) else []
    restores = [restore for restore in waiting if restore.name != holder]
    return [*world.snapshots_of(vm), *restores]


CHECKS: dict[str, Check] = {
    "edit-blocked-by-snapshot": Check(edit_blocked_by_snapshot, (VM,), prefilters.may_be_blocked),
    "no-agent-evidence": Check(no_agent_evidence, (VMI,)),
    "offline-claim-in-use": row((VM,), vm_causes),
    "paused-with-agent": row((VMI,), vmi_causes),
    "vm-busy": Check(vm_busy, (VM,), prefilters.may_be_blocked),
    "vm-terminating": row((VM,), vm_causes),
}
