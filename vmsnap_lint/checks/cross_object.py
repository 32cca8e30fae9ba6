"""What only the whole input shows: objects defined twice, names that nothing explains."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from vmsnap_lint.checks.families import RUN, Check
from vmsnap_lint.core.kinds import (
    CLONE,
    DATA_VOLUME,
    EXPORT,
    PVC,
    RESTORE,
    SNAPSHOT,
    STORAGE_CLASS,
    VM,
    VOLUME_SNAPSHOT_CLASS,
    Kind,
)
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.kubevirt.storage import Cause, Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

    Use = tuple[Manifest, Volume, Cause]


__all__ = ["CHECKS"]

_OURS = frozenset((CLONE, EXPORT, RESTORE, SNAPSHOT))
_CLAIMS = frozenset((DATA_VOLUME, PVC))
_CLASSES = frozenset((STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS))
_KINDS = frozenset((VM, *_OURS, *_CLAIMS, *_CLASSES))
_NOT_COMPARED = frozenset(("apiVersion", "metadata", "status"))


def duplicate_object(world: World) -> Iterator[Problem]:
    """One directory defines an object twice, and not the same."""
    chains: _Chains | None = None
    for definitions in world.workspace.repeated():
        if Kind(definitions[0].group, definitions[0].kind) not in _KINDS:
            continue
        problems = list(_contradictions(definitions, world))
        if problems:
            chains = chains or _Chains(world)
            if chains.hold(definitions[0]):
                yield from problems


def reference_unverified(world: World) -> Iterator[Problem]:
    """A claim or class that the input does not hold, once for all volumes that need it."""
    uses: dict[tuple[str, str | None], list[Use]] = {}
    for vm in sorted(world.vms_in_scope(), key=attrgetter("position")):
        for volume, cause in world.causes(vm).get(StorageCause.UNVERIFIED, ()):
            of_claim = volume.claim is not None and volume.claim.absence is not None
            named = (cause.about or cause.reason, vm.namespace if of_claim else None)
            uses.setdefault(named, []).append((vm, volume, cause))
    for (vm, volume, cause), *more in uses.values():
        others = f", nor that of {len(more)} more" if more else ""
        message = f'{cause.reason}: the fate of volume "{volume.name}" is not checked{others}'
        related = (*cause.related, *world.named_at(vm))
        yield Problem(cause.at or volume.at, message, related)


def _contradictions(definitions: list[Manifest], world: World) -> Iterator[Problem]:
    """Each definition that differs from the first one of its own directory."""
    first_of: dict[str, Manifest] = {}
    for one in sorted(definitions, key=attrgetter("position")):
        if one.is_export or world.is_rendered_later(one):
            continue
        first = first_of.setdefault(one.directory, one)
        if first is not one and _wanted(first) != _wanted(one):
            where = "in this file" if first.file == one.file else "in the same directory"
            message = (
                f"{one.ref} is defined before {where}, and differently: "
                "which one counts depends on the order of applying them"
            )
            related = (first.at("metadata", "name", note="the other definition"),)
            yield Problem(one.at("metadata", "name"), message, related)


def _wanted(manifest: Manifest) -> dict[str, object]:
    """What the object is to be, without what names and describes it."""
    return {key: value for key, value in manifest.value.items() if key not in _NOT_COMPARED}


class _Chains:
    """The names of what snapshots depend on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._claims: set[tuple[str | None, str | None]] = set()
        self._classes: set[str | None] = set()
        for vm in world.vms_in_scope():
            for volume in world.volumes(vm):
                self._claims.add((vm.namespace, volume.claim_name))
                self._classes |= {volume.storage_class, volume.snapshot_class}

    def hold(self, one: Manifest) -> bool:
        """Whether it matters to a snapshot what this object is."""
        kind = one.group_kind
        if kind in _OURS:
            return True
        if kind == VM:
            return self._world.policy.all_vms or bool(self._world.naming(one))
        if kind in _CLASSES:
            return one.name in self._classes
        namespaces: Iterable[str | None] = {one.namespace, None}
        return any((namespace, one.name) in self._claims for namespace in namespaces)


CHECKS: dict[str, Check] = {
    "duplicate-object": Check(duplicate_object, RUN),
    "reference-unverified": Check(reference_unverified, RUN),
}
