"""The group and the kind of a reference become those that are meant."""

from __future__ import annotations

from vmsnap_lint.core.kinds import VM, VMI
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety
from vmsnap_lint.objects import mending

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["of_kind", "to_vm", "with_group"]


def with_group(reference: Place, kind: Kind) -> tuple[Remedy, ...]:
    """The group of the kind that the reference names; not where a key for it is misspelt."""
    written = reference.manifest.mapping(*reference.path)
    if written.get("kind") != kind.kind or written.keys() & {"apiVersion", "group"}:
        return ()
    return mending.added(reference, "apiGroup", kind.group, Safety.SAFE, before="kind")


def to_vm(at: Place) -> tuple[Remedy, ...]:
    """The group or the kind of VMs, which a field must have; certain where the other one says so.

    A VMI has the name of its VM.
    """
    written = at.manifest.mapping(*at.path[:-1])
    value = at.manifest.text(*at.path)
    if at.path[-1] == "apiGroup":
        is_meant = written.get("kind") == VM.kind or value.startswith(f"{VM.group}/")
        return mending.with_value(at, VM.group, Safety.SAFE if is_meant else Safety.UNSAFE)
    if value == VMI.kind:
        return mending.with_value(at, VM.kind, Safety.UNSAFE)
    return mending.chosen(at, value, (VM.kind,))


def of_kind(at: Place, group: str) -> tuple[Remedy, ...]:
    """The group that the kind next to it has."""
    return mending.with_value(at, group, Safety.SAFE)
