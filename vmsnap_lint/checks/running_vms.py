"""Whether the VM of a snapshot runs, by what its manifest asks for and what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.releases import NEWEST, behaviour
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]

_NOT_HALTED = (Declared.RUNNING, Declared.UNDECIDED)
_SINCE = {"Once": "0.51", "WaitAsReceiver": "1.6"}


def running_vm_refused(vm: Manifest, world: World) -> Iterator[Problem]:
    """A release without online snapshots refuses the snapshot of a VM that is not halted."""
    if not world.behaviour.run_state_refused or not _is_due(vm, world):
        return
    if run_state.declared(vm) in _NOT_HALTED:
        message = (
            f"{_asked(vm)}, and up to KubeVirt 0.40 only a halted VM can be snapshotted: "
            "the snapshot is refused"
        )
        yield Problem(run_state.run_state_place(vm), message, world.named_at(vm))


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
    seen = (sighting,) if sighting else ()
    what = f'VirtualMachine "{vm.name}" was seen running' if seen else _asked(vm)
    effect = (
        "its snapshot is crash-consistent, unless a guest agent freezes the file systems"
        if world.policy.online
        else "an offline snapshot needs it stopped first"
    )
    severity = Severity.INFO if world.policy.online else None
    place = run_state.run_state_place(vm)
    yield Problem(place, f"{what}: {effect}", (*seen, *world.named_at(vm)), severity)


def run_state_undecidable(vm: Manifest, world: World) -> Iterator[Problem]:
    """The run strategy leaves open whether the VM runs, and nothing of the input shows it."""
    if world.behaviour.run_state_refused or not _is_due(vm, world):
        return
    online = run_state.is_online(world.cluster, vm)
    if online or run_state.declared(vm) is not Declared.UNDECIDED:
        return
    strategy = run_state.strategy(vm)
    hangs = strategy in world.behaviour.hang_strategies
    if online is False and not hangs:
        return
    message = f'runStrategy "{strategy}" does not tell whether the VM runs'
    if hangs:
        message = (
            f'runStrategy "{strategy}" counts as running in this release: while the VM is off, its '
            "snapshot hangs until its deadline"
        )
    severity = Severity.WARNING if hangs else None
    yield Problem(run_state.run_state_place(vm), message, world.named_at(vm), severity)


def running_and_strategy(vm: Manifest, world: World) -> Iterator[Problem]:
    """Both fields are set, of which one may be."""
    if _is_whole(vm, world) and run_state.declared(vm) is Declared.BOTH:
        message = "running and runStrategy exclude each other: the VM is refused"
        other = vm.at("spec", "runStrategy", note="the other one")
        yield Problem(vm.at("spec", "running", key=True), message, (other, *world.named_at(vm)))


def run_state_missing(vm: Manifest, world: World) -> Iterator[Problem]:
    """Neither field is set, of which one must be."""
    if _is_whole(vm, world) and run_state.declared(vm) is Declared.MISSING:
        message = "neither runStrategy nor running is set: the VM is refused"
        yield Problem(vm.at("spec", key=True), message, world.named_at(vm))


def run_strategy_unknown(vm: Manifest, world: World) -> Iterator[Problem]:
    """A runStrategy that the release does not have."""
    named = vm.get("spec", "runStrategy")
    if not isinstance(named, str) or not _is_whole(vm, world) or holds_placeholder(named):
        return
    if named in world.behaviour.run_strategies:
        return
    message = _unknown_strategy(named, world)
    yield Problem(vm.at("spec", "runStrategy"), message, world.named_at(vm))


def halted_but_vmi_exists(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM is to be off, and its VMI is still there."""
    if not world.behaviour.online_snapshots or not _is_due(vm, world):
        return
    vmi = run_state.instance(world.cluster, vm)
    if vmi is None or not run_state.is_alive(vmi) or run_state.declared(vm) is not Declared.HALTED:
        return
    phase = vmi.text("status", "phase")
    message = (
        f"the VM is to be halted, but its VirtualMachineInstance {_is(phase)}: "
        "a snapshot taken now is one of a running VM"
    )
    seen = vmi.at("status", "phase", note="the VirtualMachineInstance")
    yield Problem(run_state.run_state_place(vm), message, (seen, *world.named_at(vm)))


def _is_due(vm: Manifest, world: World) -> bool:
    """Whether a snapshot of the VM is still to be taken, and its run state is one there is."""
    if not world.vm_in_scope(vm):
        return False
    return vm.get("spec", "running") is not None or _is_known(vm, world)


def _is_known(vm: Manifest, world: World) -> bool:
    named = vm.text("spec", "runStrategy")
    return not named or holds_placeholder(named) or named in world.behaviour.run_strategies


def _is_whole(vm: Manifest, world: World) -> bool:
    """Whether the VM is in scope and nothing will be added to its manifest."""
    return (
        world.vm_in_scope(vm)
        and bool(vm.mapping("spec", "template"))
        and not world.is_rendered_later(vm)
    )


def _asked(vm: Manifest) -> str:
    """The run state in the words of the manifest."""
    if vm.get("spec", "running") is True:
        return f'VirtualMachine "{vm.name}" has running: true'
    return f'VirtualMachine "{vm.name}" has runStrategy: {run_state.strategy(vm)}'


def _is(phase: str) -> str:
    return f"is {phase}" if phase else "exists"


def _unknown_strategy(named: str, world: World) -> str:
    known = world.behaviour.run_strategies
    if named in behaviour(NEWEST).run_strategies:
        return (
            f'runStrategy "{named}" exists since KubeVirt {_SINCE[named]}, the cluster runs '
            f"{world.cluster.release}: the VM is refused"
        )
    return (
        f'runStrategy "{named}" does not exist{nearest_hint(named, known)}: use {quoted(known)}; '
        "the VM is refused"
    )


CHECKS: dict[str, Check] = {
    "halted-but-vmi-exists": Check(halted_but_vmi_exists, (VM,), prefilters.may_run),
    "run-state-missing": Check(run_state_missing, (VM,), prefilters.may_run),
    "run-state-undecidable": Check(run_state_undecidable, (VM,), prefilters.may_run),
    "run-strategy-unknown": Check(run_strategy_unknown, (VM,), prefilters.may_run),
    "running-and-strategy": Check(running_and_strategy, (VM,), prefilters.may_run),
    "running-vm-refused": Check(running_vm_refused, (VM,), prefilters.may_run),
    "source-vm-running": Check(source_vm_running, (VM,), prefilters.may_run),
}
