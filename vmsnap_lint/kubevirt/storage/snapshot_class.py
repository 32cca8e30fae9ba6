"""StorageClass name -> VolumeSnapshotClass, as KubeVirt's snapshot controller picks it.

The algorithm is `getVolumeSnapshotClassName` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go;
what CDI puts into a StorageProfile is `GetSnapshotClassForSmartClone` of
containerized-data-importer v1.66.0, pkg/controller/common/util.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import STORAGE_CLASS, STORAGE_PROFILE, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.messages import counted, nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage import drivers, provisioners
from vmsnap_lint.kubevirt.storage.drivers import ProvisionerKind, Support
from vmsnap_lint.kubevirt.storage.volume import Cause, Choice, StorageCause
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["DEFAULT_ANNOTATION", "choose", "is_keyed", "is_true_default"]

DEFAULT_ANNOTATION = "snapshot.storage.kubernetes.io/is-default-class"


def choose(cluster: Cluster, name: str, near: Manifest) -> Choice:
    """The snapshot class for volumes of the StorageClass `name`, seen from the manifest `near`."""
    found = cluster.workspace.resolve(STORAGE_CLASS, None, name, near)
    if isinstance(found, Absence):
        return _missing_class(cluster, name, found)
    provisioner = found.text("provisioner")
    if not provisioner or holds_placeholder(provisioner):
        about = f'the provisioner of StorageClass "{name}"'
        return _unknown(about, "is not known", _provisioner(found))
    choice = _by_profile(cluster, found, provisioner)
    if choice is None:
        choice = _by_driver(cluster, found, provisioner)
    return choice._replace(storage_class=found)


def is_keyed(snapshot_class: Manifest) -> bool:
    """Whether it carries the default annotation, which is all that KubeVirt looks at."""
    return DEFAULT_ANNOTATION in snapshot_class.mapping("metadata", "annotations")


def is_true_default(snapshot_class: Manifest) -> bool:
    """Whether its default annotation says "true", as CDI and external-snapshotter want it."""
    return snapshot_class.mapping("metadata", "annotations").get(DEFAULT_ANNOTATION) == "true"


def _missing_class(cluster: Cluster, name: str, why: Absence) -> Choice:
    """The choice for a StorageClass that the input does not hold."""
    if why is Absence.AMBIGUOUS:
        return _unknown(
            f'StorageClass "{name}"', "is defined more than once, each time differently"
        )
    if why is Absence.UNKNOWN:
        return _unknown(f'StorageClass "{name}"', "is not in the input")
    others = cluster.workspace.names(STORAGE_CLASS, None)
    reason = f'no StorageClass "{name}"{nearest_hint(name, others)}'
    if why is Absence.GUESSED:
        reason += (
            f"; the input holds {counted(len(others), 'other')}; without the class the volume is "
            "left out of the snapshot"
        )
        return Choice(
            None, None, (Cause(StorageCause.STORAGE_CLASS_MISSING, reason, (), Severity.WARNING),)
        )
    reason += ": the volume is left out of the snapshot"
    return Choice(None, False, (Cause(StorageCause.STORAGE_CLASS_MISSING, reason),))


def _by_profile(cluster: Cluster, storage_class: Manifest, provisioner: str) -> Choice | None:
    """What a StorageProfile of the class's name decides, or None where it decides nothing."""
    if not cluster.behaviour.profile_snapshot_class:
        return None
    workspace = cluster.workspace
    profile = workspace.resolve(STORAGE_PROFILE, None, storage_class.name, storage_class)
    if profile is Absence.AMBIGUOUS:
        about, why = (
            f'StorageProfile "{storage_class.name}"',
            "is defined more than once, differently",
        )
        return _unknown(about, why, _provisioner(storage_class))
    if isinstance(profile, Absence):
        return None
    wanted = profile.text("status", "snapshotClass")
    if wanted and not holds_placeholder(wanted):
        choice = _by_status(cluster, storage_class, provisioner, profile)
        return choice._replace(profile=profile)
    wanted = profile.text("spec", "snapshotClass")
    # in a complete export an empty status is final: KubeVirt never looks at the spec
    if not wanted or holds_placeholder(wanted) or workspace.is_complete(STORAGE_PROFILE):
        return None
    choice = _by_wish(cluster, storage_class, provisioner, profile)
    return choice._replace(profile=profile)


def _by_status(
    cluster: Cluster, storage_class: Manifest, provisioner: str, profile: Manifest
) -> Choice:
    """The class that the profile's status names: taken unseen, or nothing is."""
    wanted = profile.text("status", "snapshotClass")
    at = profile.at("status", "snapshotClass", note=f'StorageProfile names "{wanted}"')
    found = cluster.workspace.resolve(VOLUME_SNAPSHOT_CLASS, None, wanted, profile)
    if not isinstance(found, Absence):
        return _taken(storage_class, provisioner, found, at)
    if found in (Absence.UNKNOWN, Absence.AMBIGUOUS):
        return _unknown(f'VolumeSnapshotClass "{wanted}"', "is not in the input", at)
    gone = _dangling(cluster, at, wanted, found)
    reason = f"{gone}: KubeVirt looks no further and leaves the volume out"
    certain = found is Absence.ABSENT
    severity = None if certain else Severity.WARNING
    cause = Cause(StorageCause.PROFILE_DANGLING, reason, (at,), severity)
    return Choice(None, False if certain else None, (cause,))


def _by_wish(
    cluster: Cluster, storage_class: Manifest, provisioner: str, profile: Manifest
) -> Choice:
    """The class that the profile's spec asks for: CDI takes it over if it exists and fits."""
    wanted = profile.text("spec", "snapshotClass")
    at = profile.at("spec", "snapshotClass", note=f'StorageProfile asks for "{wanted}"')
    found = cluster.workspace.resolve(VOLUME_SNAPSHOT_CLASS, None, wanted, profile)
    if found in (Absence.UNKNOWN, Absence.AMBIGUOUS):
        return _unknown(f'VolumeSnapshotClass "{wanted}"', "is not in the input", at)
    if isinstance(found, Absence):
        reason = f"{_dangling(cluster, at, wanted, found)}: CDI cannot take it over"
        certain = found is Absence.ABSENT
        severity = None if certain else Severity.WARNING
        cause = Cause(StorageCause.PROFILE_DANGLING, reason, (at,), severity)
    else:
        driver = found.text("driver")
        if driver == provisioner or holds_placeholder(driver):
            return Choice(wanted, True)
        reason = f"{_foreign(found, storage_class, provisioner)}: CDI ignores it"
        related = (at, found.at("driver", note="the driver of the snapshot class"))
        cause = Cause(StorageCause.CLASS_OF_OTHER_DRIVER, reason, related, Severity.WARNING)
    rest = _by_driver(cluster, storage_class, provisioner)
    return rest._replace(causes=(cause,) if rest.included else (cause, *rest.causes))


def _taken(
    storage_class: Manifest, provisioner: str, snapshot_class: Manifest, at: Place
) -> Choice:
    """The volume is in the snapshot, whatever the driver of the class is."""
    name, driver = snapshot_class.name, snapshot_class.text("driver")
    if drivers.classify(provisioner).kind is ProvisionerKind.NO_PROVISIONER:
        return Choice(name, True)  # its volumes are made by hand, maybe for that driver
    lost = provisioners.hopeless(storage_class, provisioner, snapshot_class)
    if lost is not None:
        return Choice(name, True, (lost._replace(related=(*lost.related, at)),), blocks=True)
    if driver == provisioner or holds_placeholder(driver):
        return Choice(name, True)
    reason = (
        f"{_foreign(snapshot_class, storage_class, provisioner)}: KubeVirt takes it all the same, "
        "and the VolumeSnapshot fails"
    )
    related = (at, snapshot_class.at("driver", note="the driver of the snapshot class"))
    return Choice(name, True, (Cause(StorageCause.CLASS_OF_OTHER_DRIVER, reason, related),))


def _dangling(cluster: Cluster, at: Place, wanted: str, why: Absence) -> str:
    hint = nearest_hint(wanted, cluster.workspace.names(VOLUME_SNAPSHOT_CLASS, None))
    gone = "does not exist" if why is Absence.ABSENT else "the input does not hold"
    return (
        f'StorageProfile "{at.manifest.name}" names VolumeSnapshotClass "{wanted}" in its '
        f"{at.path[0]}, which {gone}{hint}"
    )


def _foreign(snapshot_class: Manifest, storage_class: Manifest, provisioner: str) -> str:
    return (
        f'the StorageProfile of "{storage_class.name}" names VolumeSnapshotClass '
        f'"{snapshot_class.name}" of driver "{snapshot_class.text("driver")}", but '
        f'"{provisioner}" provisions the volume'
    )


def _by_driver(cluster: Cluster, storage_class: Manifest, provisioner: str) -> Choice:
    """The class of the same driver; of several, the one that carries the default annotation."""
    matching = cluster.snapshot_classes[provisioner]
    if not matching:
        return provisioners.without_class(cluster, storage_class, provisioner)
    taken = _first(cluster, matching)
    if taken is None:
        return _ambiguous(cluster, storage_class, matching)
    lost = provisioners.hopeless(storage_class, provisioner, taken)
    if lost is not None:
        return Choice(taken.name, True, (lost,), blocks=True)
    known = drivers.classify(provisioner)
    if known.snapshots is Support.NO:
        cause = provisioners.unsupported(storage_class, known, taken)
        return Choice(taken.name, True, (cause,))
    if len(matching) > 1 and not any(map(is_keyed, matching)):
        return _ambiguous(cluster, storage_class, matching)
    return Choice(taken.name, True)


def _first(cluster: Cluster, matching: list[Manifest]) -> Manifest | None:
    """The one of several that is taken; None where nothing distinguishes any.

    CDI writes its own choice into the StorageProfile: the first whose annotation is "true", else
    the first by name. Without CDI the first with the annotation counts; which of several comes
    first is chance.
    """
    if len(matching) == 1:
        return matching[0]
    if _cdi_chooses(cluster):
        return next(filter(is_true_default, matching), matching[0])
    return next(filter(is_keyed, matching), None)


def _cdi_chooses(cluster: Cluster) -> bool:
    """Whether a StorageProfile that the input does not hold will name CDI's choice."""
    return (
        cluster.behaviour.profile_snapshot_class
        and cluster.has_cdi
        and not cluster.workspace.is_complete(STORAGE_PROFILE)
    )


def _ambiguous(cluster: Cluster, storage_class: Manifest, matching: list[Manifest]) -> Choice:
    """Several classes, none marked: an error for KubeVirt unless CDI has chosen before."""
    names = quoted(m.name for m in matching)
    reason = (
        f'{len(matching)} VolumeSnapshotClasses match StorageClass "{storage_class.name}" '
        f"({names}) and none carries the annotation {DEFAULT_ANNOTATION}"
    )
    related = tuple(m.at("metadata", "name", note="one of the candidates") for m in matching)
    if _cdi_chooses(cluster):
        first = matching[0].name
        reason += f'; CDI settles it by the alphabet, on "{first}"'
        return Choice(
            first, True, (Cause(StorageCause.AMBIGUOUS_CLASS, reason, related, Severity.INFO),)
        )
    final = not cluster.behaviour.profile_snapshot_class
    if final or cluster.workspace.is_complete(STORAGE_PROFILE):
        reason += ": the snapshot makes an error of it and fails at its deadline"
        return Choice(
            None, None, (Cause(StorageCause.AMBIGUOUS_CLASS, reason, related),), blocks=True
        )
    reason += ": the snapshot fails at its deadline, unless CDI has chosen one in a StorageProfile"
    return Choice(
        None, None, (Cause(StorageCause.AMBIGUOUS_CLASS, reason, related, Severity.WARNING),)
    )


def _unknown(about: str, why: str, *places: Place) -> Choice:
    cause = Cause(StorageCause.UNVERIFIED, f"{about} {why}", places, about=about)
    return Choice(None, None, (cause,))


def _provisioner(storage_class: Manifest) -> Place:
    return storage_class.at("provisioner", note=f'StorageClass "{storage_class.name}"')
