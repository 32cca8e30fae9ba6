"""Lists the references of a manifest: the fields with names of other objects, and their kinds.

Field types: kubevirt v1.9.0, staging/src/kubevirt.io/api; containerized-data-importer v1.66.0,
staging/src/kubevirt.io/containerized-data-importer-api; external-snapshotter v8.6.0, client/apis.
"""

from __future__ import annotations

from functools import cache

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Key
    from vmsnap_lint.objects.manifest import Manifest, Place

    _Fields = list[tuple["Edge", tuple[str, ...]]]

__all__ = [
    "CLAIM_FIELDS", "CLAIM_SOURCES", "EACH", "EDGES", "INSTANCETYPE", "INSTANCETYPE_REVISION",
    "MOUNTS", "POD_CLAIM", "PREFERENCE", "PREFERENCE_REVISION", "RESTORE_SNAPSHOT",
    "SNAPSHOT_SOURCE", "SOURCES", "TEMPLATES", "VOLUMES", "Edge", "Reference", "edges_of",
    "references",
    "volume_claims",
]  # fmt: skip

EACH = "*"
"""A path step for every item of an array."""
VOLUMES = ("spec", "template", "spec", "volumes")
"""The path of a VM's volumes."""
TEMPLATES = ("spec", "dataVolumeTemplates")
"""The path of the DataVolumes that a VM creates."""


class Edge(NamedTuple):
    """A field with the name of an object of one of `targets`; its path may contain EACH.

    `kind_at` is the field with the kind of the object, if there is one; `kind_unset` the kind that
    is meant where that field is empty, else it may be any of `targets`. `has_namespace`: a field
    "namespace" next to it sets the namespace of the object. `rewritten`: kustomize updates it when
    it renames the object.
    """

    owner: Kind
    path: tuple[str, ...]
    targets: tuple[Kind, ...]
    kind_at: tuple[str, ...] = ()
    has_namespace: bool = False
    rewritten: bool = False
    kind_unset: Kind | None = None

    @property
    def field(self) -> str:
        """The path as kustomize writes it."""
        return "/".join(step for step in self.path if step != EACH)


class Reference(NamedTuple):
    """A field of a manifest with the name of an object, "" if it is not a string.

    `entry` is the index of the item of the array that has the field, -1 without an array.
    """

    manifest: Manifest
    edge: Edge
    path: tuple[Key, ...]
    name: str
    entry: int

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that the object may have."""
        edge = self.edge
        name = self.manifest.text(*edge.kind_at) if edge.kind_at else ""
        if edge.kind_unset is None:
            return tuple(kind for kind in edge.targets if name in ("", kind.kind))
        # kubevirt v1.9.0, pkg/instancetype/find/spec.go: in any case, singular or plural
        meant = (name or edge.kind_unset.kind).casefold()
        return tuple(kind for kind in edge.targets if meant in _written(kind))

    @property
    def namespace(self) -> str | None:
        """The namespace of the object: that of the field next to it, else of the manifest."""
        if self.edge.has_namespace:
            namespace = self.manifest.get(*self.path[:-1], "namespace")
            if isinstance(namespace, str) and namespace:
                return namespace
        return self.manifest.namespace

    @property
    def source(self) -> str:
        """The parent of the field: `dataVolume` of a volume."""
        return self.edge.path[-2]

    def at(self, note: str = "") -> Place:
        """The place of the name."""
        return self.manifest.at(*self.path, note=note)


def edges_of(kind: Kind) -> tuple[Edge, ...]:
    """The reference fields of `kind`."""
    return _OF.get(kind, ())


def references(manifest: Manifest, edges: tuple[Edge, ...] | None = None) -> Iterator[Reference]:
    """The references in the fields of its kind, or only in `edges`, array by array.

    A field without a value counts if its parent object is written.
    """
    for array, fields in _by_array(edges_of(manifest.group_kind) if edges is None else edges):
        for index, item in manifest.items(*array) if array else ((-1, manifest.value),):
            for edge, inner in fields:
                parent: Any = item
                for step in inner[:-1]:
                    parent = parent.get(step) if isinstance(parent, dict) else None
                if isinstance(parent, dict):
                    name = parent.get(inner[-1])
                    path: tuple[Key, ...] = (*array, index, *inner) if array else inner
                    text = name if isinstance(name, str) else ""
                    yield Reference(manifest, edge, path, text, index)


def volume_claims(vm: Manifest) -> Iterator[Reference]:
    """The PVC references of the volumes of a VM, in the order of the volumes."""
    return references(vm, _VOLUME_CLAIMS)


@cache
def _written(kind: Kind) -> tuple[str, str]:
    """The singular and the plural of a kind, in small letters."""
    singular = kind.kind.casefold()
    return singular, f"{singular}s"


@cache
def _by_array(edges: tuple[Edge, ...]) -> tuple[tuple[tuple[str, ...], _Fields], ...]:
    """The edges by the array of the field, () for none, each with its path in an item."""
    arrays: dict[tuple[str, ...], _Fields] = {}
    for edge in edges:
        at = edge.path.index(EACH) if EACH in edge.path else -1
        arrays.setdefault(edge.path[: max(at, 0)], []).append((edge, edge.path[at + 1 :]))
    return tuple(arrays.items())


_CLAIMS = (kinds.PVC, kinds.DATA_VOLUME)
_CLASS = (kinds.STORAGE_CLASS,)
_DATA_SOURCE = (kinds.DATA_SOURCE,)
_INSTANCETYPE, _PREFERENCE = ("spec", "instancetype"), ("spec", "preference")
_INSTANCETYPES = (kinds.INSTANCETYPE, kinds.CLUSTER_INSTANCETYPE)
_PREFERENCES = (kinds.PREFERENCE, kinds.CLUSTER_PREFERENCE)
_REVISION = (kinds.CONTROLLER_REVISION,)
_SNAPSHOT_CLASS = (kinds.VOLUME_SNAPSHOT_CLASS,)
_SOURCE, _SOURCE_KIND = ("spec", "source", "name"), ("spec", "source", "kind")
_TARGET, _TARGET_KIND = ("spec", "target", "name"), ("spec", "target", "kind")
_TEMPLATE = (*TEMPLATES, EACH, "spec")
_VOLUME = (*VOLUMES, EACH)
_POD_CLAIM = ("spec", "volumes", EACH, "persistentVolumeClaim", "claimName")
_VOLUME_SNAPSHOT = (kinds.VOLUME_SNAPSHOT,)


def _source(owner: Kind, *path: str) -> Iterator[Edge]:
    """The references of what fills a PVC, at `path`; sorted."""
    if owner == kinds.DATA_SOURCE:
        yield Edge(owner, (*path, "source", "dataSource", "name"), _DATA_SOURCE, has_namespace=True)
    yield Edge(owner, (*path, "source", "pvc", "name"), _CLAIMS, has_namespace=True)
    yield Edge(owner, (*path, "source", "snapshot", "name"), _VOLUME_SNAPSHOT, has_namespace=True)
    if owner != kinds.DATA_SOURCE:
        yield Edge(owner, (*path, "sourceRef", "name"), _DATA_SOURCE, has_namespace=True)


EDGES = (
    Edge(kinds.DATA_IMPORT_CRON, ("spec", "managedDataSource"), _DATA_SOURCE),
    Edge(kinds.DATA_IMPORT_CRON, ("spec", "template", "spec", "pvc", "storageClassName"), _CLASS),
    Edge(
        kinds.DATA_IMPORT_CRON, ("spec", "template", "spec", "storage", "storageClassName"), _CLASS
    ),
    *_source(kinds.DATA_SOURCE, "spec"),
    Edge(kinds.DATA_VOLUME, ("spec", "pvc", "storageClassName"), _CLASS),
    *_source(kinds.DATA_VOLUME, "spec"),
    Edge(kinds.DATA_VOLUME, ("spec", "storage", "storageClassName"), _CLASS),
    POD_CLAIM := Edge(kinds.POD, _POD_CLAIM, _CLAIMS, rewritten=True),
    Edge(kinds.VM, (*_TEMPLATE, "pvc", "storageClassName"), _CLASS),
    *_source(kinds.VM, *_TEMPLATE),
    Edge(kinds.VM, (*_TEMPLATE, "storage", "storageClassName"), _CLASS),
    INSTANCETYPE := Edge(
        kinds.VM,
        (*_INSTANCETYPE, "name"),
        _INSTANCETYPES,
        (*_INSTANCETYPE, "kind"),
        kind_unset=kinds.CLUSTER_INSTANCETYPE,
    ),
    INSTANCETYPE_REVISION := Edge(kinds.VM, (*_INSTANCETYPE, "revisionName"), _REVISION),
    PREFERENCE := Edge(
        kinds.VM,
        (*_PREFERENCE, "name"),
        _PREFERENCES,
        (*_PREFERENCE, "kind"),
        kind_unset=kinds.CLUSTER_PREFERENCE,
    ),
    PREFERENCE_REVISION := Edge(kinds.VM, (*_PREFERENCE, "revisionName"), _REVISION),
    _DATA_VOLUME := Edge(kinds.VM, (*_VOLUME, "dataVolume", "name"), _CLAIMS[::-1]),
    _DUMP := Edge(kinds.VM, (*_VOLUME, "memoryDump", "claimName"), _CLAIMS),
    _CLAIM := Edge(kinds.VM, (*_VOLUME, "persistentVolumeClaim", "claimName"), _CLAIMS),
    Edge(kinds.BACKUP, ("spec", "pvcName"), _CLAIMS),
    Edge(kinds.BACKUP, _SOURCE, (kinds.VM, kinds.BACKUP_TRACKER), _SOURCE_KIND),
    Edge(kinds.BACKUP_TRACKER, _SOURCE, (kinds.VM,), _SOURCE_KIND),
    Edge(kinds.CLONE, _SOURCE, (kinds.VM, kinds.SNAPSHOT), _SOURCE_KIND),
    Edge(kinds.EXPORT, _SOURCE, (kinds.VM, kinds.SNAPSHOT, kinds.PVC), _SOURCE_KIND),
    Edge(kinds.RESTORE, _TARGET, (kinds.VM,), _TARGET_KIND),
    RESTORE_SNAPSHOT := Edge(
        kinds.RESTORE, ("spec", "virtualMachineSnapshotName"), (kinds.SNAPSHOT,)
    ),
    SNAPSHOT_SOURCE := Edge(kinds.SNAPSHOT, _SOURCE, (kinds.VM,), _SOURCE_KIND),
    Edge(kinds.CONTENT, ("spec", "virtualMachineSnapshotName"), (kinds.SNAPSHOT,)),
    Edge(kinds.CONTENT, ("spec", "volumeBackups", EACH, "volumeSnapshotName"), _VOLUME_SNAPSHOT),
    Edge(kinds.VOLUME_SNAPSHOT, ("spec", "source", "persistentVolumeClaimName"), _CLAIMS),
    Edge(kinds.VOLUME_SNAPSHOT, ("spec", "volumeSnapshotClassName"), _SNAPSHOT_CLASS),
)
"""The references of KubeVirt, CDI, volume snapshots and pods, sorted."""
MOUNTS = (_CLAIM, _DATA_VOLUME)
"""The references of the volumes of a VM that are disks."""
_VOLUME_CLAIMS = (*MOUNTS, _DUMP)
CLAIM_SOURCES = {
    kind: tuple(_source(kind, *path))
    for kind, path in (
        (kinds.DATA_SOURCE, ("spec",)), (kinds.DATA_VOLUME, ("spec",)), (kinds.VM, _TEMPLATE),
    )
}  # fmt: skip
"""The references of what fills PVCs, by the kind that has them."""
CLAIM_FIELDS = {edge.path[-2]: edge.path[-1] for edge in _VOLUME_CLAIMS}
"""The volume sources that refer to a PVC, each with its field."""
# Every member of VolumeSource: kubevirt v1.9.0, staging/src/kubevirt.io/api/core/v1/schema.go
SOURCES = frozenset(CLAIM_FIELDS) | {
    "cloudInitConfigDrive", "cloudInitNoCloud", "configMap", "containerDisk", "containerPath",
    "downwardAPI", "downwardMetrics", "emptyDisk", "ephemeral", "hostDisk", "secret",
    "serviceAccount", "sysprep",
}  # fmt: skip
"""The fields of a volume that are sources, of which it has one."""

_OF: dict[Kind, tuple[Edge, ...]] = {
    kind: tuple(edge for edge in EDGES if edge.owner == kind)
    for kind in {edge.owner for edge in EDGES}
}
