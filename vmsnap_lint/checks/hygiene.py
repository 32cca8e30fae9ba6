"""What a manifest that is meant to be applied should not contain."""

from __future__ import annotations

import re
from functools import lru_cache

from vmsnap_lint import schema
from vmsnap_lint.checks.families import ANY, RUN, Check
from vmsnap_lint.checks.prefilters import has_owners, vm_in_scope
from vmsnap_lint.core import kinds, releases
from vmsnap_lint.core.kinds import (
    CLONE,
    CONTENT,
    DATA_VOLUME,
    PVC,
    RESTORE,
    SNAPSHOT,
    VM,
    VOLUME_SNAPSHOT,
    Kind,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import Release
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place
    from vmsnap_lint.objects.remedies import Remedy

    _Outdated = tuple[str, Severity, str, Safety]


__all__ = ["CHECKS"]

_ACTIONS = (RESTORE, CLONE, kinds.EXPORT, kinds.BACKUP)
_REQUESTS = (SNAPSHOT, *_ACTIONS)
_APPLIED = (*_REQUESTS, kinds.BACKUP_TRACKER, VM)
_SERVER_FIELDS = (
    "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink",
)  # fmt: skip
_ANY_SERVER_FIELD = frozenset(_SERVER_FIELDS)
_UID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go and restore.go, pkg/virt-controller/watch/clone
# The start of a generated name, and what follows: compiled for the few names that begin so.
_GENERATED = {
    SNAPSHOT: ("tmp-snapshot-", _UID),
    RESTORE: ("tmp-restore-", _UID),
    VOLUME_SNAPSHOT: ("vmsnapshot-", f"{_UID}-volume-.+"),
    PVC: ("restore-", f"{_UID}-.+"),
}
_CONTROLLERS = (SNAPSHOT.group, "restore.kubevirt.io", CLONE.group)
_OLDEST = Release(0, 0)


def api_deprecated(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A version that is deprecated or replaced by a newer one, in a manifest that people edit."""
    kind = manifest.group_kind
    if kind not in schema.KINDS:
        return
    release = world.cluster.release if world.cluster.release_known else None
    outdated = _outdated(kind, manifest.version, release)
    if outdated is not None and world.shape_in_scope(manifest) and not manifest.is_export:
        from vmsnap_lint.objects import mending

        message, severity, newer, safety = outdated
        at = manifest.at("apiVersion")
        fixes = mending.with_value(at, newer, safety) if newer else ()
        yield Problem(at, message, severity=severity, fixes=fixes)


def controller_metadata_in_source(manifest: Manifest, world: World) -> Iterator[Problem]:
    """Finalizers or owners that only the snapshot controller may set."""
    if manifest.is_export or not world.shape_in_scope(manifest):
        return
    finalizers = manifest.get("metadata", "finalizers")
    for index, finalizer in enumerate(finalizers if isinstance(finalizers, list) else ()):
        if isinstance(finalizer, str) and finalizer.startswith(_CONTROLLERS):
            message = f'finalizer "{finalizer}" is managed only by the controllers of KubeVirt'
            at = manifest.at("metadata", "finalizers", index)
            yield Problem(at, message, fixes=_without_item(at, "this finalizer", Safety.SAFE))
    for index, owner in manifest.items("metadata", "ownerReferences"):
        if str(owner.get("apiVersion")).startswith(_CONTROLLERS):
            what = f"an ownerReference to a {owner.get('kind')}"
            message = f"{what} has a uid that is valid in one cluster only"
            at = manifest.at("metadata", "ownerReferences", index)
            yield Problem(at, message, fixes=_without_owner(at))


def generate_name(manifest: Manifest, _world: World) -> Iterator[Problem]:
    """No fixed name: each create makes another object, and apply rejects it."""
    if manifest.text("metadata", "generateName") and not (manifest.name or manifest.is_indirect):
        what = 'generateName creates a new object with each "kubectl create"'
        message = f'{what}, and "kubectl apply" does not accept it'
        yield Problem(manifest.at("metadata", "generateName"), message)


def generated_object_committed(manifest: Manifest, _world: World) -> Iterator[Problem]:
    """A source that declares what a controller creates by itself."""
    if manifest.is_export:
        return
    if manifest.group_kind == CONTENT:
        what = "KubeVirt creates VirtualMachineSnapshotContents itself"
        yield Problem(manifest.at("kind"), f"{what}: this one belongs to no snapshot")
    elif _is_generated(manifest):
        message = f'"{manifest.name}" is a generated name: KubeVirt creates this object itself'
        yield Problem(manifest.at("metadata", "name"), message)


def running_deprecated(vm: Manifest, world: World) -> Iterator[Problem]:
    """spec.running on a release that has deprecated it for runStrategy."""
    running = vm.get("spec", "running")
    known = world.cluster.release_known and world.behaviour.running_deprecated
    if known and isinstance(running, bool):
        strategy = "Always" if running else "Halted"
        message = f"spec.running is deprecated since KubeVirt 1.4, write runStrategy {strategy}"
        at = vm.at("spec", "running", key=True)
        yield Problem(at, message, fixes=_with_strategy(at, strategy))


def server_fields_in_source(world: World) -> Iterator[Problem]:
    """Fields that a cluster set, in files that are meant to be applied."""
    objects = [manifest for kind in _APPLIED for manifest in world.workspace.of(kind)]
    marked = [manifest for manifest in objects if _may_be_set(manifest)]
    if not marked:
        return
    # what acts on an object that exists is normally next to its export
    sources = {m.directory for m in objects if not m.is_export and m.group_kind not in _ACTIONS}
    for manifest in marked:
        is_vm = manifest.group_kind == VM
        is_applied = world.is_rendered_later(manifest) or manifest.directory in sources
        if not is_applied or (is_vm and not world.vm_in_scope(manifest)):
            continue
        metadata = manifest.mapping("metadata")
        paths: list[tuple[str, ...]] = [
            ("metadata", field) for field in _SERVER_FIELDS if metadata.get(field)
        ]
        paths += [("status",)] if manifest.get("status") else []
        if paths:
            fields = quoted(path[-1] for path in paths)
            what = f"a cluster set {fields}, but this file is meant to be applied"
            effect = "" if is_vm else f": applying it creates a new {manifest.kind}"
            from vmsnap_lint.objects import mending

            places = [manifest.at(*path, key=True) for path in paths]
            fixes = mending.without(*places, safety=Safety.SAFE)
            yield Problem(places[0], what + effect, fixes=fixes)


def _without_owner(at: Place) -> tuple[Remedy, ...]:
    """Without its owner an object stays when that is deleted, or is not there."""
    return _without_item(at, "this ownerReference", Safety.UNSAFE)


def _without_item(at: Place, what: str, safety: Safety) -> tuple[Remedy, ...]:
    """The removal of the item, and of its list if that has no other."""
    from vmsnap_lint.objects import mending

    *parents, _ = at.path
    items = at.manifest.get(*parents)
    place = at._replace(path=(*parents,)) if len(items) == 1 else at
    return mending.without(place, safety=safety, what=what)


def _with_strategy(running: Place, strategy: str) -> tuple[Remedy, ...]:
    """A run strategy in the place of `running`; of two that are set another rule tells."""
    if running.manifest.get("spec", "runStrategy") is not None:
        return ()
    from vmsnap_lint.objects import mending

    return mending.replaced(running, "runStrategy", strategy, Safety.SAFE)


def _may_be_set(manifest: Manifest) -> bool:
    """Whether it has a key that a cluster writes."""
    metadata = manifest.value.get("metadata")
    is_marked = isinstance(metadata, dict) and not _ANY_SERVER_FIELD.isdisjoint(metadata)
    return is_marked or "status" in manifest.value


def _is_generated(manifest: Manifest) -> bool:
    """Whether it has a name as a controller gives."""
    prefix, rest = _GENERATED[manifest.group_kind]
    name = manifest.name
    return name.startswith(prefix) and re.fullmatch(rest, name[len(prefix) :]) is not None


@lru_cache(maxsize=1024)
def _outdated(kind: Kind, version: str, release: Release | None) -> _Outdated | None:
    """The message about an outdated version that is served, its severity, and the version to use.

    That is "" where there is none; and how safe that version is.
    """
    table = schema.versions(kind)
    row = table.get(version)
    if row is None or (release is not None and not schema.is_served(kind, version, release)):
        return None  # other rules report it
    if row.removed and kind.group in (DATA_VOLUME.group, VOLUME_SNAPSHOT.group):
        return None  # version-not-served, snapshot-api-old
    served = [other for other in table.values() if schema.is_served(kind, other.name, release)]
    newer = max(served, key=lambda other: other.since or _OLDEST, default=row)
    use_name = f"{kind.group}/{newer.name}" if newer.name != version else ""
    use = f', write "{use_name}"' if use_name else ""
    name = f"{kind.group}/{version}"
    # what only the newest releases serve may be unknown to a cluster whose release is not known
    is_usual = release is not None or (newer.since or _OLDEST) <= releases.supported()
    safety = Safety.SAFE if is_usual else Safety.UNSAFE
    if row.removed is not None:
        return f"{name} was removed in {row.removed}{use}", Severity.WARNING, use_name, safety
    if schema.is_deprecated(kind, version, release):
        message = f"{name} is deprecated since {row.deprecated}{use}"
        return message, Severity.WARNING, use_name, safety
    if newer.name != version and (newer.since or _OLDEST) > (row.since or _OLDEST):
        message = f"{name} is replaced by a newer version since {newer.since}{use}"
        return message, Severity.INFO, use_name, safety
    return None


CHECKS: dict[str, Check] = {
    "api-deprecated": Check(api_deprecated, ANY),
    "controller-metadata-in-source": Check(controller_metadata_in_source, ANY, has_owners),
    "generate-name": Check(generate_name, _REQUESTS),
    "generated-object-committed": Check(
        generated_object_committed, (CONTENT, SNAPSHOT, RESTORE, VOLUME_SNAPSHOT, PVC)
    ),
    "running-deprecated": Check(running_deprecated, (VM,), vm_in_scope),
    "server-fields-in-source": Check(server_fields_in_source, RUN),
}
