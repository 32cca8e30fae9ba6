"""Disks of a running VMI that a snapshot of its VM does not hold."""

from __future__ import annotations

from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import VM, VMI
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.snapshot.hotplugged import plugged_in_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

__all__ = ["CHECKS"]


def hotplug_not_in_spec(vmi: Manifest, world: World) -> Iterator[Problem]:
    """A disk is plugged into the VMI, and the VM does not list it."""
    vm = world.find(VM, vmi.name, vmi)
    if vm is not None and (world.vm_in_scope(vm) or vm in world.copied_vms):
        for problem in plugged_in_only(vm, vmi):
            yield problem._replace(related=(*problem.related, *world.named_at(vm)))


CHECKS: dict[str, Check] = {"hotplug-not-in-spec": Check(hotplug_not_in_spec, (VMI,))}
