"""Changes to existing objects: rejected updates, deleted classes and data.

All of these compare two versions of an object: an older revision (`--since`), a dump of the
cluster, or the record of `kubectl apply`.
"""

from __future__ import annotations

from functools import reduce
from itertools import chain
from operator import attrgetter, getitem

from vmsnap_lint.checks.families import RUN, Check
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import SNAPSHOT, VM, VOLUME_SNAPSHOT, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple
from vmsnap_lint.core.messages import counted
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.admission.immutable import IMMUTABLE, differences
from vmsnap_lint.kubevirt.dependents import Link
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.objects.manifest import SourceSpan
from vmsnap_lint.objects.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.kubevirt.admission.immutable import Path
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST = 63
_MOST_VMS = 3  # whose snapshots are shown
_LONGEST_RECORD = 262_144  # of all annotations


def snapshot_data_deleted(world: World) -> Iterator[Problem]:
    """A deleted snapshot whose data is deleted with it."""
    for old in world.history.deleted(SNAPSHOT):
        policy = old.get("spec", "deletionPolicy")
        if policy in (None, "Delete") and not old.is_export:
            yield _deleted(old, world, f"its deletionPolicy is {policy or 'Delete by default'}")
    for old in world.history.deleted(VOLUME_SNAPSHOT):
        name = old.text("spec", "volumeSnapshotClassName")
        snapshot_class = world.find(VOLUME_SNAPSHOT_CLASS, name, old)
        source = old.get("spec", "source", "persistentVolumeClaimName")
        if snapshot_class is None or old.is_export or not source:
            continue
        if snapshot_class.text("deletionPolicy") == "Delete":
            note = f'VolumeSnapshotClass "{snapshot_class.name}"'
            place = snapshot_class.at("deletionPolicy", note=note)
            yield _deleted(old, world, f'class "{snapshot_class.name}" has Delete', place)


def spec_immutable_drift(world: World) -> Iterator[Problem]:
    """An immutable field of an existing object that is changed."""
    for old, new in world.history.changes:
        if new is not None and not new.is_export:
            paths = differences(new.group_kind, old.value, new.value)
            yield from _drift(old.value, new, paths, f"at {world.history.ref}")
    for kind in IMMUTABLE:
        for manifest in world.workspace.of(kind):
            applied = _last_applied(manifest)
            paths = differences(kind, applied, manifest.value, live=True) if applied else []
            yield from _drift(applied, manifest, paths, "when last applied")
    for definitions in world.workspace.repeated():
        if definitions[0].group_kind in IMMUTABLE:
            yield from _against_export(definitions)


def needed_class_deleted(world: World) -> Iterator[Problem]:
    """A deleted class without which snapshots leave volumes out: once for all volumes."""
    for old, links in _links_of_deleted(world).items():
        at, related = old.at("metadata", "name"), [link.place for link in links]
        if world.history.is_context(old.file):  # where nothing is reported
            at, related = links[0].volume.at, [links[0].deleted, *related[1:]]
        vms = list(dict.fromkeys(link.vm for link in links))[:_MOST_VMS]
        related += chain.from_iterable(map(world.named_at, vms))
        message = f'{old.kind} "{old.name}" is deleted since {world.history.ref}'
        what = f"new snapshots leave out {_volumes(links)}"
        yield Problem(at, f"{message}: {what}", tuple(related))


class _Needing(NamedTuple):
    """A volume that needs a deleted class."""

    vm: Manifest
    volume: Volume
    deleted: Place

    @property
    def place(self) -> Place:
        return Link(self.vm, self.volume).place


def _links_of_deleted(world: World) -> dict[Manifest, list[_Needing]]:
    """The volumes in scope that need each deleted class."""
    links: dict[Manifest, list[_Needing]] = {}
    for vm in world.workspace.of(VM) if world.history.changes else ():
        for volume, cause in world.causes(vm).get(StorageCause.CLASS_DELETED, ()):
            place = cause.related[0]
            if not isinstance(place, SourceSpan):
                links.setdefault(place.manifest, []).append(_Needing(vm, volume, place))
    return links


def _volumes(links: Sequence[_Needing]) -> str:
    """The only volume, or the number of volumes, with the only VM or the number of VMs."""
    first, vms = links[0], {link.vm for link in links}
    volumes = f'volume "{cut(first.volume.name)}"'
    if len(links) > 1:
        volumes = counted(len(links), "volume")
    return f"{volumes} of {first.vm.ref if len(vms) == 1 else counted(len(vms), 'VM')}"


def datavolume_template_moved(world: World) -> Iterator[Problem]:
    """A template got another StorageClass, which moves no data."""
    changed = [it for it in world.history.changes if it.old.group_kind == VM]
    for change in changed:
        vm = change.new
        if vm is None or not _is_saved(vm, world):
            continue
        from vmsnap_lint.kubevirt.storage.moved_templates import moved  # few runs compare VMs

        for move in moved(world.cluster, change):
            was = f'dataVolumeTemplate "{cut(move.name)}" had storageClassName "{cut(move.before)}"'
            now = f'{was} at {world.history.ref}, now it has "{cut(move.after)}"'
            message = f"{now}: a disk that exists stays where it is"
            yield Problem(move.at, message, world.named_at(vm))


def _is_saved(vm: Manifest, world: World) -> bool:
    """Whether something saves or copies the VM as it is in the cluster."""
    there = world.find(VM, vm.name, vm) or vm
    return world.vm_in_scope(there) or there in world.copied_vms or bool(world.naming(vm))


def _against_export(definitions: Sequence[Manifest]) -> Iterator[Problem]:
    """The only source of an object compared with its only export."""
    if len(definitions) != 2:
        return
    source, export = sorted(definitions, key=attrgetter("is_export"))
    is_pair = export.is_export and not source.is_export
    if is_pair and not export.get("metadata", "deletionTimestamp"):
        paths = differences(source.group_kind, export.value, source.value, live=True)
        places = [export.at(*path, note="the object in the cluster") for path in paths[:1]]
        yield from _drift(export.value, source, paths, "in the cluster", *places)


def _drift(
    old: dict[str, Any], new: Manifest, paths: Sequence[Path], when: str, *related: Place
) -> Iterator[Problem]:
    """One problem for an object, for any number of different fields."""
    if paths:
        first, *more = paths
        field = ".".join(map(str, first))
        was = f'"{field}" was {_value_at(old, first)} {when} and is immutable'
        message = f'{was}: the update of {new.kind} "{new.name}" is rejected'
        rest = f" ({counted(len(more), 'more field')})" if more else ""
        yield Problem(new.at(*first), message + rest, related)


def _deleted(old: Manifest, world: World, why: str, *related: Place) -> Problem:
    message = f"{old.ref} is deleted since {world.history.ref} with its data: {why}"
    return Problem(old.at("metadata", "name"), message, related)


def _value_at(value: Any, path: Path) -> str:  # any decoded value
    try:
        value = reduce(getitem, path, value)
    except (KeyError, IndexError, TypeError):
        return "unset"
    if value is None:
        return "unset"
    if isinstance(value, (dict, list)):
        return "different"
    from json import dumps  # findings only

    text = dumps(value, ensure_ascii=False)
    return cut(text, _LONGEST)


def _last_applied(manifest: Manifest) -> dict[str, Any]:
    """What `kubectl apply` recorded of this object, else {}."""
    text = manifest.text("metadata", "annotations", _APPLIED)
    if not 0 < len(text) <= _LONGEST_RECORD or holds_placeholder(manifest.name):
        return {}
    from json import loads  # few objects have one

    try:
        value = loads(text)
        return value if value["metadata"]["name"] == manifest.name else {}
    except (LookupError, RecursionError, TypeError, ValueError):
        return {}


CHECKS: dict[str, Check] = {
    "datavolume-template-moved": Check(datavolume_template_moved, RUN),
    "needed-class-deleted": Check(needed_class_deleted, RUN),
    "snapshot-data-deleted": Check(snapshot_data_deleted, RUN),
    "spec-immutable-drift": Check(spec_immutable_drift, RUN),
}
