"""What a dump shows to be in the way of a snapshot: guests, pods, other snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import RESTORE, VM, VMI
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.snapshot.status import is_taken
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.references import CLAIM_FIELDS, VOLUMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place


__all__ = ["CHECKS"]


def no_agent_evidence(vmi: Manifest, world: World) -> Iterator[Problem]:
    """A running VMI has no guest agent to freeze its file systems."""
    if vmi.text("status", "phase") != "Running" or not world.behaviour.online_snapshots:
        return
    if run_state.has_condition(vmi, "AgentConnected") or run_state.has_condition(vmi, "Paused"):
        return
    if _is_due(vmi, world):
        message = (
            f'no guest agent is connected in VirtualMachineInstance "{vmi.name}": nothing freezes '
            "its file systems, a snapshot is crash-consistent"
        )
        yield Problem(vmi.at("status", "phase"), message, _snapshots(vmi, world))


def paused_with_agent(vmi: Manifest, world: World) -> Iterator[Problem]:
    """A paused VMI with a guest agent, which the release asks to freeze all the same."""
    if not world.behaviour.paused_frozen or not run_state.is_alive(vmi):
        return
    if not run_state.is_paused_with_agent(vmi) or not _is_due(vmi, world):
        return
    conditions = vmi.items("status", "conditions")
    index = next(index for index, one in conditions if one.get("type") == "Paused")
    message = (
        f'VirtualMachineInstance "{vmi.name}" is paused and has a guest agent: this release asks '
        "the agent to freeze, which a paused guest cannot, and the snapshot waits until it fails"
    )
    at = vmi.at("status", "conditions", index, "type")
    yield Problem(at, message, _snapshots(vmi, world))


def offline_claim_in_use(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM is off, and a pod mounts one of its claims."""
    if not world.behaviour.pods_block_offline or not world.vm_in_scope(vm):
        return
    if run_state.is_online(world.cluster, vm) is not False:
        return
    for volume in world.volumes(vm):
        if not volume.persistent or not volume.claim_name:
            continue
        pods = run_state.pods_using(world.cluster, vm, (volume.claim_name,))
        if pods:
            names = quoted(sorted({place.manifest.name for place in pods}))
            message = (
                f'volume "{volume.name}": the VM is off, but claim "{volume.claim_name}" is in use '
                f"by Pod {names}: the snapshot waits for every pod that has not succeeded"
            )
            yield Problem(volume.at, message, (*pods[:3], *world.named_at(vm)))


def vm_busy(vm: Manifest, world: World) -> Iterator[Problem]:
    """Another snapshot or a restore holds the VM."""
    holder = vm.text("status", "snapshotInProgress")
    waiting = [one for one in world.snapshots_of(vm) if one.name != holder] if holder else []
    if waiting:
        message = (
            f'snapshot "{holder}" of VirtualMachine "{vm.name}" is in progress: '
            f"{quoted(one.name for one in waiting)} can begin only when it is done"
        )
        related = tuple(one.at("metadata", "name", note="waits") for one in waiting[:3])
        yield Problem(vm.at("status", "snapshotInProgress"), message, related)
    restore = vm.text("status", "restoreInProgress")
    if restore and (others := _waiting_for_restore(vm, restore, world)):
        message = (
            f'restore "{restore}" is replacing the disks of VirtualMachine "{vm.name}": '
            f"{quoted(one.name for one in others)} should wait until it is done"
        )
        related = tuple(one.at("metadata", "name", note="comes too early") for one in others[:3])
        yield Problem(vm.at("status", "restoreInProgress"), message, related)


def edit_blocked_by_snapshot(dumped: Manifest, world: World) -> Iterator[Problem]:
    """A manifest changes the volumes or the run state of a VM that a snapshot holds."""
    holder = dumped.text("status", "snapshotInProgress")
    if not holder:
        return
    related = (dumped.at("status", "snapshotInProgress", note="the snapshot that holds the VM"),)
    for wanted in world.workspace.definitions(dumped):
        if wanted.is_export or not wanted.mapping("spec", "template"):
            continue
        for what, place in _changes(dumped, wanted):
            message = f'this changes the {what}, which is refused while snapshot "{holder}" runs'
            yield Problem(place, message, related)


def _changes(dumped: Manifest, wanted: Manifest) -> Iterator[tuple[str, Place]]:
    """What the API server refuses to change, with its place.

    kubevirt v1.9.0, pkg/storage/admitters/vm-storage-status.go.
    """
    if _volumes(dumped) != _volumes(wanted):
        yield "volumes", wanted.at(*VOLUMES, key=True)
    for field in ("running", "runStrategy"):
        if dumped.get("spec", field) != wanted.get("spec", field):
            yield "run state", run_state.run_state_place(wanted)
            return


def _volumes(vm: Manifest) -> list[tuple[object, object, object]]:
    """Name and source of each volume, without the defaults that a server adds."""
    found: list[tuple[object, object, object]] = []
    for _, volume in vm.items(*VOLUMES):
        source = next((key for key in sorted(volume) if key != "name"), None)
        inside = volume.get(source) if source else None
        field = CLAIM_FIELDS.get(source, "name") if source else ""
        named = inside.get(field) if isinstance(inside, dict) else None
        found.append((volume.get("name"), source, named))
    return found


def _is_due(vmi: Manifest, world: World) -> bool:
    """Whether a snapshot of the VMI's VM is still to be taken."""
    if any(not is_taken(one) for one in world.naming(vmi)):
        return True
    return world.policy.all_vms and world.find(VM, vmi.name, vmi) is not None


def _snapshots(vmi: Manifest, world: World) -> tuple[Place, ...]:
    return tuple(
        one.at("spec", "source", "name", note=f'snapshot "{one.name}" names it')
        for one in world.naming(vmi)[:3]
    )


def _waiting_for_restore(vm: Manifest, holder: str, world: World) -> list[Manifest]:
    """The snapshots of the VM to be taken, and the other restores onto it."""
    waiting = list(world.snapshots_of(vm))
    for one in world.workspace.of(RESTORE):
        if one.name == holder or one.get("status", "complete") is True:
            continue
        if one.text("spec", "target", "name") == vm.name and world.workspace.same_namespace(
            one.namespace, vm.namespace
        ):
            waiting.append(one)
    return waiting


CHECKS: dict[str, Check] = {
    "edit-blocked-by-snapshot": Check(edit_blocked_by_snapshot, (VM,), prefilters.may_be_blocked),
    "no-agent-evidence": Check(no_agent_evidence, (VMI,)),
    "offline-claim-in-use": Check(offline_claim_in_use, (VM,), prefilters.may_be_blocked),
    "paused-with-agent": Check(paused_with_agent, (VMI,)),
    "vm-busy": Check(vm_busy, (VM,), prefilters.may_be_blocked),
}
