"""What a manifest that is meant to be applied had better not hold."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from vmsnap_lint import schema
from vmsnap_lint.checks import prefilters
from vmsnap_lint.checks.families import ANY, RUN, Check
from vmsnap_lint.core.kinds import (
    BACKUP,
    BACKUP_TRACKER,
    CLONE,
    CONTENT,
    EXPORT,
    PVC,
    RESTORE,
    SNAPSHOT,
    VM,
    VOLUME_SNAPSHOT,
    Kind,
)
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest


__all__ = ["CHECKS"]

_MADE_ONCE = (SNAPSHOT, RESTORE, CLONE, EXPORT, BACKUP)
_ACTS = (RESTORE, CLONE, EXPORT, BACKUP)
_CARRIERS = (*_MADE_ONCE, BACKUP_TRACKER, VM)
_SERVER_FIELDS = (
    "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink",
)  # fmt: skip
_UID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go and restore.go, pkg/virt-controller/watch/clone
_GENERATED = {
    SNAPSHOT: re.compile(rf"tmp-snapshot-{_UID}"),
    RESTORE: re.compile(rf"tmp-restore-{_UID}"),
    VOLUME_SNAPSHOT: re.compile(rf"vmsnapshot-{_UID}-volume-.+"),
    PVC: re.compile(rf"restore-{_UID}-.+"),
}
_MACHINERY = (SNAPSHOT.group, "restore.kubevirt.io", CLONE.group)
_OLDEST = Release(0, 0)


def api_deprecated(manifest: Manifest, world: World) -> Iterator[Problem]:
    """A version that is going away, or that has a successor; nobody edits what was exported."""
    kind = manifest.group_kind
    if kind not in schema.KINDS:
        return
    release = world.cluster.release if world.cluster.release_known else None
    found = _outdated(kind, manifest.version, release)
    if found is not None and world.shape_in_scope(manifest) and not manifest.is_export:
        yield Problem(manifest.at("apiVersion"), found[0], severity=found[1])


def controller_metadata_in_source(manifest: Manifest, world: World) -> Iterator[Problem]:
    """Finalizers or owners that only the snapshot controller may set."""
    metadata = manifest.mapping("metadata")
    finalizers = metadata.get("finalizers")
    if not finalizers and not metadata.get("ownerReferences"):
        return
    if manifest.is_export or not world.shape_in_scope(manifest):
        return
    for index, finalizer in enumerate(finalizers if isinstance(finalizers, list) else ()):
        if isinstance(finalizer, str) and finalizer.startswith(_MACHINERY):
            message = f'finalizer "{finalizer}" is set and lifted by KubeVirt\'s controllers alone'
            yield Problem(manifest.at("metadata", "finalizers", index), message)
    for index, owner in manifest.items("metadata", "ownerReferences"):
        version = owner.get("apiVersion")
        if isinstance(version, str) and version.startswith(_MACHINERY):
            message = f"an ownerReference to a {owner.get('kind')} holds a uid of one cluster"
            yield Problem(manifest.at("metadata", "ownerReferences", index), message)


def generate_name(manifest: Manifest, _world: World) -> Iterator[Problem]:
    """No fixed name: each create makes another object, and apply takes none."""
    if manifest.text("metadata", "generateName") and not manifest.name:
        message = "generateName: `kubectl create` makes one more each time, `kubectl apply` refuses"
        yield Problem(manifest.at("metadata", "generateName"), message)


def generated_object_committed(manifest: Manifest, _world: World) -> Iterator[Problem]:
    """A source that declares what a controller makes by itself."""
    if manifest.is_export:
        return
    kind = manifest.group_kind
    if kind == CONTENT:
        message = "KubeVirt makes VirtualMachineSnapshotContents itself: this one binds nothing"
        yield Problem(manifest.at("kind"), message)
    elif kind in _GENERATED and _GENERATED[kind].fullmatch(manifest.name):
        message = f'"{manifest.name}" is a name that KubeVirt gives: it makes this object itself'
        yield Problem(manifest.at("metadata", "name"), message)


def running_deprecated(vm: Manifest, world: World) -> Iterator[Problem]:
    """spec.running on a release that has asked for runStrategy instead."""
    known = world.cluster.release_known and world.behaviour.running_deprecated
    if known and world.vm_in_scope(vm) and isinstance(vm.get("spec", "running"), bool):
        strategy = "Always" if vm.get("spec", "running") else "Halted"
        message = f"spec.running is deprecated since KubeVirt 1.4, write runStrategy: {strategy}"
        yield Problem(vm.at("spec", "running", key=True), message)


def server_fields_in_source(world: World) -> Iterator[Problem]:
    """Fields that a cluster filled in, in files that are meant to be applied."""
    objects = [one for kind in _CARRIERS for one in world.workspace.of(kind)]
    # what acts on an object that exists stands beside its export by nature
    written = {o.directory for o in objects if not o.is_export and o.group_kind not in _ACTS}
    for manifest in objects:
        applied = world.is_rendered_later(manifest) or manifest.directory in written
        if not applied or (manifest.kind == VM.kind and not world.vm_in_scope(manifest)):
            continue
        metadata = manifest.mapping("metadata")
        fields = [field for field in _SERVER_FIELDS if metadata.get(field)]
        first = ("metadata", fields[0]) if fields else ("status",)
        if manifest.get("status"):
            fields.append("status")
        if fields:
            what = f"{quoted(fields)} of a cluster in a file that is meant to be applied"
            new = f": applying it makes a new {manifest.kind}"
            effect = "" if manifest.kind == VM.kind else new
            yield Problem(manifest.at(*first, key=True), what + effect)


@lru_cache(maxsize=1024)
def _outdated(kind: Kind, version: str, release: Release | None) -> tuple[str, Severity] | None:
    """What to say of a version that is served, and how loud."""
    table = schema.versions(kind)
    row = table.get(version)
    if row is None or (release is not None and not schema.is_served(kind, version, release)):
        return None  # other rules speak
    if row.removed and kind.group == VOLUME_SNAPSHOT.group:
        return None  # snapshot-api-old
    served = [one for one in table.values() if schema.is_served(kind, one.name, release)]
    newer = max(served, key=lambda one: one.since or _OLDEST, default=row)
    use = f', write "{kind.group}/{newer.name}"' if newer.name != version else ""
    named = f"{kind.group}/{version}"
    if row.removed is not None:
        return f"{named} is gone since {row.removed}{use}", Severity.WARNING
    if schema.is_deprecated(kind, version, release):
        return f"{named} is deprecated since {row.deprecated}{use}", Severity.WARNING
    if newer.name != version and (newer.since or _OLDEST) > (row.since or _OLDEST):
        return f"{named} has a successor since {newer.since}{use}", Severity.INFO
    return None


CHECKS: dict[str, Check] = {
    "api-deprecated": Check(api_deprecated, ANY),
    "controller-metadata-in-source": Check(controller_metadata_in_source, ANY, prefilters.held),
    "generate-name": Check(generate_name, _MADE_ONCE),
    "generated-object-committed": Check(
        generated_object_committed, (CONTENT, SNAPSHOT, RESTORE, VOLUME_SNAPSHOT, PVC)
    ),
    "running-deprecated": Check(running_deprecated, (VM,)),
    "server-fields-in-source": Check(server_fields_in_source, RUN),
}
