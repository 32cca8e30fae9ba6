"""Judges a VM that a patch makes, as it is decoded, validated and admitted.

kubevirt v1.9.0: the controller decodes it without a complaint about unknown fields (`patchVM` of
pkg/storage/snapshot/restore.go), and creates it as any other VM.
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import verbatim
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.admission import vm_webhook, webhooks
from vmsnap_lint.objects.manifest import Manifest, Place
from vmsnap_lint.schema import SchemaFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Key
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.problem import Problem

__all__ = ["VmFault", "faults"]

_TEMPLATE = ("spec", "template", "spec")
_NAMED = (
    ("domain", "devices", "disks"), ("domain", "devices", "filesystems"),
    ("domain", "devices", "interfaces"), ("networks",), ("volumes",),
)  # fmt: skip
# What decoding drops or fills in.
_NO_FAULT = (SchemaFault.MISSING_FIELD, SchemaFault.TOO_NEW_FIELD, SchemaFault.UNKNOWN_FIELD)


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
    for cause, problem in webhooks.rejections(cluster, made):
        if cause not in _NO_FAULT:
            effect = f"the API server refuses ({verbatim(problem.message)})"
            yield VmFault(_path(problem), effect)
    yield from _nameless(made)
    for _, problem in vm_webhook.refusals(cluster, made):
        if problem.severity in (None, Severity.ERROR):
            effect = f"the VM webhook refuses ({verbatim(problem.message)})"
            yield VmFault(_path(problem), effect)


def _nameless(vm: Manifest) -> Iterator[VmFault]:
    """Entries of which decoding makes such with an empty name."""
    for path in _NAMED:
        for index, entry in vm.items(*_TEMPLATE, *path):
            if not entry.get("name"):
                effect = f"the VM webhook refuses, as an entry of its {path[-1]} has no name"
                yield VmFault((*_TEMPLATE, *path, index), effect)


def _path(problem: Problem) -> tuple[Key, ...]:
    return problem.at.path if isinstance(problem.at, Place) else ()
