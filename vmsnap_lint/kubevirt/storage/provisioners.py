"""Provisioners that have no snapshots or no snapshot class.

Why a volume of an in-tree plugin can never be snapshotted, also after its migration:
https://github.com/kubernetes-csi/external-snapshotter/issues/489
"""

from __future__ import annotations

from operator import itemgetter

from vmsnap_lint.core.kinds import VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.messages import MOST_NAMES, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.vocabulary import Vocabulary
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.kubevirt.storage.drivers import ProvisionerKind, Support
from vmsnap_lint.kubevirt.storage.volume import UNCERTAIN, Cause, Choice, StorageCause, left_out
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.storage.drivers import Provisioner
    from vmsnap_lint.objects.manifest import Manifest, Place, SourceSpan
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["hopeless", "place_of", "unsupported", "without_class"]

_NONE_SEEN = "no VolumeSnapshotClass is in the input"
_LEFT_OUT = "the volume is left out of the snapshot"


def hopeless(storage_class: Manifest, provisioner: str, snapshot_class: str) -> Cause | None:
    """Why the VolumeSnapshot fails although KubeVirt uses a class for it."""
    row = _HOPELESS.get(drivers.classify(provisioner).kind)
    if row is None:
        return None
    kind, why = row
    effect = f'VolumeSnapshots of class "{snapshot_class}" never become ready'
    reason = f"{_uses(storage_class, provisioner)}, {why}; {effect}"
    place = place_of(storage_class)
    return Cause(kind, reason, (place,), Severity.WARNING, effect=Effect.STUCK)


def unsupported(storage_class: Manifest, known: Provisioner, snapshot_class: Manifest) -> Cause:
    """A snapshot class for a driver that has no snapshots, or none that are documented."""
    fits = f'VolumeSnapshotClass "{snapshot_class.name}" is for it'
    reason = f"{_unsupported(storage_class, known)}, but {fits}"
    place = snapshot_class.at("driver", note="the snapshot class of that driver")
    related = (place_of(storage_class), place)
    effect = Effect.STUCK if known.verified else Effect.DOUBT
    kind = StorageCause.DRIVER_UNSUPPORTED
    return Cause(kind, reason, related, Severity.INFO, effect=effect)


def without_class(cluster: Cluster, storage_class: Manifest, provisioner: str) -> Choice:
    """The choice if no class has the driver: none can exist, or none is in the input."""
    known = drivers.classify(provisioner)
    place = place_of(storage_class)
    if known.kind in _HOPELESS:
        return Choice(None, False, (_never(storage_class, known),))
    absence = cluster.workspace.absence(VOLUME_SNAPSHOT_CLASS, None)
    if absence is not Absence.ABSENT and known.snapshots is Support.NO:
        kind, severity = StorageCause.DRIVER_UNSUPPORTED, None if known.verified else Severity.INFO
        reason = f"{_unsupported(storage_class, known)}; {_LEFT_OUT}"
    elif absence in UNCERTAIN:
        return _unseen(cluster, storage_class, known)
    else:
        return _no_match(cluster, storage_class, known, certain=absence is Absence.ABSENT)
    return Choice(None, None, (Cause(kind, reason, (place,), severity),))


def _unseen(cluster: Cluster, storage_class: Manifest, known: Provisioner) -> Choice:
    """A driver without a class in an input that may not have all of them."""
    driver = f'driver "{known.name}" of StorageClass "{storage_class.name}"'
    gap, places = cluster.workspace.gap(VOLUME_SNAPSHOT_CLASS, None), (place_of(storage_class),)
    is_damaged = cluster.workspace.is_damaged(VOLUME_SNAPSHOT_CLASS)
    what = "no VolumeSnapshotClass of the input is valid" if is_damaged else _NONE_SEEN
    reason = f"{what}; whether one exists for {driver} is unknown"
    related: tuple[Place | SourceSpan, ...] = places
    if gap is not None:
        reason = f"no VolumeSnapshotClass in the input has {driver}; {gap.makes('one')}"
        related = (*places, *gap.places())
    cause = Cause(StorageCause.NO_SNAPSHOT_CLASS, reason, related, Severity.INFO, gap=gap)
    return Choice(None, None, (cause,))


def place_of(storage_class: Manifest, note: str = "") -> Place:
    """The provisioner of a StorageClass as a related place."""
    return storage_class.at("provisioner", note=f'StorageClass "{storage_class.name}"{note}')


def _never(storage_class: Manifest, known: Provisioner) -> Cause:
    """A provisioner whose name shows that there are no snapshots."""
    kind, why = _HOPELESS[known.kind]
    static = known.kind is ProvisionerKind.NO_PROVISIONER
    severity = Severity.WARNING if static or not known.verified else None
    replaced = f' (replaced by "{known.migrated_to}")' if known.migrated_to else ""
    reason = f"{_uses(storage_class, known.name)}{replaced}, {why}; the volume is left out"
    return Cause(kind, reason, (place_of(storage_class),), severity)


class _Drivers(NamedTuple):
    """The drivers of the snapshot classes, in words, and the first classes of each by index."""

    known: Vocabulary
    names: str
    first: dict[str, list[tuple[int, Manifest]]]


def _drivers(cluster: Cluster) -> _Drivers:
    first: dict[str, list[tuple[int, Manifest]]] = {}
    for index, snapshot_class in enumerate(cluster.workspace.of(VOLUME_SNAPSHOT_CLASS)):
        of_driver = first.setdefault(snapshot_class.text("driver"), [])
        if len(of_driver) < MOST_NAMES:
            of_driver.append((index, snapshot_class))
    names = sorted(first.keys() - {""})
    return _Drivers(Vocabulary(names), quoted(names), first)


def _no_match(
    cluster: Cluster, storage_class: Manifest, known: Provisioner, *, certain: bool
) -> Choice:
    """A driver that may have snapshots, without a class for it."""
    others = cluster.once(_drivers)
    note = f"; the input has classes for {others.names}" if others.names else ""
    if known.snapshots is Support.NO:
        note += "; its driver is not known to have snapshots"
    near = [entry for name in others.known.nearest(known.name) for entry in others.first[name]]
    similar = (
        snapshot_class.at("driver", note="similar driver")
        for _, snapshot_class in sorted(near, key=itemgetter(0))
    )
    driver = f'driver "{known.name}" of StorageClass "{storage_class.name}"'
    reason = (
        f"no VolumeSnapshotClass has {driver}; {_LEFT_OUT}"
        if certain
        else f"no VolumeSnapshotClass in the input has {driver}; without one the volume is left out"
    )
    place = place_of(storage_class, note)
    fixes = () if near else _suggested(cluster, storage_class, known)
    return left_out(
        StorageCause.NO_SNAPSHOT_CLASS, reason, place, *similar, certain=certain, fixes=fixes
    )


def _suggested(cluster: Cluster, storage_class: Manifest, known: Provisioner) -> tuple[Remedy, ...]:
    """A snapshot class for a driver that has snapshots, below its StorageClass."""
    if known.kind is not ProvisionerKind.CSI_KNOWN or known.snapshots is Support.NO:
        return ()
    from vmsnap_lint.kubevirt.storage.class_fixes import with_snapshot_class

    taken = {each.name for each in cluster.workspace.of(VOLUME_SNAPSHOT_CLASS)}
    return with_snapshot_class(storage_class, taken)


def _uses(storage_class: Manifest, provisioner: str) -> str:
    return f'StorageClass "{storage_class.name}" uses "{provisioner}"'


def _unsupported(storage_class: Manifest, known: Provisioner) -> str:
    documented = "" if known.verified else "documented "
    return f"{_uses(storage_class, known.name)}, a driver without {documented}snapshot support"


_HOPELESS = {
    ProvisionerKind.IN_TREE: (
        StorageCause.IN_TREE_PROVISIONER,
        "an in-tree plugin without snapshots",
    ),
    ProvisionerKind.NO_PROVISIONER: (StorageCause.IN_TREE_PROVISIONER, "which has no snapshots"),
    ProvisionerKind.NON_CSI: (StorageCause.NON_CSI_PROVISIONER, "not a CSI driver"),
    ProvisionerKind.BUCKET: (
        StorageCause.NON_CSI_PROVISIONER,
        "which provisions buckets, not disks",
    ),
}
