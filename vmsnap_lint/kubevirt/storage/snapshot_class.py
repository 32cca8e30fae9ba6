"""The VolumeSnapshotClass that KubeVirt's snapshot controller chooses for a StorageClass.

The algorithm is `getVolumeSnapshotClassName` of kubevirt v1.9.0, pkg/storage/snapshot/snapshot.go;
what CDI puts into a StorageProfile is `GetSnapshotClassForSmartClone` of
containerized-data-importer v1.66.0, pkg/controller/common/util.go.
"""

from __future__ import annotations

from vmsnap_lint.core.kinds import (
    LVM_CLUSTER,
    STORAGE_CLASS,
    STORAGE_PROFILE,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_NAMES, nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage import drivers, provisioners
from vmsnap_lint.kubevirt.storage.drivers import ProvisionerKind, Support
from vmsnap_lint.kubevirt.storage.volume import (
    UNCERTAIN,
    Cause,
    Choice,
    StorageCause,
    left_out,
    unverified,
)
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["DEFAULT_ANNOTATION", "choose", "is_keyed", "is_true_default", "true_defaults"]

DEFAULT_ANNOTATION = "snapshot.storage.kubernetes.io/is-default-class"


def choose(cluster: Cluster, name: str, near: Manifest) -> Choice:
    """The snapshot class for volumes of the StorageClass `name`, resolved from `near`."""
    storage_class = cluster.workspace.resolve(STORAGE_CLASS, None, name, near)
    if isinstance(storage_class, Absence):
        return _missing_class(cluster, name, storage_class)
    provisioner = storage_class.text("provisioner")
    if not provisioner or holds_placeholder(provisioner):
        about = f'the provisioner of StorageClass "{name}"'
        related = (provisioners.place_of(storage_class),)
        cause = Cause(StorageCause.UNVERIFIED, f"{about} is not known", related, about=about)
        return Choice(None, None, (cause,))
    choices = cluster.once(_choices)
    if storage_class not in choices:
        choice = _by_profile(cluster, storage_class) or _by_driver(cluster, storage_class)
        faults = _faults_of_class(cluster, storage_class, choice)
        causes = (*choice.causes, *faults)
        choices[storage_class] = choice._replace(storage_class=storage_class, causes=causes)
    return choices[storage_class]


def _faults_of_class(cluster: Cluster, storage_class: Manifest, choice: Choice) -> Iterator[Cause]:
    """What is wrong with the snapshot class that is used."""
    provisioner = storage_class.text("provisioner")
    if choice.included and drivers.classify(provisioner).has_thick_volumes:
        from vmsnap_lint.kubevirt.storage import thick_volumes  # most clusters have no such driver

        yield from thick_volumes.faults(cluster, storage_class)
    if choice.included and drivers.needs_ceph_parameters(provisioner):
        name = choice.snapshot_class or ""
        snapshot_class = cluster.find(VOLUME_SNAPSHOT_CLASS, name, storage_class)
        if snapshot_class is not None:
            from vmsnap_lint.kubevirt.storage import ceph  # most clusters have no such driver

            yield from ceph.faults(snapshot_class, storage_class)


def _choices(_cluster: Cluster) -> dict[Manifest, Choice]:
    """The choice for each StorageClass, as far as it was asked for."""
    return {}


def true_defaults(cluster: Cluster) -> dict[str, list[Manifest]]:
    """The classes of each driver whose default annotation is "true", sorted by name."""
    classes = cluster.snapshot_classes.items()
    return {driver: list(filter(is_true_default, of_driver)) for driver, of_driver in classes}


def _keyed(cluster: Cluster) -> dict[str, Manifest | None]:
    """The first class of each driver with the default annotation."""
    classes = cluster.snapshot_classes.items()
    return {driver: next(filter(is_keyed, of_driver), None) for driver, of_driver in classes}


def _names(cluster: Cluster) -> dict[str, str]:
    """The names of the classes of each driver, in words."""
    classes = cluster.snapshot_classes.items()
    return {driver: quoted([each.name for each in of_driver]) for driver, of_driver in classes}


def is_keyed(snapshot_class: Manifest) -> bool:
    """Whether it has the default annotation; KubeVirt ignores the value."""
    return DEFAULT_ANNOTATION in snapshot_class.mapping("metadata", "annotations")


def is_true_default(snapshot_class: Manifest) -> bool:
    """Whether its default annotation is "true", as CDI and external-snapshotter require."""
    return snapshot_class.mapping("metadata", "annotations").get(DEFAULT_ANNOTATION) == "true"


def _missing_class(cluster: Cluster, name: str, absence: Absence) -> Choice:
    """The choice for a StorageClass that is not in the input."""
    about, workspace = f'StorageClass "{name}"', cluster.workspace
    if absence is Absence.GUESSED and workspace.candidates(STORAGE_PROFILE, None, name):
        absence = Absence.UNKNOWN  # CDI makes a profile for each class
    if absence in UNCERTAIN:
        cause = unverified(about, absence, gap=workspace.gap(STORAGE_CLASS, None, name))
        return Choice(None, None, (cause, *_of_lvms(cluster, name)))
    hint = nearest_hint(name, workspace.vocabulary(None, STORAGE_CLASS))
    effect = "the volume is left out of the snapshot"
    certain = absence is Absence.ABSENT
    reason = (
        f"no {about}{hint}; {effect}"
        if certain
        else f"no {about} in the input{hint}; without it {effect}"
    )
    return left_out(StorageCause.STORAGE_CLASS_MISSING, reason, certain=certain)


def _of_lvms(cluster: Cluster, name: str) -> Iterator[Cause]:
    """That a class which LVMS makes is of thick volumes."""
    if name.startswith("lvms-") and cluster.workspace.of(LVM_CLUSTER):
        from vmsnap_lint.kubevirt.storage import thick_volumes  # as above

        yield from thick_volumes.of_lvms(cluster, name)


def _by_profile(cluster: Cluster, storage_class: Manifest) -> Choice | None:
    """The choice that a StorageProfile of the class's name makes, or None if it makes none."""
    if not cluster.behaviour.profile_snapshot_class:
        return None
    workspace = cluster.workspace
    profile = workspace.resolve(STORAGE_PROFILE, None, storage_class.name, storage_class)
    if profile is Absence.AMBIGUOUS:
        about, place = (
            f'StorageProfile "{storage_class.name}"',
            provisioners.place_of(storage_class),
        )
        return Choice(None, None, (unverified(about, profile, place),))
    if isinstance(profile, Absence):
        return None
    named = {half: profile.text(half, "snapshotClass") for half in ("status", "spec")}
    halves = [half for half, name in named.items() if name and not holds_placeholder(name)]
    # in a complete export an empty status is final: KubeVirt never reads the spec
    if not halves or (halves[0] == "spec" and workspace.is_complete(STORAGE_PROFILE)):
        return None
    note = f'{halves[0]}.snapshotClass is "{named[halves[0]]}"'
    place = profile.at(halves[0], "snapshotClass", note=note)
    return _in_profile(cluster, storage_class, place)._replace(profile=profile)


def _in_profile(cluster: Cluster, storage_class: Manifest, place: Place) -> Choice:
    """The choice for the class that the profile has.

    KubeVirt uses that of the status in any case, CDI that of the spec if it exists and fits.
    """
    profile, in_status = place.manifest, place.path[0] == "status"
    name = profile.text(*place.path)
    snapshot_class = cluster.workspace.resolve(VOLUME_SNAPSHOT_CLASS, None, name, profile)
    if not isinstance(snapshot_class, Absence):
        choice = _existing(storage_class, snapshot_class, place)
    elif snapshot_class in UNCERTAIN:
        gap = cluster.workspace.gap(VOLUME_SNAPSHOT_CLASS, None, name)
        cause = unverified(f'VolumeSnapshotClass "{name}"', snapshot_class, place, gap=gap)
        return Choice(None, None, (cause,))
    else:
        certain = snapshot_class is Absence.ABSENT
        hint = nearest_hint(name, cluster.workspace.vocabulary(None, VOLUME_SNAPSHOT_CLASS))
        fault = f"{'does not exist' if certain else 'is not in the input'}{hint}"
        effect = "the volume is left out" if in_status else "CDI cannot use it"
        reason = f"{_of_profile(name, profile)} {fault}; {effect}"
        from vmsnap_lint.kubevirt.storage.class_fixes import other_class

        fixes = other_class(cluster, place, name)
        kind = StorageCause.PROFILE_DANGLING
        choice = left_out(kind, reason, place, certain=certain, fixes=fixes)
    if in_status or not choice.causes:
        return choice
    rest = _by_driver(cluster, storage_class)
    # a reconciled profile may still have an older class in its status
    ignored = tuple(cause._replace(effect=Effect.DOUBT) for cause in choice.causes)
    return rest._replace(causes=ignored + (() if rest.included else rest.causes))


def _existing(storage_class: Manifest, snapshot_class: Manifest, place: Place) -> Choice:
    """The choice for a class that the profile has and that exists."""
    in_status = place.path[0] == "status"
    provisioner, name = storage_class.text("provisioner"), snapshot_class.name
    if in_status:
        if drivers.classify(provisioner).kind is ProvisionerKind.NO_PROVISIONER:
            return Choice(name, True)  # its volumes are created by hand, maybe for that driver
        cause = provisioners.hopeless(storage_class, provisioner, name)
        if cause is not None:
            cause = cause._replace(related=(*cause.related, place))
            return Choice(name, True, (cause,))
    driver = snapshot_class.text("driver")
    if driver == provisioner or holds_placeholder(driver):
        return Choice(name, True)
    effect = "VolumeSnapshots fail" if in_status else "CDI ignores it"
    differs = f'has driver "{driver}", but the provisioner is "{provisioner}"'
    reason = f"{_of_profile(name, place.manifest)} {differs}; {effect}"
    related = (place, snapshot_class.at("driver", note="the driver of the snapshot class"))
    severity, result = (None, Effect.STUCK) if in_status else (Severity.WARNING, Effect.DOUBT)
    kind = StorageCause.CLASS_OF_OTHER_DRIVER
    cause = Cause(kind, reason, related, severity, effect=result)
    return Choice(name, True, (cause,))


def _of_profile(name: str, profile: Manifest) -> str:
    return f'VolumeSnapshotClass "{name}" of StorageProfile "{profile.name}"'


def _by_driver(cluster: Cluster, storage_class: Manifest) -> Choice:
    """The class of the same driver; of several, the one with the default annotation."""
    provisioner = storage_class.text("provisioner")
    matching = cluster.snapshot_classes[provisioner]
    if not matching:
        return provisioners.without_class(cluster, storage_class, provisioner)
    first = _first(cluster, matching, provisioner)
    if first is None:
        return _ambiguous(cluster, storage_class, matching)
    cause = provisioners.hopeless(storage_class, provisioner, first.name)
    if cause is not None:
        return Choice(first.name, True, (cause,))
    known = drivers.classify(provisioner)
    if known.snapshots is Support.NO:
        return Choice(first.name, True, (provisioners.unsupported(storage_class, known, first),))
    if len(matching) > 1 and cluster.once(_keyed)[provisioner] is None:
        return _ambiguous(cluster, storage_class, matching)
    return Choice(first.name, True)


def _first(cluster: Cluster, matching: list[Manifest], driver: str) -> Manifest | None:
    """The one of several that is used; None where nothing distinguishes any.

    CDI writes its own choice into the StorageProfile: the first whose annotation is "true", else
    the first by name. Without CDI the first with the annotation counts; which of several comes
    first is arbitrary.
    """
    if len(matching) == 1:
        return matching[0]
    if _cdi_chooses(cluster):
        return next(iter(cluster.once(true_defaults)[driver]), matching[0])
    return cluster.once(_keyed)[driver]


def _cdi_chooses(cluster: Cluster) -> bool:
    """Whether a StorageProfile that is not in the input will have CDI's choice."""
    return _may_choose(cluster) and cluster.has_cdi


def _may_choose(cluster: Cluster) -> bool:
    complete = cluster.workspace.is_complete(STORAGE_PROFILE)
    return cluster.behaviour.profile_snapshot_class and not complete


def _ambiguous(cluster: Cluster, storage_class: Manifest, matching: list[Manifest]) -> Choice:
    """Several classes, none the default: an error of the snapshot unless CDI chooses one."""
    first, effect, severity = None, "snapshots fail at their deadline", None
    if _cdi_chooses(cluster):
        first, severity = matching[0].name, Severity.INFO
        effect = f'CDI chooses "{first}" by name'
    elif _may_choose(cluster):
        effect, severity = "snapshots fail unless CDI chose one", Severity.WARNING
    names = cluster.once(_names)[storage_class.text("provisioner")]
    reason = (
        f'{len(matching)} VolumeSnapshotClasses fit StorageClass "{storage_class.name}", '
        f"none is default ({names}); {effect}"
    )
    if len({candidate.text("parameters", "clusterID") for candidate in matching}) > 1:
        # one default cannot be right for the volumes of each Ceph cluster
        reason = (
            f'VolumeSnapshotClasses of several clusterIDs fit StorageClass "{storage_class.name}" '
            f"({names}); only its StorageProfile can choose"
        )
    related = tuple(
        candidate.at("metadata", "name", note="one of the candidates")
        for candidate in matching[:MOST_NAMES]
    )
    result = Effect.STUCK if severity is None else None
    cause = Cause(StorageCause.AMBIGUOUS_CLASS, reason, related, severity, effect=result)
    if len(matching) <= MOST_NAMES and related:
        from vmsnap_lint.kubevirt.storage.class_fixes import as_default

        cause = cause._replace(fixes=as_default(matching, DEFAULT_ANNOTATION))
    return Choice(first, True if first else None, (cause,))
