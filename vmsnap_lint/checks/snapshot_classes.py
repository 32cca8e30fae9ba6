"""Snapshot classes and profiles that the chain of a snapshotted VM runs through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.checks.families import Check
from vmsnap_lint.core.kinds import CRD, STORAGE_CLASS, STORAGE_PROFILE, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.messages import did_you_mean, nearest_hint, quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder, nearest
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.kubevirt.storage.drivers import CEPH_PARAMETERS, ProvisionerKind
from vmsnap_lint.kubevirt.storage.snapshot_class import (
    DEFAULT_ANNOTATION,
    is_keyed,
    is_true_default,
)
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest, Place

__all__ = ["CHECKS"]

_ANNOTATIONS = ("metadata", "annotations")
_LONGHORN = "driver.longhorn.io"


def class_clusterid_mismatch(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A Ceph class for another Ceph cluster than the one that holds the volume."""
    mine = snapshot_class.text("parameters", "clusterID")
    if not mine or holds_placeholder(mine):
        return
    if not drivers.needs_ceph_parameters(snapshot_class.text("driver")):
        return
    told = set()
    for link in world.dependents.snapshot_classes.get(snapshot_class.name, ()):
        choice = link.volume.choice
        other = choice.storage_class if choice else None
        theirs = other.text("parameters", "clusterID") if other else ""
        if other is None or theirs in ("", mine) or holds_placeholder(theirs) or other in told:
            continue
        told.add(other)
        message = (
            f'clusterID "{mine}" is not "{theirs}" of StorageClass "{other.name}", whose volumes '
            "this class is taken for: their snapshots fail"
        )
        place = other.at("parameters", "clusterID", note=f'StorageClass "{other.name}"')
        yield Problem(snapshot_class.at("parameters", "clusterID"), message, (place, link.place))


def class_driver_in_tree(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A class whose driver is the name of a provisioner that makes no snapshots."""
    driver = snapshot_class.text("driver")
    known = drivers.classify(driver)
    if known.is_csi or not driver or holds_placeholder(driver):
        return
    wanted = (driver, known.migrated_to)
    links = [link for name, link in world.dependents.drivers.items() if name in wanted]
    if not links and not world.dependents.is_open:
        return
    what = "an in-tree provisioner" if known.kind in _IN_TREE else "a provisioner"
    message = f'driver "{driver}" is {what}, not a CSI driver: no snapshot of this class ever works'
    if known.migrated_to:
        message += f'; the CSI driver is "{known.migrated_to}"'
    yield Problem(snapshot_class.at("driver"), message, tuple(link.place for link in links[:3]))


_IN_TREE = (ProvisionerKind.IN_TREE, ProvisionerKind.NO_PROVISIONER)


def class_driver_unmatched(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A class whose driver is the provisioner of no StorageClass in the input."""
    driver = snapshot_class.text("driver")
    if not driver or holds_placeholder(driver) or not drivers.classify(driver).is_csi:
        return
    in_use, classes = world.dependents.drivers, world.workspace.of(STORAGE_CLASS)
    if not in_use or any(one.text("provisioner") in ("", driver) for one in classes):
        return
    if snapshot_class.name in world.dependents.snapshot_classes:
        return  # a StorageProfile names it: class-driver-mismatch
    close = [name for name in in_use if _is_prefixed(driver, name)]
    if drivers.classify(driver).kind is not ProvisionerKind.CSI_KNOWN:
        close = close or [n for n in nearest(driver, in_use) if abs(len(driver) - len(n)) <= 2]
    if not close:
        message = f'no StorageClass in the input has provisioner "{driver}": nothing uses the class'
        yield Problem(snapshot_class.at("driver"), message, severity=Severity.INFO)
        return
    message = f'no StorageClass has provisioner "{driver}"{did_you_mean(close)}'
    places = tuple(in_use[name].place for name in close)
    yield Problem(snapshot_class.at("driver"), message, places, Severity.WARNING)


def class_secret_missing(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A Ceph class without the cluster or the secret that the driver needs."""
    driver = snapshot_class.text("driver")
    if not drivers.needs_ceph_parameters(driver):
        return
    link = world.dependents.drivers.get(driver)
    if link is None and not world.dependents.is_open:
        return
    parameters = snapshot_class.mapping("parameters")
    missing = [name for name in CEPH_PARAMETERS if not parameters.get(name)]
    if not missing or any(holds_placeholder(str(key)) for key in parameters):
        return
    message = f"Ceph needs the parameters {quoted(missing)}: without them no snapshot is made"
    path = ("parameters",) if "parameters" in snapshot_class.value else ("driver",)
    at = snapshot_class.at(*path, key=path == ("parameters",))
    yield Problem(at, message, (link.place,) if link else ())


def default_annotation_value(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A default annotation that is not "true" counts as one for KubeVirt, and for nobody else."""
    driver = snapshot_class.text("driver")
    if not is_keyed(snapshot_class) or is_true_default(snapshot_class):
        return
    value = snapshot_class.get(*_ANNOTATIONS, DEFAULT_ANNOTATION)
    others = _others(snapshot_class, world)
    if not others or driver not in world.dependents.chosen or holds_placeholder(str(value)):
        return
    message = (
        f'the annotation is "{value}", but KubeVirt looks only whether it is there: it takes '
        f'"{snapshot_class.name}" for the default of {quoted(one.name for one in others)} too'
    )
    at = snapshot_class.at(*_ANNOTATIONS, DEFAULT_ANNOTATION)
    yield Problem(at, message, (*_candidates(others), world.dependents.chosen[driver].place))


def longhorn_type(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A Longhorn class that makes backups, which need a backup target."""
    if snapshot_class.text("driver") != _LONGHORN:
        return
    links = world.dependents.snapshot_classes.get(snapshot_class.name)
    kind = snapshot_class.get("parameters", "type")
    if not links or kind == "snap" or holds_placeholder(str(kind)):
        return
    said = f'type "{kind}"' if kind else 'parameter "type" is not set'
    message = (
        f'{said}: Longhorn makes a backup and needs a backup target; "snap" keeps the snapshot in '
        "the cluster"
    )
    at = snapshot_class.at("parameters", "type") if kind else snapshot_class.at("driver")
    yield Problem(at, message, (links[0].place,))


def profile_orphan(profile: Manifest, world: World) -> Iterator[Problem]:
    """A StorageProfile whose StorageClass is not there."""
    if not profile.name or holds_placeholder(profile.name) or not world.dependents.storage_classes:
        return
    found = world.workspace.resolve(STORAGE_CLASS, None, profile.name, profile)
    if found not in (Absence.ABSENT, Absence.GUESSED):
        return
    names = world.workspace.names(STORAGE_CLASS, None)
    hint = nearest_hint(profile.name, names)
    message = f'no StorageClass "{profile.name}"{hint}: nothing uses the profile'
    yield Problem(profile.at("metadata", "name"), message)


def several_defaults(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """Several classes of one driver that all say that they are the default."""
    driver = snapshot_class.text("driver")
    if not is_true_default(snapshot_class) or driver not in world.dependents.chosen:
        return
    defaults = [one for one in world.cluster.snapshot_classes[driver] if is_true_default(one)]
    if len(defaults) < 2 or defaults[0] is not snapshot_class:
        return  # told once, on the first by name
    message = (
        f'{len(defaults)} VolumeSnapshotClasses of driver "{driver}" are marked as default '
        f"({quoted(one.name for one in defaults)}): which one takes a volume is chance"
    )
    at = snapshot_class.at(*_ANNOTATIONS, DEFAULT_ANNOTATION)
    marked = tuple(one.at(*_ANNOTATIONS, DEFAULT_ANNOTATION, note="too") for one in defaults[1:])
    yield Problem(at, message, (*marked, world.dependents.chosen[driver].place))


def snapshot_crd_not_v1(crd: Manifest, world: World) -> Iterator[Problem]:
    """CRDs of volume snapshots that are too old for KubeVirt."""
    if crd.text("spec", "group") != VOLUME_SNAPSHOT_CLASS.group:
        return
    if not world.behaviour.snapshot_api_v1 or not _needs_snapshots(world):
        return
    versions = list(crd.items("spec", "versions"))
    if not versions or any(holds_placeholder(str(one.get("name"))) for _, one in versions):
        return
    served = [str(one.get("name")) for _, one in versions if one.get("served") is not False]
    if "v1" not in served:
        only = quoted(served) or "nothing"
        message = f"the CRD serves {only}, KubeVirt looks for v1: no volume is snapshotted at all"
        yield Problem(crd.at("spec", "versions", key=True), message)


def _needs_snapshots(world: World) -> bool:
    return bool(world.dependents.is_open or world.dependents.drivers)


def _others(snapshot_class: Manifest, world: World) -> list[Manifest]:
    """The other classes of its driver."""
    same = world.cluster.snapshot_classes[snapshot_class.text("driver")]
    return [one for one in same if one.name != snapshot_class.name]


def _candidates(classes: list[Manifest]) -> tuple[Place, ...]:
    return tuple(one.at("metadata", "name", note="of the same driver") for one in classes[:3])


def _is_prefixed(one: str, other: str) -> bool:
    """Whether they differ in the namespace that Ceph's operators put before the name."""
    return one != other and (one.endswith(f".{other}") or other.endswith(f".{one}"))


CHECKS: dict[str, Check] = {
    "class-clusterid-mismatch": Check(class_clusterid_mismatch, (VOLUME_SNAPSHOT_CLASS,)),
    "class-driver-in-tree": Check(class_driver_in_tree, (VOLUME_SNAPSHOT_CLASS,)),
    "class-driver-unmatched": Check(class_driver_unmatched, (VOLUME_SNAPSHOT_CLASS,)),
    "class-secret-missing": Check(class_secret_missing, (VOLUME_SNAPSHOT_CLASS,)),
    "default-annotation-value": Check(default_annotation_value, (VOLUME_SNAPSHOT_CLASS,)),
    "longhorn-type": Check(longhorn_type, (VOLUME_SNAPSHOT_CLASS,)),
    "profile-orphan": Check(profile_orphan, (STORAGE_PROFILE,)),
    "several-defaults": Check(several_defaults, (VOLUME_SNAPSHOT_CLASS,)),
    "snapshot-crd-not-v1": Check(snapshot_crd_not_v1, (CRD,)),
}
