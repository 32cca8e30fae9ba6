"""Instancetypes, preferences and revisions that snapshotted VMs name."""

from __future__ import annotations

from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.problem import Problem

__all__ = ["CHECKS"]


def instancetype_missing(vm: Manifest, world: World) -> Iterator[Problem]:
    """The VM names an instancetype, a preference or a revision that does not exist."""
    spec = vm.value.get("spec")
    if not isinstance(spec, dict) or not (spec.get("instancetype") or spec.get("preference")):
        return
    if world.vm_in_scope(vm) or vm in world.copied_vms:
        from vmsnap_lint.kubevirt.snapshot.instancetypes import missing_types  # few VMs have one

        for _, problem in missing_types(world.cluster, vm):
            yield problem._replace(related=(*problem.related, *world.named_at(vm)))


CHECKS: dict[str, Check] = {"instancetype-missing": Check(instancetype_missing, (VM,))}
