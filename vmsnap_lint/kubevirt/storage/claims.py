"""The PVC of a volume, and the default StorageClass.

A DataVolume creates a PVC of its own name (`PVCNameFromVirtVolume` of kubevirt v1.9.0,
pkg/storage/types/pvc.go), so one name finds a PVC, a DataVolume or a template.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import DATA_VOLUME, PVC, STORAGE_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import MOST_NAMES, quoted
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.references import TEMPLATES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Claim", "Default", "default_class", "find", "gap"]

_K8S_DEFAULT = "storageclass.kubernetes.io/is-default-class"
# Kubernetes still accepts the old name (pkg/volume/util/storageclass.go), CDI does not.
_OLD_K8S_DEFAULT = "storageclass.beta.kubernetes.io/is-default-class"
_VIRT_DEFAULT = "storageclass.kubevirt.io/is-default-virt-class"
# If the input declares either kind of the namespace, what it lacks is absent.
_ABSENCES = (Absence.AMBIGUOUS, Absence.ABSENT)


class Claim(NamedTuple):
    """The objects that the name of a PVC stands for, or None.

    `spec` is the place of the fields of the PVC (its spec, or `spec.pvc` or `spec.storage` of a
    DataVolume or template), `absence` the reason why there is no object.
    """

    name: str
    pvc: Manifest | None
    data_volume: Manifest | None
    spec: Place | None
    absence: Absence | None

    @property
    def phase(self) -> str:
        """status.phase of the PVC, or "" without a status."""
        return self.pvc.text("status", "phase") if self.pvc else ""

    @property
    def is_bound(self) -> bool:
        """Whether its status is Bound."""
        return self.phase == "Bound"


class Default(NamedTuple):
    """The default StorageClass: its name, if it is known, and the candidates.

    `known` is False where the input does not show which one it is; `settled` is True where there is
    one candidate, or all have a creationTimestamp. `names` and `places` are of several
    candidates.
    """

    name: str | None
    candidates: tuple[Manifest, ...]
    known: bool
    settled: bool = False
    names: str = ""
    places: tuple[Place, ...] = ()


def find(cluster: Cluster, vm: Manifest, name: str) -> Claim:
    """The PVC `name` that a volume of `vm` uses."""
    pvc = cluster.resolve(PVC, name, vm)
    if not isinstance(pvc, Absence):
        return Claim(name, pvc, cluster.find(DATA_VOLUME, name, vm), pvc.at("spec"), None)
    data_volume = cluster.resolve(DATA_VOLUME, name, vm)
    owner = None if isinstance(data_volume, Absence) else data_volume
    if owner is not None:
        return Claim(name, None, owner, _spec_of(owner), None)
    template = _template(cluster, vm, name)
    absences = (absence for absence in _ABSENCES if absence in (pvc, data_volume))
    absence = None if template else next(absences, Absence.UNKNOWN)
    if absence is Absence.ABSENT and gap(cluster, vm.namespace, name):
        absence = Absence.UNKNOWN
    return Claim(name, None, None, template, absence)


def gap(cluster: Cluster, namespace: str | None, name: str) -> Gap | None:
    """What may make the PVC or a DataVolume for it, where the input does not show all of them."""
    workspace = cluster.workspace
    if any(workspace.is_certain(kind, namespace) for kind in (PVC, DATA_VOLUME)):
        return None
    gaps = (workspace.gap(kind, namespace, name) for kind in (PVC, DATA_VOLUME))
    return next(filter(None, gaps), None)


def default_class(cluster: Cluster, near: Manifest, *, virt: bool) -> Default:
    """The default StorageClass; with `virt`, the default of CDI first, as for `spec.storage`.

    The DefaultStorageClass admission of Kubernetes uses the newest of several by
    creationTimestamp, then by name; CDI v1.58 and later does the same for either annotation.
    """
    defaults, key = cluster.once(_defaults), (near.directory, virt)
    if key not in defaults:
        defaults[key] = _default(cluster, near, virt=virt)
    return defaults[key]


def _defaults(_cluster: Cluster) -> dict[tuple[str, bool], Default]:
    """The default for each directory and use, as far as it was asked for."""
    return {}


def _default(cluster: Cluster, near: Manifest, *, virt: bool) -> Default:
    classes = cluster.workspace.of(STORAGE_CLASS)
    complete = cluster.workspace.is_complete(STORAGE_CLASS)
    marked = _marked(cluster, classes, (_VIRT_DEFAULT,), near) if virt else ()
    old = () if virt else (_OLD_K8S_DEFAULT,)
    marked = marked or _marked(cluster, classes, (_K8S_DEFAULT, *old), near)
    if not marked and cluster.workspace.absence(STORAGE_CLASS, None) is Absence.UNKNOWN:
        return Default(None, (), known=False)
    if len(marked) < 2:
        return Default(marked[0].name if marked else None, marked, known=True, settled=True)
    aged = all(map(_age, marked))
    name = _newest(marked) if aged or complete else None
    names = quoted(storage_class.name for storage_class in marked)
    places = tuple(
        storage_class.at("metadata", "annotations", note="marked as default")
        for storage_class in marked[:MOST_NAMES]
    )
    return Default(name, marked, True, aged, names, places)


def _spec_of(manifest: Manifest, *root: str | int) -> Place:
    """The part of a DataVolume's spec that describes the PVC."""
    spec = manifest.get(*root, "spec")
    half = "storage" if isinstance(spec, dict) and "storage" in spec else "pvc"
    return manifest.at(*root, "spec", half)


def _template(cluster: Cluster, vm: Manifest, name: str) -> Place | None:
    """The dataVolumeTemplate of that name: the VM's own, else one of its namespace."""
    template = cluster.template(name, vm)
    return _spec_of(template[0], *TEMPLATES, template[1]) if template else None


def _marked(
    cluster: Cluster, classes: list[Manifest], annotations: tuple[str, ...], near: Manifest
) -> tuple[Manifest, ...]:
    """The classes with one of the annotations set to "true", one per name."""
    marked = {}
    for storage_class in classes:
        name, values = storage_class.name, storage_class.mapping("metadata", "annotations")
        if name and any(values.get(annotation) == "true" for annotation in annotations):
            nearest = cluster.workspace.resolve(STORAGE_CLASS, None, name, near)
            marked[name] = storage_class if isinstance(nearest, Absence) else nearest
    return tuple(marked[name] for name in sorted(marked))


def _newest(marked: tuple[Manifest, ...]) -> str:
    """The one that admission uses: the newest, and of one age the first by name."""
    newest = max(map(_age, marked))
    return min(storage_class.name for storage_class in marked if _age(storage_class) == newest)


def _age(storage_class: Manifest) -> str:
    """The time of its creation, in a form that sorts, or ""."""
    created = storage_class.text("metadata", "creationTimestamp")
    return "" if holds_placeholder(created) else created
