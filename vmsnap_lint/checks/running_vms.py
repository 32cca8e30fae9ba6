"""The run state of the VM of a snapshot."""

from __future__ import annotations

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.causes import vm_causes, vm_refusals
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.kinds import POOL, VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission.rejection import RejectionCause
from vmsnap_lint.kubevirt.admission.vm_webhook import VM_SPEC
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["CHECKS"]


def source_vm_running(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM runs, or will once applied."""
    if world.behaviour.run_state_refused or not _is_due(vm, world):
        return
    if not world.awaits_snapshot(vm):
        return  # snapshot-failed
    if run_state.declared(vm) is Declared.HALTED and run_state.instance(world.cluster, vm):
        return  # halted-but-vmi-exists
    if not run_state.is_online(world.cluster, vm):
        return
    sighting = run_state.sighting(world.cluster, vm)
    fault = f'VirtualMachine "{vm.name}" is running' if sighting else _declaration(vm)
    effect, severity = "stop it for an offline snapshot", None
    if world.policy.online:
        effect = "its snapshot is crash-consistent, unless a guest agent freezes the file systems"
        severity = Severity.INFO
    related = (*filter(None, (sighting,)), *world.named_at(vm))
    yield Problem(run_state.run_state_place(vm), f"{fault}: {effect}", related, severity)


def run_state_undecidable(vm: Manifest, world: World) -> Iterator[Problem]:
    """The run strategy leaves open whether the VM runs, and nothing of the input shows it."""
    if world.behaviour.run_state_refused or not _is_due(vm, world):
        return
    online = run_state.is_online(world.cluster, vm)
    if online or run_state.declared(vm) is not Declared.UNDECIDED:
        return
    strategy = run_state.strategy(vm)
    if online is None and strategy not in world.behaviour.hang_strategies:  # else a cause
        message = f'runStrategy "{strategy}" does not show whether the VM runs'
        yield Problem(run_state.run_state_place(vm), message, world.named_at(vm))


def running_and_strategy(vm: Manifest, world: World) -> Iterator[Problem]:
    """Both fields are set, but only one is allowed."""
    if _is_final(vm, world):
        yield from vm_refusals(vm, world, RejectionCause.RUN_STATE_TWICE)


def run_state_missing(vm: Manifest, world: World) -> Iterator[Problem]:
    """Neither field is set, but one is required."""
    if _is_final(vm, world):
        yield from vm_refusals(vm, world, RejectionCause.RUN_STATE_MISSING)


def run_strategy_unknown(vm: Manifest, world: World) -> Iterator[Problem]:
    """The release does not have that runStrategy."""
    if _is_final(vm, world):
        yield from vm_refusals(vm, world, RejectionCause.RUN_STRATEGY)


def halted_but_vmi_exists(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM should be halted, but its VMI still exists."""
    if not world.behaviour.online_snapshots or not _is_due(vm, world):
        return
    vmi = run_state.instance(world.cluster, vm)
    if vmi is None or not run_state.is_alive(vmi) or run_state.declared(vm) is not Declared.HALTED:
        return
    phase = vmi.text("status", "phase")
    state = f"is {phase}" if phase else "exists"
    message = (
        f"the VM should be halted, but its VirtualMachineInstance {state}: a snapshot would be of "
        "a running VM"
    )
    where = vmi.at("status", "phase", note="the VirtualMachineInstance")
    yield Problem(run_state.run_state_place(vm), message, (where, *world.named_at(vm)))


def _is_due(vm: Manifest, world: World) -> bool:
    """Whether a snapshot that names the VM is still to be taken, and its run state is valid.

    Of other VMs the run state decides nothing, so --all-vms adds none.
    """
    if not world.snapshots_of(vm):
        return False
    strategy = vm.text("spec", "runStrategy")
    is_set = vm.get("spec", "running") is not None or strategy in world.behaviour.run_strategies
    return is_set or not strategy or holds_placeholder(strategy)


def _is_unnamed(vm: Manifest, world: World) -> bool:
    """Whether no snapshot names the VM, so that its run state decides nothing."""
    return not world.snapshots_of(vm)


def _is_final(vm: Manifest, world: World) -> bool:
    """Whether the VM is in scope and nothing will be added to its manifest."""
    return (
        world.vm_in_scope(vm)
        and bool(vm.mapping(*VM_SPEC[vm.group_kind], "template"))
        and not world.is_rendered_later(vm)
    )


def _declaration(vm: Manifest) -> str:
    """The run state that the manifest declares."""
    running = vm.get("spec", "running") is True
    state = "running true" if running else f"runStrategy {run_state.strategy(vm)}"
    return f'VirtualMachine "{vm.name}" has {state}'


CHECKS: dict[str, Check] = {
    "halted-but-vmi-exists": Check(halted_but_vmi_exists, (VM,), prefilters.may_run),
    "run-state-missing": Check(run_state_missing, (POOL, VM), prefilters.may_run),
    "run-state-undecidable": Check(
        run_state_undecidable, (VM,), prefilters.may_run, sources=(vm_causes,), unless=_is_unnamed
    ),
    "run-strategy-unknown": Check(run_strategy_unknown, (POOL, VM), prefilters.may_run),
    "running-and-strategy": Check(running_and_strategy, (POOL, VM), prefilters.may_run),
    "running-vm-refused": row((VM,), vm_causes, unless=_is_unnamed),
    "source-vm-running": Check(source_vm_running, (VM,), prefilters.may_run),
}
