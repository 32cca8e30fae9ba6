"""What a change does to objects that exist: refused updates, lost classes and data.

Nothing here is said without two versions of an object: an older revision (`--since`), a dump of the
cluster, or the record of `kubectl apply`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vmsnap_lint.checks.causes import volume_causes
from vmsnap_lint.checks.families import RUN, Check, row
from vmsnap_lint.core.kinds import SNAPSHOT, VM, VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.admission.immutable import IMMUTABLE, differences
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.kubevirt.admission.immutable import Path
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST = 60


def snapshot_data_deleted(world: World) -> Iterator[Problem]:
    """A snapshot is gone whose deletion takes its data along."""
    for old in world.history.deleted(SNAPSHOT):
        policy = old.get("spec", "deletionPolicy")
        if policy in (None, "Delete") and not old.is_export:
            said = "is Delete" if policy else "is unset, which means Delete"
            yield _lost(old, world, f"its deletionPolicy {said}")
    for old in world.history.deleted(VOLUME_SNAPSHOT):
        named = old.text("spec", "volumeSnapshotClassName")
        found = world.find(VOLUME_SNAPSHOT_CLASS, named, old)
        if found is None or old.is_export:
            continue
        if found.text("deletionPolicy") == "Delete" and old.get(
            "spec", "source", "persistentVolumeClaimName"
        ):
            place = found.at("deletionPolicy", note=f'VolumeSnapshotClass "{found.name}"')
            yield _lost(old, world, f'class "{found.name}" says Delete', place)


def spec_immutable_drift(world: World) -> Iterator[Problem]:
    """An object that exists is asked to differ where no update may change it."""
    for old, new in world.history.changes:
        if new is not None and not new.is_export:
            paths = differences(new.group_kind, old.value, new.value)
            yield from _drift(old.value, new, paths, f"at {world.history.ref}")
    for kind in IMMUTABLE:
        for manifest in world.workspace.of(kind):
            applied = _last_applied(manifest)
            paths = differences(kind, applied, manifest.value, live=True) if applied else []
            yield from _drift(applied, manifest, paths, "when it was applied last")
    for definitions in world.workspace.repeated():
        if definitions[0].group_kind in IMMUTABLE:
            yield from _against_dump(definitions)


def _against_dump(definitions: Sequence[Manifest]) -> Iterator[Problem]:
    """The one source of an object against the one dump of it."""
    dumps = [one for one in definitions if one.is_export]
    sources = [one for one in definitions if not one.is_export]
    if len(dumps) != 1 or len(sources) != 1 or dumps[0].get("metadata", "deletionTimestamp"):
        return
    (dump,), (source,) = dumps, sources
    paths = differences(source.group_kind, dump.value, source.value, live=True)
    if paths:
        place = dump.at(*paths[0], note="what the cluster holds")
        yield from _drift(dump.value, source, paths, "in the cluster", place)


def _drift(
    old: dict[str, Any], new: Manifest, paths: Sequence[Path], when: str, *related: Place
) -> Iterator[Problem]:
    """One problem for an object, however many fields differ."""
    if not paths:
        return
    first, *more = paths
    field = ".".join(map(str, first))
    rest = f", as {len(more)} more" if more else ""
    message = (
        f"{field} was {_value_at(old, first)} {when}{rest}, and is immutable: the update of "
        f'{new.kind} "{new.name}" is refused'
    )
    yield Problem(new.at(*first), message, related)


def _lost(old: Manifest, world: World, why: str, *related: Place) -> Problem:
    message = f"{old.ref} is deleted since {world.history.ref}, and its data with it: {why}"
    return Problem(old.at("metadata", "name"), message, related)


def _value_at(value: Any, path: Path) -> str:  # any decoded value
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            value = None
    if value is None:
        return "unset"
    if isinstance(value, (dict, list)):
        return "different"
    from json import dumps  # findings only

    text = dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _last_applied(manifest: Manifest) -> dict[str, Any]:
    """What `kubectl apply` recorded, where it is of this object."""
    text = manifest.text("metadata", "annotations", _APPLIED)
    if not text or holds_placeholder(manifest.name):
        return {}
    from json import loads  # few objects have one

    try:
        value = loads(text)
    except (ValueError, RecursionError):
        return {}
    metadata = value.get("metadata") if isinstance(value, dict) else None
    same = isinstance(metadata, dict) and metadata.get("name") == manifest.name
    return value if same else {}


CHECKS: dict[str, Check] = {
    "needed-class-deleted": row((VM,), volume_causes),
    "snapshot-data-deleted": Check(snapshot_data_deleted, RUN),
    "spec-immutable-drift": Check(spec_immutable_drift, RUN),
}
