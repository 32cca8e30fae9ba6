"""VolumeSnapshotClasses of Ceph drivers without what the driver needs.

https://github.com/rook/rook/issues/8728, https://github.com/harvester/harvester/issues/9995
"""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import quoted
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.storage import drivers
from vmsnap_lint.kubevirt.storage.drivers import CEPH_PARAMETERS
from vmsnap_lint.kubevirt.storage.volume import Cause, StorageCause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["faults", "without_secret"]

_CLUSTER = ("parameters", "clusterID")


def faults(snapshot_class: Manifest, storage_class: Manifest) -> Iterator[Cause]:
    """Why snapshots of the volumes of a StorageClass fail with this class, at its own places."""
    missing = without_secret(snapshot_class)
    if missing is not None:
        yield missing
    other = _of_other_cluster(snapshot_class, storage_class)
    if other is not None:
        yield other


def without_secret(snapshot_class: Manifest) -> Cause | None:
    """The cause that parameters are missing with which the driver finds the Ceph cluster.

    A class without any is probably shortened, as no deployment has one: that is only a hint.
    """
    if not drivers.needs_ceph_parameters(snapshot_class.text("driver")):
        return None
    parameters = snapshot_class.mapping("parameters")
    missing = [name for name in CEPH_PARAMETERS if not parameters.get(name)]
    if not missing or any(holds_placeholder(str(key)) for key in parameters):
        return None
    at = snapshot_class.at("driver")
    if "parameters" in snapshot_class.value:
        at = snapshot_class.at("parameters", key=True)
    what = f"the Ceph parameters {quoted(missing)} are missing in VolumeSnapshotClass"
    reason, kind = f'{what} "{snapshot_class.name}"', StorageCause.CLASS_WITHOUT_SECRET
    if parameters:
        return Cause(kind, f"{reason}; every VolumeSnapshot fails", at=at, effect=Effect.STUCK)
    return Cause(kind, f"{reason}; the driver needs them", severity=Severity.INFO, at=at)


def _of_other_cluster(snapshot_class: Manifest, storage_class: Manifest) -> Cause | None:
    own, other = snapshot_class.text(*_CLUSTER), storage_class.text(*_CLUSTER)
    if "" in (own, other) or own == other or holds_placeholder(own + other):
        return None
    name = f'StorageClass "{storage_class.name}"'
    what = f'clusterID "{own}" is not "{other}" of {name}, which uses VolumeSnapshotClass'
    related = (storage_class.at(*_CLUSTER, note=name),)
    return Cause(
        StorageCause.CLASS_OF_OTHER_CLUSTER,
        f'{what} "{snapshot_class.name}"; snapshots of its volumes fail',
        related,
        at=snapshot_class.at(*_CLUSTER),
        effect=Effect.STUCK,
    )
