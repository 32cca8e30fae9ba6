"""Findings across all files: objects defined twice, references that cannot be verified."""

from __future__ import annotations

from operator import attrgetter

from vmsnap_lint.checks.families import RUN, Check
from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.kubevirt.snapshot.snapshot_cause import SnapshotCause
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.storage import Cause, Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest

    Use = tuple[Manifest, Volume, Cause]


__all__ = ["CHECKS"]

_COPIES = (kinds.BACKUP, kinds.BACKUP_TRACKER, kinds.CLONE, kinds.EXPORT)
_REQUESTS = frozenset((kinds.CLONE, kinds.EXPORT, kinds.RESTORE, kinds.SNAPSHOT))
_CLASSES = frozenset((kinds.STORAGE_CLASS, kinds.VOLUME_SNAPSHOT_CLASS))
_KINDS = frozenset((kinds.VM, kinds.DATA_VOLUME, kinds.PVC, *_REQUESTS, *_CLASSES))
_NOT_COMPARED = frozenset(("apiVersion", "metadata", "status"))
_PREFERENCE = kinds.PREFERENCE.kind.casefold()


def duplicate_object(world: World) -> Iterator[Problem]:
    """One directory defines an object twice, with different content."""
    needed: _Needed | None = None
    for definitions in world.workspace.repeated():
        if definitions[0].group_kind not in _KINDS:
            continue
        problems = list(_contradictions(definitions, world))
        if problems:
            needed = needed or _Needed(world)
            if needed.includes(definitions[0]):
                yield from problems


def reference_unverified(world: World) -> Iterator[Problem]:
    """A PVC, class or preference that is not in the input, once for all that need it."""
    uses: dict[tuple[str, str | None], list[Use]] = {}
    vms = dict.fromkeys((*world.vms_in_scope(), *world.copied_vms))
    for vm in sorted(vms, key=attrgetter("position")):
        for volume, cause in world.causes(vm).get(StorageCause.UNVERIFIED, ()):
            is_claim = volume.claim is not None and volume.claim.absence is not None
            name = (cause.about or cause.reason, vm.namespace if is_claim else None)
            uses.setdefault(name, []).append((vm, volume, cause))
    for (vm, volume, cause), *more in uses.values():
        others = f", also for {len(more)} more" if more else ""
        done = "snapshotted" if world.vm_in_scope(vm) else "exported"
        what = f'whether volume "{volume.name}" is {done} is unknown'
        related = (*cause.related, *world.named_at(vm))
        if cause.gap is not None:
            message = cause.gap.brief(cause.reason).replace("; ", ": ", 1)
            yield Problem(cause.at or volume.at, f"{message}{others}", related)
        else:
            yield Problem(cause.at or volume.at, f"{cause.reason}: {what}{others}", related)
    yield from _sources(world)
    yield from _made_vms(world)
    yield from _preferences(world)
    yield from _copied(world)
    yield from _revisions(world)


def _revisions(world: World) -> Iterator[Problem]:
    """The revisions of instancetypes and preferences that are not in the input."""
    typed = [
        vm
        for vm in world.vms_in_scope()
        if (spec := vm.mapping("spec")).get("instancetype") or spec.get("preference")
    ]
    for vm in sorted(typed, key=attrgetter("position")):
        from vmsnap_lint.kubevirt.snapshot.instancetypes import unseen_revisions  # few VMs

        for problem in unseen_revisions(world.cluster, vm):
            yield problem._replace(related=world.named_at(vm))


def _sources(world: World) -> Iterator[Problem]:
    """What DataVolumes clone that is not in the input, each with the first that names it."""
    first: dict[str, tuple[Volume, Cause]] = {}
    vms = dict.fromkeys((*world.vms_in_scope(), *world.copied_vms))
    doubted = [vm for vm in vms if any(volume.causes for volume in world.volumes(vm))]
    for vm in sorted(doubted, key=attrgetter("position")):
        for volume in world.volumes(vm):
            for cause in volume.causes:
                if cause.kind is StorageCause.SOURCE_UNVERIFIED:
                    first.setdefault(cause.about, (volume, cause))
    for volume, cause in first.values():
        reason = cause.gap.brief(cause.reason) if cause.gap is not None else cause.reason
        what = f'whether PVC "{volume.claim_name}" is filled is unknown'
        message = f"{reason.replace('; ', ', ', 1)}: {what}"
        yield Problem(cause.at or volume.at, message, cause.related)


def _made_vms(world: World) -> Iterator[Problem]:
    """The VMs of snapshots that a pool makes."""
    for snapshot in world.workspace.of(kinds.SNAPSHOT):
        if isinstance(world.source(snapshot), Absence):
            for blocker in world.outcomes.own_blockers(snapshot):
                if blocker.cause is SnapshotCause.SOURCE_OF_POOL:
                    yield blocker.problem


def _copied(world: World) -> Iterator[Problem]:
    """The sources of clones, exports and backups that are not in the input, each once."""
    first: dict[tuple[str, str | None], list[Manifest]] = {}
    for kind in _COPIES:
        for copy in world.workspace.of(kind):
            if source := world.copies.source(copy).unseen:
                first.setdefault((source, copy.namespace), []).append(copy)
    for (source, _), (copy, *more) in first.items():
        others = f", also for {len(more)} more" if more else ""
        effect = f"{copy.title} is not checked{others}"
        message = f"{source.replace('; ', ', ', 1).replace(':', ',')}: {effect}"
        yield Problem(copy.at("spec", "source", "name"), message)


def _preferences(world: World) -> Iterator[Problem]:
    """The preferences that are not in the input, each with the first VM that uses it."""
    first: dict[tuple[str, str | None], tuple[Manifest, Problem]] = {}
    users = [vm for vm in world.vms_in_scope() if vm.get("spec", "preference")]
    for vm in sorted(users, key=attrgetter("position")):
        for blocker in world.outcomes.vm_blockers(vm):
            if blocker.cause is SnapshotCause.STATE_OF_PREFERENCE_UNVERIFIED:
                is_own = vm.text("spec", "preference", "kind").casefold() == _PREFERENCE
                home = vm.namespace if is_own else None
                first.setdefault((blocker.problem.message, home), (vm, blocker.problem))
    for vm, problem in first.values():
        yield problem._replace(related=world.named_at(vm))


def _contradictions(definitions: list[Manifest], world: World) -> Iterator[Problem]:
    """Each definition that differs from the first one of its own directory."""
    first_of: dict[str, Manifest] = {}
    for manifest in sorted(definitions, key=attrgetter("position")):
        if manifest.is_export or world.is_rendered_later(manifest):
            continue
        first = first_of.setdefault(manifest.directory, manifest)
        if first is not manifest and _content(first) != _content(manifest):
            where = "file" if first.file == manifest.file else "directory"
            what = f"{manifest.ref} is defined twice in this {where}, differently"
            related = (first.at("metadata", "name", note="the other definition"),)
            at = manifest.at("metadata", "name")
            yield Problem(at, f"{what}: the one applied last wins", related)


def _content(manifest: Manifest) -> dict[str, object]:
    """The object without the fields that identify and describe it."""
    return {key: value for key, value in manifest.value.items() if key not in _NOT_COMPARED}


class _Needed:
    """The names of PVCs and classes that snapshots depend on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._claims: set[tuple[str | None, str | None]] = set()
        self._classes: set[str | None] = set()
        for vm in world.vms_in_scope():
            for volume in world.volumes(vm):
                self._claims.add((vm.namespace, volume.claim_name))
                self._classes |= {volume.storage_class, volume.snapshot_class}

    def includes(self, manifest: Manifest) -> bool:
        """Whether a snapshot depends on this object."""
        kind = manifest.group_kind
        if kind == kinds.VM:
            return self._world.policy.all_vms or bool(self._world.naming(manifest))
        if kind in _CLASSES:
            return manifest.name in self._classes
        claims = {(manifest.namespace, manifest.name), (None, manifest.name)}
        return kind in _REQUESTS or not self._claims.isdisjoint(claims)


CHECKS: dict[str, Check] = {
    "duplicate-object": Check(duplicate_object, RUN),
    "reference-unverified": Check(reference_unverified, RUN),
}
