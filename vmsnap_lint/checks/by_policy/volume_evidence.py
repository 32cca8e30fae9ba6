"""The volumes of a VM and their classes become fields of the verdict model."""

from __future__ import annotations

from vmsnap_lint.checks.by_policy.known_fields import defaults, labelled, texts, written
from vmsnap_lint.core.kinds import STORAGE_CLASS, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder, parse_quantity
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.checks.by_policy.known_fields import Fields
    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.snapshot.predicted import VolumePlan
    from vmsnap_lint.kubevirt.storage import Volume
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["Classes", "class_of", "fields_of", "planned"]

_MOST = 2**63 - 1  # of an int of CEL
_CLASSES = {
    STORAGE_CLASS: {
        "provisioner": ("provisioner",),
        "reclaimPolicy": ("reclaimPolicy",),
        "volumeBindingMode": ("volumeBindingMode",),
    },
    VOLUME_SNAPSHOT_CLASS: {"driver": ("driver",), "deletionPolicy": ("deletionPolicy",)},
}
_DEFAULTS = {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}


class Classes:
    """The classes of a cluster as fields, each made once; with `raw` placeholders are values."""

    def __init__(self, cluster: Cluster, wanted: frozenset[str], *, raw: bool) -> None:
        self._cluster = cluster
        self._wanted = wanted
        self._raw = raw
        self._made: dict[Manifest, Fields] = {}

    def of(self, user: Manifest, kind: Kind, name: str | None) -> Fields:
        """A class; of one that is not in the input the name is known, if that is."""
        if not name or holds_placeholder(name):
            return {}
        found = self._cluster.resolve(kind, name, user)
        if found is Absence.ABSENT:
            return {**defaults(kind.kind), "name": name}
        if isinstance(found, Absence):
            return {"name": name}
        if found not in self._made:
            self._made[found] = self._of_manifest(found, kind)
        return self._made[found]

    def _of_manifest(self, found: Manifest, kind: Kind) -> Fields:
        labels = labelled(found, self._wanted, raw=self._raw)
        fields: Fields = {"exists": True, "name": found.name, **labels}
        told = written(found, _CLASSES[kind])
        return {**fields, **{key: text or _DEFAULTS.get(key, "") for key, text in told.items()}}


def fields_of(classes: Classes, vm: Manifest, volume: Volume) -> Fields:
    """One volume of a VM."""
    fields: Fields = {
        "name": volume.name,
        "source": volume.source,
        "persistent": volume.persistent,
        "reason": volume.reason,
        **_of_claim(volume),
        "storageClass": _storage_class(classes, vm, volume),
        "snapshotClass": _snapshot_class(classes, vm, volume),
    }
    if volume.included is not None:
        fields["included"] = volume.included
    return _known(fields)


def planned(classes: Classes, subject: Manifest, volume: VolumePlan, fields: Fields) -> Fields:
    """A volume of a VM as a plan has it: a snapshot that was taken says what it has.

    That may have been taken with other classes than the VM has now.
    """
    told: Fields = {"name": volume.name, "persistent": True, "reason": volume.reason}
    if volume.claim is not None:
        told["claim"] = volume.claim
    if volume.included is not None:
        told["included"] = volume.included
    if not _has(fields, "snapshotClass", volume.snapshot_class):
        told["snapshotClass"] = _snapshot_class(classes, subject, volume)
    if volume.storage_class and not _has(fields, "storageClass", volume.storage_class):
        name = volume.storage_class
        told["storageClass"] = classes.of(subject, STORAGE_CLASS, name)
    of_vm = {name: value for name, value in fields.items() if name != "included"}
    return {**of_vm, **_known(told)}


def _has(fields: Fields, name: str, value: str | None) -> bool:
    """Whether that is the name of the class, where it has one."""
    return bool(value) and fields.get(name, {}).get("name") == value


def _known(fields: Fields) -> Fields:
    """The fields but for those that a templating tool writes."""
    return {name: value for name, value in fields.items() if not holds_placeholder(value)}


def class_of(cluster: Cluster, vm: Manifest, kind: Kind, name: str | None) -> Manifest | None:
    """The class of that name, if the input has it."""
    return cluster.find(kind, name, vm) if name else None


def _of_claim(volume: Volume) -> Fields:
    """The PVC: what is known of one that the input does not have is its name."""
    claim = volume.claim
    if not volume.persistent:
        return {"claim": "", "size": 0, "accessModes": [], "volumeMode": ""}
    if claim is None:
        return {}
    return {"claim": claim.name, **({} if claim.spec is None else _of_spec(claim.spec))}


def _of_spec(spec: Place) -> Fields:
    """Size and modes; what `spec.storage` of a DataVolume leaves out is decided by CDI."""
    manifest, path = spec.manifest, spec.path
    fields: Fields = {}
    size = parse_quantity(manifest.get(*path, "resources", "requests", "storage"))
    if size is not None:
        fields["size"] = min(int(size), _MOST)
    is_open = path[-1:] == ("storage",)
    modes = texts(manifest, {"accessModes": (*path, "accessModes")})
    if modes.get("accessModes") or not is_open:
        fields |= modes
    mode = manifest.get(*path, "volumeMode")
    if mode is not None or not is_open:
        fields["volumeMode"] = mode if isinstance(mode, str) else "Filesystem"
    return fields


def _storage_class(classes: Classes, vm: Manifest, volume: Volume) -> Fields:
    has_none = any(cause.kind is StorageCause.CLAIM_WITHOUT_CLASS for cause in volume.causes)
    if not volume.persistent or (volume.storage_class is None and has_none):
        return defaults("StorageClass")
    return classes.of(vm, STORAGE_CLASS, volume.storage_class)


def _snapshot_class(classes: Classes, vm: Manifest, volume: Volume | VolumePlan) -> Fields:
    is_left_out = volume.snapshot_class is None and volume.included is False
    if not volume.persistent or is_left_out:
        return defaults("VolumeSnapshotClass")
    return classes.of(vm, VOLUME_SNAPSHOT_CLASS, volume.snapshot_class)
