"""The group and the kind of a reference become those that are meant."""

from __future__ import annotations

from vmsnap_lint.core.kinds import VM, VMI
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.model import Safety
from vmsnap_lint.core.vocabulary import nearest
from vmsnap_lint.objects import mending

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Place
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["of_vm", "to_vm", "with_group"]

_MEANT = frozenset(("apiVersion", "group"))


def of_vm(reference: Place) -> tuple[Remedy, ...]:
    """The group of VMs, as certain as it is that the kind of the reference means a VM."""
    if reference.manifest.text(*reference.path, "kind") == VM.kind:
        return with_group(reference, VM.group)
    kinds = to_vm(reference._replace(path=(*reference.path, "kind")))
    return tuple(
        each._replace(safety=kind.safety)
        for kind in kinds
        for each in with_group(reference, VM.group)
    )


def with_group(reference: Place, group: str) -> tuple[Remedy, ...]:
    """The group that the kind of the reference has; not where a key for it is misspelt."""
    written = reference.manifest.mapping(*reference.path)
    if any(key in _MEANT or nearest(key, ("apiGroup",)) for key in written if key != "apiGroup"):
        return ()
    if written.get("apiGroup") is None:
        return mending.added(reference, "apiGroup", group, Safety.SAFE, before="kind")
    at = reference._replace(path=(*reference.path, "apiGroup"))
    return mending.with_value(at, group, Safety.SAFE)


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
