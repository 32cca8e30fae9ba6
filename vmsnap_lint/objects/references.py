"""A manifest becomes its references: the fields that name other objects, and the kinds of these.

Field types: kubevirt v1.9.0, staging/src/kubevirt.io/api; containerized-data-importer v1.66.0,
staging/src/kubevirt.io/containerized-data-importer-api; external-snapshotter v8.6.0, client/apis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vmsnap_lint.core import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import Key
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = [
    "CLAIM_FIELDS", "EACH", "EDGES", "MOUNTS", "POD_CLAIM", "RESTORE_SNAPSHOT", "SNAPSHOT_SOURCE",
    "TEMPLATES", "VOLUMES", "Edge", "Reference", "edges_of", "references", "volume_claims",
]  # fmt: skip

EACH = "*"
"""A step of a path that stands for every entry of a list."""
VOLUMES = ("spec", "template", "spec", "volumes")
"""The path of a VM's volumes."""
TEMPLATES = ("spec", "dataVolumeTemplates")
"""The path of the DataVolumes that a VM makes."""


class Edge(NamedTuple):
    """A field that names an object of one of `targets`; `*` stands for every entry of a list.

    `kind_at` is the field that says which of the targets is meant, if there is one. Where `afar`,
    a field "namespace" beside it says where the object is. `rewritten` says that kustomize changes
    it where it renames the object.
    """

    owner: Kind
    path: tuple[str, ...]
    targets: tuple[Kind, ...]
    kind_at: tuple[str, ...] = ()
    afar: bool = False
    rewritten: bool = False

    @property
    def field(self) -> str:
        """The path as kustomize writes it."""
        return "/".join(step for step in self.path if step != EACH)


class Reference(NamedTuple):
    """One field of a manifest that names an object; `name` is "" where it holds no string."""

    manifest: Manifest
    edge: Edge
    path: tuple[Key, ...]
    name: str

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that the object may be of."""
        named = self.manifest.text(*self.edge.kind_at) if self.edge.kind_at else ""
        return tuple(kind for kind in self.edge.targets if named in ("", kind.kind))

    @property
    def entry(self) -> int:
        """The entry of the list that the path leads through, -1 where it leads through none."""
        return next((step for step in self.path if isinstance(step, int)), -1)

    @property
    def source(self) -> str:
        """The field that holds the name's field: `dataVolume` of a volume."""
        return self.edge.path[-2]

    def at(self, note: str = "") -> Place:
        """Where the name is written."""
        return self.manifest.at(*self.path, note=note)


def edges_of(kind: Kind) -> tuple[Edge, ...]:
    """The fields of `kind` that name others."""
    return _OF.get(kind, ())


def references(manifest: Manifest, edges: Sequence[Edge] | None = None) -> Iterator[Reference]:
    """What the object names in the fields of its kind, or in `edges` alone.

    A field counts, even without a name, where the object that should hold it is written.
    """
    for edge in edges_of(manifest.group_kind) if edges is None else edges:
        if EACH in edge.path:
            at = edge.path.index(EACH)
            for index, entry in manifest.items(*edge.path[:at]):
                path: tuple[Key, ...] = (*edge.path[:at], index, *edge.path[at + 1 :])
                yield from _reference(manifest, edge, path, entry, at + 1)
        else:
            yield from _reference(manifest, edge, edge.path, manifest.value, 0)


def volume_claims(vm: Manifest) -> list[Reference]:
    """The claims that a VM's volumes name, in the order of the volumes."""
    return sorted(references(vm, _VOLUME_CLAIMS), key=lambda reference: reference.entry)


def _reference(
    manifest: Manifest, edge: Edge, path: tuple[Key, ...], value: Any, start: int
) -> Iterator[Reference]:
    """The reference at `path`, whose steps before `start` lead to `value`."""
    for step in path[start:-1]:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, dict):
        name = value.get(path[-1])
        yield Reference(manifest, edge, path, name if isinstance(name, str) else "")


_CLAIMS = (kinds.PVC, kinds.DATA_VOLUME)
_CLASS = (kinds.STORAGE_CLASS,)
_DATA_SOURCE = (kinds.DATA_SOURCE,)
_SNAPSHOT_CLASS = (kinds.VOLUME_SNAPSHOT_CLASS,)
_SOURCE, _SOURCE_KIND = ("spec", "source", "name"), ("spec", "source", "kind")
_TARGET, _TARGET_KIND = ("spec", "target", "name"), ("spec", "target", "kind")
_TEMPLATE = (*TEMPLATES, EACH, "spec")
_VOLUME = (*VOLUMES, EACH)
_POD_CLAIM = ("spec", "volumes", EACH, "persistentVolumeClaim", "claimName")
_VOLUME_SNAPSHOT = (kinds.VOLUME_SNAPSHOT,)

EDGES = (
    Edge(kinds.DATA_VOLUME, ("spec", "pvc", "storageClassName"), _CLASS),
    Edge(kinds.DATA_VOLUME, ("spec", "source", "pvc", "name"), _CLAIMS, afar=True),
    Edge(kinds.DATA_VOLUME, ("spec", "source", "snapshot", "name"), _VOLUME_SNAPSHOT, afar=True),
    Edge(kinds.DATA_VOLUME, ("spec", "sourceRef", "name"), _DATA_SOURCE, afar=True),
    Edge(kinds.DATA_VOLUME, ("spec", "storage", "storageClassName"), _CLASS),
    POD_CLAIM := Edge(kinds.POD, _POD_CLAIM, _CLAIMS, rewritten=True),
    Edge(kinds.VM, (*_TEMPLATE, "pvc", "storageClassName"), _CLASS),
    Edge(kinds.VM, (*_TEMPLATE, "source", "pvc", "name"), _CLAIMS, afar=True),
    Edge(kinds.VM, (*_TEMPLATE, "source", "snapshot", "name"), _VOLUME_SNAPSHOT, afar=True),
    Edge(kinds.VM, (*_TEMPLATE, "sourceRef", "name"), _DATA_SOURCE, afar=True),
    Edge(kinds.VM, (*_TEMPLATE, "storage", "storageClassName"), _CLASS),
    _DATA_VOLUME := Edge(kinds.VM, (*_VOLUME, "dataVolume", "name"), _CLAIMS[::-1]),
    _DUMP := Edge(kinds.VM, (*_VOLUME, "memoryDump", "claimName"), _CLAIMS),
    _CLAIM := Edge(kinds.VM, (*_VOLUME, "persistentVolumeClaim", "claimName"), _CLAIMS),
    Edge(kinds.CLONE, _SOURCE, (kinds.VM, kinds.SNAPSHOT), _SOURCE_KIND),
    Edge(kinds.EXPORT, _SOURCE, (kinds.VM, kinds.SNAPSHOT, kinds.PVC), _SOURCE_KIND),
    Edge(kinds.RESTORE, _TARGET, (kinds.VM,), _TARGET_KIND),
    RESTORE_SNAPSHOT := Edge(
        kinds.RESTORE, ("spec", "virtualMachineSnapshotName"), (kinds.SNAPSHOT,)
    ),
    SNAPSHOT_SOURCE := Edge(kinds.SNAPSHOT, _SOURCE, (kinds.VM,), _SOURCE_KIND),
    Edge(kinds.VOLUME_SNAPSHOT, ("spec", "source", "persistentVolumeClaimName"), _CLAIMS),
    Edge(kinds.VOLUME_SNAPSHOT, ("spec", "volumeSnapshotClassName"), _SNAPSHOT_CLASS),
)
"""Those of KubeVirt, of CDI, of volume snapshots and of pods, sorted."""
MOUNTS = (_CLAIM, _DATA_VOLUME)
"""The volumes of a VM that are disks."""
_VOLUME_CLAIMS = (*MOUNTS, _DUMP)
CLAIM_FIELDS = {edge.path[-2]: edge.path[-1] for edge in _VOLUME_CLAIMS}
"""The sources of volumes that name a claim, each with the field that does."""

_OF: dict[Kind, tuple[Edge, ...]] = {
    kind: tuple(edge for edge in EDGES if edge.owner == kind)
    for kind in {edge.owner for edge in EDGES}
}
