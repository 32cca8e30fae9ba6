"""StorageClass name -> VolumeSnapshotClass, as KubeVirt's snapshot controller picks it. Floor 4.

The algorithm is `getVolumeSnapshotClassName` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go;
what CDI puts into a StorageProfile is `GetSnapshotClassForSmartClone` of
containerized-data-importer v1.66.0, pkg/controller/common/util.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint import drivers
from vmsnap_lint.drivers import ProvisionerKind, Support
from vmsnap_lint.kinds import STORAGE_CLASS, STORAGE_PROFILE, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.model import Severity
from vmsnap_lint.storage.cause import Cause
from vmsnap_lint.values import holds_placeholder
from vmsnap_lint.wording import counted, nearest_hint, quoted
from vmsnap_lint.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.cluster import Cluster
    from vmsnap_lint.manifest import Manifest, Place

__all__ = ["DEFAULT_ANNOTATION", "Choice", "choose", "missing_class"]

DEFAULT_ANNOTATION = "snapshot.storage.kubernetes.io/is-default-class"


class Choice(NamedTuple):
    """What the controller would pick. `included` is None where the input cannot tell.

    `blocks` says that the controller makes an error of it: the snapshot never gets its content.
    """

    snapshot_class: str | None
    included: bool | None
    causes: tuple[Cause, ...] = ()
    blocks: bool = False


def choose(cluster: Cluster, name: str, near: Manifest) -> Choice:
    """The snapshot class for volumes of the StorageClass `name`, seen from the manifest `near`."""
    found = cluster.workspace.resolve(STORAGE_CLASS, None, name, near)
    if isinstance(found, Absence):
        return missing_class(cluster, name, found)
    provisioner = found.text("provisioner")
    if not provisioner or holds_placeholder(provisioner):
        return _unknown(f'the provisioner of StorageClass "{name}" is not known', _of(found))
    if cluster.behaviour.profile_snapshot_class:
        choice = _by_profile(cluster, found, provisioner)
        if choice is not None:
            return choice
    return _by_driver(cluster, found, provisioner)


def missing_class(cluster: Cluster, name: str, why: Absence) -> Choice:
    """The choice for a StorageClass that the input does not hold."""
    if why is Absence.AMBIGUOUS:
        return _unknown(f'StorageClass "{name}" is defined more than once, each time differently')
    if why is Absence.UNKNOWN:
        return _unknown(f'StorageClass "{name}" is not in the input')
    others = cluster.workspace.names(STORAGE_CLASS, None)
    reason = f'no StorageClass "{name}"{nearest_hint(name, others)}'
    if why is Absence.GUESSED:
        reason += f"; the input holds {counted(len(others), 'other')}"
        return Choice(None, None, (Cause("storage-class-missing", reason, (), Severity.WARNING),))
    return Choice(None, False, (Cause("storage-class-missing", reason),))


def _by_profile(cluster: Cluster, storage_class: Manifest, provisioner: str) -> Choice | None:
    """What a StorageProfile of the class's name decides, or None where it decides nothing."""
    workspace = cluster.workspace
    profile = workspace.resolve(STORAGE_PROFILE, None, storage_class.name, storage_class)
    if isinstance(profile, Absence):
        return None
    field = "status"
    wanted = profile.text("status", "snapshotClass")
    if not wanted and not workspace.is_complete(STORAGE_PROFILE):
        field, wanted = "spec", profile.text("spec", "snapshotClass")
    if not wanted or holds_placeholder(wanted):
        return None
    at = profile.at(field, "snapshotClass", note=f'StorageProfile names "{wanted}"')
    found = workspace.resolve(VOLUME_SNAPSHOT_CLASS, None, wanted, profile)
    if isinstance(found, Absence):
        return _dangling(cluster, wanted, field, at, found)
    if found.text("driver") == provisioner:
        return Choice(wanted, True)
    reason = (
        f'VolumeSnapshotClass "{wanted}" of StorageProfile "{profile.name}" is for driver '
        f'"{found.text("driver")}", the volume is provisioned by "{provisioner}"'
    )
    related = (at, found.at("driver", note="the driver of the snapshot class"))
    if field == "spec":
        # CDI takes such a class for none and leaves the status empty
        rest = _by_driver(cluster, storage_class, provisioner)
        ignored = Cause(
            "class-driver-mismatch", f"{reason}; CDI ignores it", related, Severity.WARNING
        )
        return rest._replace(causes=(ignored, *rest.causes))
    return Choice(wanted, True, (Cause("class-driver-mismatch", reason, related),))


def _dangling(cluster: Cluster, wanted: str, field: str, at: Place, why: Absence) -> Choice | None:
    """A profile that names a snapshot class which the input does not hold."""
    if why in (Absence.UNKNOWN, Absence.AMBIGUOUS):
        return _unknown(f'VolumeSnapshotClass "{wanted}" is not in the input', at)
    hint = nearest_hint(wanted, cluster.workspace.names(VOLUME_SNAPSHOT_CLASS, None))
    reason = (
        f'StorageProfile "{at.manifest.name}" names VolumeSnapshotClass "{wanted}" in {field}, '
        f"which does not exist{hint}; KubeVirt looks no further"
    )
    certain = why is Absence.ABSENT
    severity = None if certain else Severity.WARNING
    cause = Cause("profile-dangling-class", reason, (at,), severity)
    return Choice(None, False if certain else None, (cause,))


def _by_driver(cluster: Cluster, storage_class: Manifest, provisioner: str) -> Choice:
    """The class of the same driver; of several, the one that carries the default annotation."""
    matching = cluster.snapshot_classes(provisioner)
    if not matching:
        return _no_class(cluster, storage_class, provisioner)
    if len(matching) == 1:
        return Choice(matching[0].name, True)
    keyed = [m for m in matching if DEFAULT_ANNOTATION in m.mapping("metadata", "annotations")]
    if keyed:
        # of several defaults the controller takes whichever its cache lists first
        return Choice(keyed[0].name, True)
    return _ambiguous(cluster, storage_class, matching)


def _ambiguous(cluster: Cluster, storage_class: Manifest, matching: list[Manifest]) -> Choice:
    """Several classes, none marked: an error for KubeVirt unless CDI has chosen before."""
    names = quoted(m.name for m in matching)
    reason = (
        f'{len(matching)} VolumeSnapshotClasses match StorageClass "{storage_class.name}" '
        f"({names}) and none carries the annotation {DEFAULT_ANNOTATION}"
    )
    related = tuple(m.at("metadata", "name", note="one of the candidates") for m in matching)
    if cluster.workspace.is_complete(STORAGE_PROFILE):
        cause = Cause("ambiguous-class", reason, related)
        return Choice(None, None, (cause,), blocks=True)
    if cluster.has_cdi:
        first = matching[0].name
        cause = Cause(
            "ambiguous-class",
            f'{reason}; CDI settles it by the alphabet, on "{first}"',
            related,
            Severity.INFO,
        )
        return Choice(first, True, (cause,))
    return Choice(None, None, (Cause("ambiguous-class", reason, related, Severity.WARNING),))


def _no_class(cluster: Cluster, storage_class: Manifest, provisioner: str) -> Choice:
    """No class has the driver: because none ever could, or because none is in the input."""
    known = drivers.classify(provisioner)
    place = storage_class.at("provisioner", note=f'StorageClass "{storage_class.name}"')
    hopeless = _HOPELESS.get(known.kind)
    if hopeless:
        rule, why, severity = hopeless
        if not known.verified:
            severity = Severity.WARNING
        reason = f'StorageClass "{storage_class.name}" uses "{provisioner}", {why}'
        if known.migrated_to:
            reason += f'; the CSI driver that replaces it is "{known.migrated_to}"'
        return Choice(None, False, (Cause(rule, reason, (place,), severity),))
    absence = cluster.workspace.absence(VOLUME_SNAPSHOT_CLASS, None)
    if absence is not Absence.ABSENT and known.snapshots is Support.NO:
        sure = "does not support" if known.verified else "is not documented to support"
        reason = f'StorageClass "{storage_class.name}" uses "{provisioner}", which {sure} snapshots'
        severity = None if known.verified else Severity.INFO
        cause = Cause("driver-snapshot-unsupported", reason, (place,), severity)
        return Choice(None, None, (cause,))
    return _no_match(cluster, storage_class, provisioner, absence)


def _no_match(
    cluster: Cluster, storage_class: Manifest, provisioner: str, absence: Absence
) -> Choice:
    """A driver that may well make snapshots, without a class for it."""
    place = storage_class.at("provisioner", note=f'StorageClass "{storage_class.name}"')
    if absence in (Absence.UNKNOWN, Absence.AMBIGUOUS):
        reason = (
            f'no VolumeSnapshotClass is in the input, so none is known for driver "{provisioner}"'
        )
        return Choice(None, None, (Cause("no-snapshot-class", reason, (place,), Severity.INFO),))
    others = cluster.workspace.of(VOLUME_SNAPSHOT_CLASS)
    have = sorted({m.text("driver") for m in others} - {""})
    rest = f"; the input has classes for {quoted(have)}" if have else ""
    reason = (
        f'no VolumeSnapshotClass has driver "{provisioner}" of StorageClass '
        f'"{storage_class.name}"{rest}'
    )
    certain = absence is Absence.ABSENT
    severity = None if certain else Severity.WARNING
    cause = Cause("no-snapshot-class", reason, (place,), severity)
    return Choice(None, False if certain else None, (cause,))


_HOPELESS = {
    ProvisionerKind.IN_TREE: (
        "in-tree-provisioner",
        "an in-tree provisioner whose volumes no CSI driver can snapshot",
        None,
    ),
    ProvisionerKind.NO_PROVISIONER: (
        "in-tree-provisioner",
        "which provisions nothing: no VolumeSnapshotClass can match it",
        Severity.WARNING,
    ),
    ProvisionerKind.NON_CSI: (
        "non-csi-provisioner",
        "which is not a CSI driver and cannot make snapshots",
        None,
    ),
    ProvisionerKind.BUCKET: (
        "non-csi-provisioner",
        "which provisions object buckets, not disks",
        None,
    ),
}


def _unknown(reason: str, *places: Place) -> Choice:
    return Choice(None, None, (Cause("reference-unverified", reason, places),))


def _of(storage_class: Manifest) -> Place:
    return storage_class.at("provisioner", note=f'StorageClass "{storage_class.name}"')
