"""Volume -> the claim it mounts, and the StorageClass that claim asks for.

A DataVolume makes a PersistentVolumeClaim of its own name (`PVCNameFromVirtVolume` of kubevirt
v1.9.0, pkg/storage/types/pvc.go), so one name finds a claim, a DataVolume or a template.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import DATA_VOLUME, PVC, STORAGE_CLASS
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.references import TEMPLATES
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Key
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Claim", "Default", "asked_class", "default_class", "find"]

_K8S_DEFAULT = "storageclass.kubernetes.io/is-default-class"
# Kubernetes still takes the old name for the same (pkg/volume/util/storageclass.go), CDI doesn't.
_OLD_K8S_DEFAULT = "storageclass.beta.kubernetes.io/is-default-class"
_VIRT_DEFAULT = "storageclass.kubevirt.io/is-default-virt-class"


class Claim(NamedTuple):
    """The objects behind a claim's name; each None where the input does not hold it.

    `spec` is the place of the claim's own wishes (a PVC's spec, or `spec.pvc` / `spec.storage` of
    a DataVolume or template), `absence` says why nothing was found.
    """

    name: str
    pvc: Manifest | None
    data_volume: Manifest | None
    spec: Place | None
    absence: Absence | None

    @property
    def phase(self) -> str:
        """status.phase of the claim; "" where it was not exported."""
        return self.pvc.text("status", "phase") if self.pvc else ""

    @property
    def is_bound(self) -> bool:
        """Whether an export shows it Bound."""
        return self.phase == "Bound"


class Default(NamedTuple):
    """The class that an unset one becomes: its name, if the input tells, and the candidates.

    `known` is False where the input holds no StorageClass at all; `settled` says that there is one
    candidate, or that their ages in an export decide.
    """

    name: str | None
    candidates: tuple[Manifest, ...]
    known: bool
    settled: bool = False


def find(cluster: Cluster, vm: Manifest, name: str) -> Claim:
    """What the input says of the claim `name` that a volume of `vm` mounts."""
    pvc = cluster.resolve(PVC, name, vm)
    data_volume = cluster.resolve(DATA_VOLUME, name, vm)
    owner = None if isinstance(data_volume, Absence) else data_volume
    if not isinstance(pvc, Absence):
        return Claim(name, pvc, owner, pvc.at("spec"), None)
    if owner is not None:
        return Claim(name, None, owner, _wishes(owner, ()), None)
    template = _template(cluster, vm, name)
    if template is not None:
        return Claim(name, None, None, template, None)
    return Claim(name, None, None, None, _absence(pvc, data_volume))


def asked_class(claim: Claim) -> str | None:
    """The storageClassName that the claim names: None where unset, "" where set to nothing."""
    if claim.spec is None:
        return None
    named = claim.spec.manifest.get(*claim.spec.path, "storageClassName")
    return named if isinstance(named, str) else None


def default_class(cluster: Cluster, near: Manifest, *, virt: bool) -> Default:
    """The default StorageClass. `virt`: CDI's own default comes first, as for `spec.storage`.

    The DefaultStorageClass admission of Kubernetes takes the newest of several by
    creationTimestamp, then by name; CDI v1.58 and later does the same for either annotation.
    """
    classes = cluster.workspace.of(STORAGE_CLASS)
    complete = cluster.workspace.is_complete(STORAGE_CLASS)
    if not classes and not complete:
        return Default(None, (), known=False)
    marked = _marked(cluster, classes, (_VIRT_DEFAULT,), near) if virt else ()
    old = () if virt else (_OLD_K8S_DEFAULT,)
    marked = marked or _marked(cluster, classes, (_K8S_DEFAULT, *old), near)
    if len(marked) < 2:
        return Default(marked[0].name if marked else None, marked, known=True, settled=True)
    aged = all(_age(one) for one in marked)
    name = _newest(marked) if aged or complete else None
    return Default(name, marked, known=True, settled=aged)


def _wishes(manifest: Manifest, root: tuple[Key, ...]) -> Place:
    """The half of a DataVolume's spec that describes the claim."""
    spec = manifest.get(*root, "spec")
    half = "storage" if isinstance(spec, dict) and "storage" in spec else "pvc"
    return manifest.at(*root, "spec", half)


def _template(cluster: Cluster, vm: Manifest, name: str) -> Place | None:
    """The dataVolumeTemplate of that name: the VM's own, else one of its namespace."""
    others = None
    for owner, index in cluster.templates[name]:
        root = (*TEMPLATES, index)
        if owner is vm:
            return _wishes(owner, root)
        if cluster.workspace.same_namespace(owner.namespace, vm.namespace):
            others = _wishes(owner, root)
    return others


def _absence(pvc: Absence, data_volume: Absence | Manifest) -> Absence:
    """Absent where either kind shows that the namespace's claims are declared in the input."""
    both = (pvc, data_volume)
    for answer in (Absence.AMBIGUOUS, Absence.ABSENT):
        if answer in both:
            return answer
    return Absence.UNKNOWN


def _marked(
    cluster: Cluster, classes: list[Manifest], annotations: tuple[str, ...], near: Manifest
) -> tuple[Manifest, ...]:
    """The classes that carry one of the annotations with the value "true", one a name."""
    found = {}
    for one in classes:
        written = one.mapping("metadata", "annotations")
        if one.name and any(written.get(annotation) == "true" for annotation in annotations):
            chosen = cluster.workspace.resolve(STORAGE_CLASS, None, one.name, near)
            found[one.name] = one if isinstance(chosen, Absence) else chosen
    return tuple(found[name] for name in sorted(found))


def _newest(marked: tuple[Manifest, ...]) -> str:
    """The one that admission would take: the youngest, and of one age the first by name."""
    newest = max(map(_age, marked))
    return min(one.name for one in marked if _age(one) == newest)


def _age(one: Manifest) -> str:
    """When it was made, in a form that sorts; "" where the input does not tell."""
    written = one.text("metadata", "creationTimestamp")
    return "" if holds_placeholder(written) else written
