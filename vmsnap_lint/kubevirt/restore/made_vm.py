"""Judges a VM that a patch makes, as it is decoded, validated and admitted.

kubevirt v1.9.0: the controller decodes it without a complaint about unknown fields (`patchVM` of
pkg/storage/snapshot/restore.go), and creates it as any other VM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.kubevirt import run_state
from vmsnap_lint.kubevirt.admission import webhooks
from vmsnap_lint.kubevirt.run_state import Declared
from vmsnap_lint.objects.manifest import Manifest, Place
from vmsnap_lint.objects.references import VOLUMES
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.problem import Problem

__all__ = ["VmFault", "faults"]

_DEVICES = ("spec", "template", "spec", "domain", "devices")
# What decoding drops or fills in.
_NO_FAULT = (SchemaFault.MISSING_FIELD, SchemaFault.TOO_NEW_FIELD, SchemaFault.UNKNOWN_FIELD)
_RUN_STATES = {
    Declared.BOTH: "the VM webhook refuses, it sets both running and runStrategy",
    Declared.MISSING: "the VM webhook refuses, it has neither runStrategy nor running",
    Declared.UNKNOWN: "the VM webhook refuses, its run strategy is not known",
}


class VmFault(NamedTuple):
    """What keeps a VM from being made: the place in it, and what happens to it."""

    path: tuple[Key, ...]
    effect: str


def faults(cluster: Cluster, saved: Manifest, vm: dict[str, Any]) -> Iterator[VmFault]:
    """What is wrong with a VM that is made of a saved one."""
    made = Manifest(saved.document, vm, saved.root)
    undecodable = webhooks.undecodable(cluster, made)
    if undecodable is not None:
        yield VmFault(_path(undecodable), f"cannot be decoded ({verbatim(undecodable.message)})")
        return
    if not isinstance(made.get("spec", "template"), dict):
        yield VmFault(("spec", "template"), "the VM webhook refuses, it has no template")
        return
    for cause, problem in webhooks.rejections(cluster, made):
        if cause not in _NO_FAULT:
            effect = f"the API server refuses ({verbatim(problem.message)})"
            yield VmFault(_path(problem), effect)
    declared = run_state.declared(made)
    if declared in _RUN_STATES:
        yield VmFault(("spec", "runStrategy"), _RUN_STATES[declared])
    yield from _disks(made)


def _path(problem: Problem) -> tuple[Key, ...]:
    return problem.at.path if isinstance(problem.at, Place) else ()


def _disks(vm: Manifest) -> Iterator[VmFault]:
    """Disks without a volume, and volumes of one name."""
    names = {vm.text(*VOLUMES, index, "name") for index, _ in vm.items(*VOLUMES)}
    for field in ("disks", "filesystems"):
        for index, disk in vm.items(*_DEVICES, field):
            name = disk.get("name") or ""
            if name not in names and "cdrom" not in disk:
                effect = f'the VM webhook refuses, no volume is named "{name}"'
                yield VmFault((*_DEVICES, field, index, "name"), effect)
