"""The table of edges: which path of which kind names an object of which kind. Floor 2.

Field types: kubevirt v1.9.0, staging/src/kubevirt.io/api; containerized-data-importer v1.66.0,
staging/src/kubevirt.io/containerized-data-importer-api; external-snapshotter v8.6.0, client/apis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kinds import Kind
    from vmsnap_lint.manifest import Manifest, Place

__all__ = ["EACH", "REFERENCES", "Edge", "references"]

EACH = "*"
"""A step of a path that stands for every entry of a list."""

Key = str | int


class Edge(NamedTuple):
    """One field that holds the name of an object: of `target`, in the namespace of its own object
    unless the kind has none."""

    kind: Kind
    path: tuple[str, ...]
    target: Kind


_VOLUMES = ("spec", "template", "spec", "volumes", EACH)
_TEMPLATES = ("spec", "dataVolumeTemplates", EACH, "spec")

REFERENCES: tuple[Edge, ...] = (
    Edge(kinds.CLONE, ("spec", "source", "name"), kinds.VM),
    Edge(kinds.CLONE, ("spec", "target", "name"), kinds.VM),
    Edge(kinds.CONTENT, ("spec", "virtualMachineSnapshotName"), kinds.SNAPSHOT),
    Edge(
        kinds.CONTENT, ("spec", "volumeBackups", EACH, "volumeSnapshotName"), kinds.VOLUME_SNAPSHOT
    ),
    Edge(kinds.DATA_VOLUME, ("spec", "pvc", "storageClassName"), kinds.STORAGE_CLASS),
    Edge(kinds.DATA_VOLUME, ("spec", "storage", "storageClassName"), kinds.STORAGE_CLASS),
    Edge(kinds.EXPORT, ("spec", "source", "name"), kinds.VM),
    Edge(kinds.KUBEVIRT, ("spec", "configuration", "vmStateStorageClass"), kinds.STORAGE_CLASS),
    Edge(kinds.POD, ("spec", "volumes", EACH, "persistentVolumeClaim", "claimName"), kinds.PVC),
    Edge(kinds.PVC, ("spec", "storageClassName"), kinds.STORAGE_CLASS),
    Edge(kinds.PVC, ("spec", "volumeName"), kinds.PV),
    Edge(kinds.RESTORE, ("spec", "target", "name"), kinds.VM),
    Edge(kinds.RESTORE, ("spec", "virtualMachineSnapshotName"), kinds.SNAPSHOT),
    Edge(kinds.SNAPSHOT, ("spec", "source", "name"), kinds.VM),
    Edge(kinds.SNAPSHOT, ("status", "virtualMachineSnapshotContentName"), kinds.CONTENT),
    Edge(kinds.STORAGE_PROFILE, ("spec", "snapshotClass"), kinds.VOLUME_SNAPSHOT_CLASS),
    Edge(kinds.STORAGE_PROFILE, ("status", "snapshotClass"), kinds.VOLUME_SNAPSHOT_CLASS),
    Edge(kinds.VM, (*_TEMPLATES, "pvc", "storageClassName"), kinds.STORAGE_CLASS),
    Edge(kinds.VM, (*_TEMPLATES, "storage", "storageClassName"), kinds.STORAGE_CLASS),
    Edge(kinds.VM, (*_VOLUMES, "dataVolume", "name"), kinds.DATA_VOLUME),
    Edge(kinds.VM, (*_VOLUMES, "memoryDump", "claimName"), kinds.PVC),
    Edge(kinds.VM, (*_VOLUMES, "persistentVolumeClaim", "claimName"), kinds.PVC),
    Edge(
        kinds.VOLUME_SNAPSHOT,
        ("spec", "source", "persistentVolumeClaimName"),
        kinds.PVC,
    ),
    Edge(kinds.VOLUME_SNAPSHOT, ("spec", "volumeSnapshotClassName"), kinds.VOLUME_SNAPSHOT_CLASS),
)


def references(manifest: Manifest) -> Iterator[tuple[Place, str, Kind]]:
    """Every name that the object gives of another: where, the name, and the other's kind."""
    for edge in REFERENCES:
        if edge.kind == (manifest.group, manifest.kind):
            for path in _paths(manifest.value, edge.path, ()):
                name = manifest.get(*path)
                if isinstance(name, str) and name:
                    yield manifest.at(*path), name, edge.target


def _paths(
    value: object, rest: tuple[str, ...], done: tuple[Key, ...]
) -> Iterator[tuple[Key, ...]]:
    if not rest:
        yield done
    elif rest[0] == EACH:
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _paths(item, rest[1:], (*done, index))
    elif isinstance(value, dict) and rest[0] in value:
        yield from _paths(value[rest[0]], rest[1:], (*done, rest[0]))
