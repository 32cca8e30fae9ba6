"""VolumeSnapshotClasses and StorageProfiles of snapshotted VMs."""

from __future__ import annotations

from vmsnap_lint.checks.causes import class_causes
from vmsnap_lint.checks.families import Check, row
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import CRD, STORAGE_CLASS, STORAGE_PROFILE, VOLUME_SNAPSHOT_CLASS
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import MOST_NAMES, did_you_mean, nearest_hint, quoted
from vmsnap_lint.core.model import Safety, Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.kubevirt.storage.ceph import without_secret
from vmsnap_lint.kubevirt.storage.drivers import ProvisionerKind
from vmsnap_lint.kubevirt.storage.snapshot_class import (
    DEFAULT_ANNOTATION,
    is_keyed,
    is_true_default,
    true_defaults,
)
from vmsnap_lint.objects.problem import Problem
from vmsnap_lint.objects.workspace import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.cluster import Cluster
    from vmsnap_lint.kubevirt.world import World
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.remedies import Remedy

__all__ = ["CHECKS"]

_DEFAULT = ("metadata", "annotations", DEFAULT_ANNOTATION)
_LONGHORN = "driver.longhorn.io"
_IN_TREE = (ProvisionerKind.IN_TREE, ProvisionerKind.NO_PROVISIONER)


def class_driver_in_tree(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A class whose driver is the name of a provisioner that cannot create snapshots."""
    driver = snapshot_class.text("driver")
    known = drivers.classify(driver)
    if known.is_csi or not driver or holds_placeholder(driver):
        return
    names = (driver, known.migrated_to)
    drivers_used = world.dependents.drivers
    links = [drivers_used[name] for name in dict.fromkeys(names) if name in drivers_used]
    if links or world.dependents.is_open:
        what = "an in-tree provisioner" if known.kind in _IN_TREE else "a provisioner"
        csi = f'; the CSI driver is "{known.migrated_to}"' if known.migrated_to else ""
        message = f'driver "{driver}" is {what}, not a CSI driver: snapshots of this class always '
        places = tuple(link.place for link in links[:3])
        from vmsnap_lint.objects import mending

        at, use = snapshot_class.at("driver"), known.migrated_to
        fixes = mending.with_value(at, use, Safety.UNSAFE) if use else ()
        yield Problem(at, f"{message}fail{csi}", places, fixes=fixes)


def class_driver_unmatched(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A class whose driver is the provisioner of no StorageClass in the input."""
    driver = snapshot_class.text("driver")
    known = drivers.classify(driver)
    if not driver or holds_placeholder(driver) or not known.is_csi:
        return
    used, provisioners = world.dependents.drivers, world.cluster.once(_provisioners)
    if not used or "" in provisioners or driver in provisioners:
        return
    if snapshot_class.name in world.dependents.snapshot_classes:
        return  # a StorageProfile names it: class-driver-mismatch
    close = world.dependents.prefixed(driver)
    if known.kind is not ProvisionerKind.CSI_KNOWN:
        near = world.dependents.known_drivers.nearest(driver)
        close = close or [name for name in near if abs(len(driver) - len(name)) <= 2]
    message = f'no StorageClass has provisioner "{driver}"{did_you_mean(close)}'
    if not close and world.workspace.gap(STORAGE_CLASS, None) is not None:
        return
    if not close:
        message = f'no StorageClass in the input has provisioner "{driver}": the class is not used'
    severity = Severity.WARNING if close else Severity.INFO
    places = tuple(used[name].place for name in close)
    from vmsnap_lint.objects import mending

    at = snapshot_class.at("driver")
    yield Problem(at, message, places, severity, mending.one_of(at, close))


def class_secret_missing(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A Ceph class without the cluster or the secret that the driver needs.

    Where a volume uses it, this is a cause.
    """
    link = world.dependents.drivers.get(snapshot_class.text("driver"))
    if (link is None and not world.dependents.is_open) or _is_chosen(snapshot_class, world):
        return
    missing = without_secret(snapshot_class)
    if missing is not None and missing.at is not None:
        places = (link.place,) if link else ()
        yield Problem(missing.at, missing.reason, places, missing.severity)


def _is_chosen(snapshot_class: Manifest, world: World) -> bool:
    """Whether a volume in scope is snapshotted with the class."""
    return snapshot_class.name in world.dependents.snapshot_classes


def default_annotation_value(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A default annotation that is not "true" counts only for KubeVirt."""
    if not is_keyed(snapshot_class) or is_true_default(snapshot_class):
        return
    driver, value = snapshot_class.text("driver"), snapshot_class.get(*_DEFAULT)
    classes = world.cluster.snapshot_classes[driver]
    others = [other for other in classes[: MOST_NAMES + 1] if other.name != snapshot_class.name]
    if not others or driver not in world.dependents.chosen or holds_placeholder(str(value)):
        return
    what = f'the annotation is "{value}", but KubeVirt checks only that it exists'
    names = quoted([other.name for other in others], len(classes) - 1)
    message = f'{what}: "{snapshot_class.name}" is also a default, next to {names}'
    note = "of the same driver"
    places = [other.at("metadata", "name", note=note) for other in others[:3]]
    related = (*places, world.dependents.chosen[driver].place)
    from vmsnap_lint.objects import mending

    at = snapshot_class.at(*_DEFAULT)
    fixes: tuple[Remedy, ...] = ()
    # without another default none would be chosen
    if str(value).casefold() in ("", "false", "no") and any(map(is_true_default, others)):
        fixes = mending.without(at, safety=Safety.UNSAFE, what="the annotation")
    yield Problem(at, message, related, fixes=fixes)


def longhorn_type(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """A Longhorn class that creates backups, which need a backup target."""
    links = world.dependents.snapshot_classes.get(snapshot_class.name)
    kind = snapshot_class.get("parameters", "type")
    if not links or kind == "snap" or snapshot_class.text("driver") != _LONGHORN:
        return
    if not holds_placeholder(str(kind)):
        what = f'type "{kind}"' if kind else 'parameter "type" is not set'
        effect = "Longhorn makes a backup, which needs a backup target"
        message = f'{what}: {effect} ("snap" makes a snapshot in the cluster)'
        from vmsnap_lint.objects import mending

        at = snapshot_class.at("parameters", "type") if kind else snapshot_class.at("driver")
        fixes = mending.set_at(snapshot_class, ("parameters", "type"), "snap", Safety.UNSAFE)
        yield Problem(at, message, (links[0].place,), fixes=fixes)


def profile_orphan(profile: Manifest, world: World) -> Iterator[Problem]:
    """A StorageProfile whose StorageClass does not exist."""
    if not profile.name or holds_placeholder(profile.name) or not world.dependents.storage_classes:
        return
    storage_class = world.workspace.resolve(STORAGE_CLASS, None, profile.name, profile)
    if storage_class in (Absence.ABSENT, Absence.GUESSED):
        from vmsnap_lint.objects import mending

        known, at = world.workspace.vocabulary(None, STORAGE_CLASS), profile.at("metadata", "name")
        hint = nearest_hint(profile.name, known)
        message = f'no StorageClass "{profile.name}"{hint}: the profile is not used'
        yield Problem(at, message, fixes=mending.named(at, profile.name, known))


def several_defaults(snapshot_class: Manifest, world: World) -> Iterator[Problem]:
    """Several classes of one driver that are marked as default."""
    driver = snapshot_class.text("driver")
    if not is_true_default(snapshot_class) or driver not in world.dependents.chosen:
        return
    defaults = world.cluster.once(true_defaults)[driver]
    if len(defaults) > 1 and defaults[0] is snapshot_class:  # one finding, on the first by name
        what = f'{len(defaults)} VolumeSnapshotClasses of driver "{driver}" are marked as default'
        names = quoted(default.name for default in defaults)
        note = "also marked as default"
        places = [default.at(*_DEFAULT, note=note) for default in defaults[1:MOST_NAMES]]
        related = (*places, world.dependents.chosen[driver].place)
        message = f"{what} ({names}): which one is used is random"
        fixes = (
            tuple(_as_only_default(defaults[:MOST_NAMES])) if len(defaults) <= MOST_NAMES else ()
        )
        yield Problem(snapshot_class.at(*_DEFAULT), message, related, fixes=fixes)


def _as_only_default(defaults: list[Manifest]) -> Iterator[Remedy]:
    """Each class as the only default: nothing shows which one is meant."""
    from vmsnap_lint.objects import mending

    for kept in defaults:
        places = [other.at(*_DEFAULT) for other in defaults if other is not kept]
        what = f'the annotation from all but "{cut(kept.name)}"'
        yield from mending.without(*places, safety=Safety.DISPLAY, what=what)


def snapshot_crd_not_v1(crd: Manifest, world: World) -> Iterator[Problem]:
    """CRDs of volume snapshots that are too old for KubeVirt."""
    group = VOLUME_SNAPSHOT_CLASS.group
    if not crd.may_hold(group) or not world.behaviour.snapshot_api_v1:
        return
    is_needed = world.dependents.is_open or world.dependents.drivers
    if not is_needed or crd.text("spec", "group") != group:
        return
    versions = [version for _, version in crd.items("spec", "versions")]
    names = [str(v.get("name")) for v in versions if v.get("served") is not False]
    if not versions or any(holds_placeholder(str(v.get("name"))) for v in versions):
        return
    if "v1" not in names:
        what = f"the CRD serves {quoted(names) or 'nothing'}, but KubeVirt needs v1"
        at = crd.at("spec", "versions", key=True)
        yield Problem(at, f"{what}: no volume is snapshotted")


def _provisioners(cluster: Cluster) -> set[str]:
    """The provisioners of the storage classes of the input."""
    return {item.text("provisioner") for item in cluster.workspace.of(STORAGE_CLASS)}


CHECKS: dict[str, Check] = {
    "class-clusterid-mismatch": row((VOLUME_SNAPSHOT_CLASS,), class_causes),
    "class-driver-in-tree": Check(class_driver_in_tree, (VOLUME_SNAPSHOT_CLASS,)),
    "class-driver-unmatched": Check(class_driver_unmatched, (VOLUME_SNAPSHOT_CLASS,)),
    "class-secret-missing": Check(
        class_secret_missing, (VOLUME_SNAPSHOT_CLASS,), sources=(class_causes,)
    ),
    "default-annotation-value": Check(default_annotation_value, (VOLUME_SNAPSHOT_CLASS,)),
    "longhorn-type": Check(longhorn_type, (VOLUME_SNAPSHOT_CLASS,)),
    "profile-orphan": Check(profile_orphan, (STORAGE_PROFILE,)),
    "several-defaults": Check(several_defaults, (VOLUME_SNAPSHOT_CLASS,)),
    "snapshot-crd-not-v1": Check(snapshot_crd_not_v1, (CRD,)),
}
