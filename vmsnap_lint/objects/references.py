"""A kind becomes its fields that name other objects, and the kinds of these.

Field types: kubevirt v1.9.0, staging/src/kubevirt.io/api; containerized-data-importer v1.66.0,
staging/src/kubevirt.io/containerized-data-importer-api; external-snapshotter v8.6.0, client/apis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Key, Manifest

__all__ = ["EACH", "REFERENCES", "Reference", "references"]

EACH = "*"
"""A step of a path that stands for every entry of a list."""


class Reference(NamedTuple):
    """A field that names an object of one of `targets`; `*` stands for every entry of a list.

    `kind_at` is the field that says which of the targets is meant, if there is one. Where `afar`,
    a field "namespace" beside it says where the object is.
    """

    owner: Kind
    path: tuple[str, ...]
    targets: tuple[Kind, ...]
    kind_at: tuple[str, ...] = ()
    afar: bool = False

    @property
    def field(self) -> str:
        """The path as kustomize writes it."""
        return "/".join(step for step in self.path if step != EACH)

    def paths(self, manifest: Manifest) -> Iterator[tuple[Key, ...]]:
        """The paths in an object that the path stands for."""
        if EACH not in self.path:
            yield self.path
            return
        at = self.path.index(EACH)
        entries = manifest.get(*self.path[:at])
        for index in range(len(entries) if isinstance(entries, list) else 0):
            yield (*self.path[:at], index, *self.path[at + 1 :])


def references(kind: Kind) -> tuple[Reference, ...]:
    """The fields of `kind` that name others."""
    return _OF.get(kind, ())


_CLAIMS = (kinds.PVC, kinds.DATA_VOLUME)
_CLASS = (kinds.STORAGE_CLASS,)
_DATA_SOURCE = (Kind("cdi.kubevirt.io", "DataSource"),)
_SOURCE, _SOURCE_KIND = ("spec", "source", "name"), ("spec", "source", "kind")
_TARGET, _TARGET_KIND = ("spec", "target", "name"), ("spec", "target", "kind")
_TEMPLATE = ("spec", "dataVolumeTemplates", EACH, "spec")
_VOLUME = ("spec", "template", "spec", "volumes", EACH)

REFERENCES = (
    Reference(kinds.DATA_VOLUME, ("spec", "pvc", "storageClassName"), _CLASS),
    Reference(kinds.DATA_VOLUME, ("spec", "source", "pvc", "name"), _CLAIMS, afar=True),
    Reference(
        kinds.DATA_VOLUME,
        ("spec", "source", "snapshot", "name"),
        (kinds.VOLUME_SNAPSHOT,),
        afar=True,
    ),
    Reference(kinds.DATA_VOLUME, ("spec", "sourceRef", "name"), _DATA_SOURCE, afar=True),
    Reference(kinds.DATA_VOLUME, ("spec", "storage", "storageClassName"), _CLASS),
    Reference(kinds.VM, (*_TEMPLATE, "pvc", "storageClassName"), _CLASS),
    Reference(kinds.VM, (*_TEMPLATE, "source", "pvc", "name"), _CLAIMS, afar=True),
    Reference(
        kinds.VM, (*_TEMPLATE, "source", "snapshot", "name"), (kinds.VOLUME_SNAPSHOT,), afar=True
    ),
    Reference(kinds.VM, (*_TEMPLATE, "sourceRef", "name"), _DATA_SOURCE, afar=True),
    Reference(kinds.VM, (*_TEMPLATE, "storage", "storageClassName"), _CLASS),
    Reference(kinds.VM, (*_VOLUME, "dataVolume", "name"), (kinds.DATA_VOLUME, kinds.PVC)),
    Reference(kinds.VM, (*_VOLUME, "persistentVolumeClaim", "claimName"), _CLAIMS),
    Reference(kinds.CLONE, _SOURCE, (kinds.VM, kinds.SNAPSHOT), _SOURCE_KIND),
    Reference(kinds.EXPORT, _SOURCE, (kinds.VM, kinds.SNAPSHOT, kinds.PVC), _SOURCE_KIND),
    Reference(kinds.RESTORE, _TARGET, (kinds.VM,), _TARGET_KIND),
    Reference(kinds.RESTORE, ("spec", "virtualMachineSnapshotName"), (kinds.SNAPSHOT,)),
    Reference(kinds.SNAPSHOT, _SOURCE, (kinds.VM,), _SOURCE_KIND),
    Reference(kinds.VOLUME_SNAPSHOT, ("spec", "source", "persistentVolumeClaimName"), _CLAIMS),
    Reference(
        kinds.VOLUME_SNAPSHOT, ("spec", "volumeSnapshotClassName"), (kinds.VOLUME_SNAPSHOT_CLASS,)
    ),
)
"""Those of KubeVirt, of CDI and of volume snapshots, sorted: what kustomize does not rewrite."""

_OF: dict[Kind, tuple[Reference, ...]] = {
    kind: tuple(row for row in REFERENCES if row.owner == kind)
    for kind in {row.owner for row in REFERENCES}
}
