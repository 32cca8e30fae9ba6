"""A provisioner for which no snapshot class does -> the cause.

Why a volume of an in-tree plugin can never be snapshotted, migrated or not:
https://github.com/kubernetes-csi/external-snapshotter/issues/489
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import nearest
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.kubevirt.storage.drivers import ProvisionerKind, Support
from vmsnap_lint.kubevirt.storage.volume import Cause, Choice, StorageCause
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.drivers import Provisioner
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["hopeless", "unsupported", "without_class"]


def hopeless(storage_class: Manifest, provisioner: str, taken: Manifest) -> Cause | None:
    """Why the VolumeSnapshot fails although KubeVirt takes a class for it, if the name tells."""
    known = drivers.classify(provisioner)
    named = _HOPELESS.get(known.kind)
    if named is None:
        return None
    kind, why = named
    reason = (
        f"{_uses(storage_class, provisioner)}, {why}: KubeVirt takes VolumeSnapshotClass "
        f'"{taken.name}", and the VolumeSnapshot never becomes ready'
    )
    return Cause(kind, reason, (_place(storage_class),), Severity.WARNING)


def unsupported(storage_class: Manifest, known: Provisioner, taken: Manifest) -> Cause:
    """A snapshot class for a driver that is not known to make snapshots: worth a look only."""
    reason = (
        f'{_unsupported(storage_class, known)}; VolumeSnapshotClass "{taken.name}" says otherwise'
    )
    place = taken.at("driver", note="the snapshot class of that driver")
    related = (_place(storage_class), place)
    return Cause(StorageCause.DRIVER_UNSUPPORTED, reason, related, Severity.INFO)


def without_class(cluster: Cluster, storage_class: Manifest, provisioner: str) -> Choice:
    """No class has the driver: because none ever could, or because none is in the input."""
    known = drivers.classify(provisioner)
    if known.kind in _HOPELESS:
        return Choice(None, False, (_never(storage_class, known),))
    absence = cluster.workspace.absence(VOLUME_SNAPSHOT_CLASS, None)
    if absence is not Absence.ABSENT and known.snapshots is Support.NO:
        severity = None if known.verified else Severity.INFO
        reason = f"{_unsupported(storage_class, known)}: the volume is left out of the snapshot"
        cause = Cause(StorageCause.DRIVER_UNSUPPORTED, reason, (_place(storage_class),), severity)
        return Choice(None, None, (cause,))
    return _no_match(cluster, storage_class, known, absence)


def _never(storage_class: Manifest, known: Provisioner) -> Cause:
    """The name alone says that there are no snapshots."""
    kind, why = _HOPELESS[known.kind]
    static = known.kind is ProvisionerKind.NO_PROVISIONER
    severity = Severity.WARNING if static or not known.verified else None
    reason = f"{_uses(storage_class, known.name)}, {why}: the volume is left out of the snapshot"
    if known.migrated_to:
        reason += f'; the CSI driver that replaces it is "{known.migrated_to}"'
    return Cause(kind, reason, (_place(storage_class),), severity)


def _no_match(
    cluster: Cluster, storage_class: Manifest, known: Provisioner, absence: Absence
) -> Choice:
    """A driver that may well make snapshots, without a class for it."""
    place = _place(storage_class)
    driver = f'driver "{known.name}" of StorageClass "{storage_class.name}"'
    if absence in (Absence.UNKNOWN, Absence.AMBIGUOUS):
        reason = (
            f"no VolumeSnapshotClass is in the input, so whether one exists for {driver} "
            "cannot be told"
        )
        return Choice(
            None, None, (Cause(StorageCause.NO_SNAPSHOT_CLASS, reason, (place,), Severity.INFO),)
        )
    certain = absence is Absence.ABSENT
    others = cluster.workspace.of(VOLUME_SNAPSHOT_CLASS)
    have = sorted({m.text("driver") for m in others} - {""})
    near = nearest(known.name, have)
    places = (place, *(m.at("driver", note="nearest") for m in others if m.text("driver") in near))
    reason = _nothing_fits(driver, have, certain=certain)
    if known.snapshots is Support.NO:
        reason += "; the driver is not known to support snapshots either"
    severity = None if certain else Severity.WARNING
    cause = Cause(StorageCause.NO_SNAPSHOT_CLASS, reason, places, severity)
    return Choice(None, False if certain else None, (cause,))


def _nothing_fits(driver: str, have: list[str], *, certain: bool) -> str:
    rest = f"; the input has classes for {quoted(have)}" if have else ""
    if certain:
        return f"no VolumeSnapshotClass has {driver}: the volume is left out of the snapshot{rest}"
    return (
        f"no VolumeSnapshotClass in the input has {driver}: without one the volume is left out of "
        f"the snapshot{rest}"
    )


def _uses(storage_class: Manifest, provisioner: str) -> str:
    return f'StorageClass "{storage_class.name}" uses "{provisioner}"'


def _unsupported(storage_class: Manifest, known: Provisioner) -> str:
    sure = "does not support" if known.verified else "is not documented to support"
    return f"{_uses(storage_class, known.name)}, a driver that {sure} snapshots"


def _place(storage_class: Manifest) -> Place:
    return storage_class.at("provisioner", note=f'StorageClass "{storage_class.name}"')


_HOPELESS = {
    ProvisionerKind.IN_TREE: (
        StorageCause.IN_TREE_PROVISIONER,
        "an in-tree provisioner whose volumes no CSI driver can snapshot",
    ),
    ProvisionerKind.NO_PROVISIONER: (
        StorageCause.IN_TREE_PROVISIONER,
        "which provisions nothing, so no VolumeSnapshotClass can match it",
    ),
    ProvisionerKind.NON_CSI: (
        StorageCause.NON_CSI_PROVISIONER,
        "which is not a CSI driver and cannot make snapshots",
    ),
    ProvisionerKind.BUCKET: (
        StorageCause.NON_CSI_PROVISIONER,
        "which provisions object buckets, not disks",
    ),
}
