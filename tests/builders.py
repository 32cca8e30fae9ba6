"""Small objects of a cluster, and the plan of a snapshot in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vmsnap_lint import document
from vmsnap_lint.core import releases
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.world import World
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan

__all__ = [
    "DEFAULT", "RBD", "claim", "data_volume", "pod", "profile", "snap", "snapshot_class",
    "storage_class", "template", "the_plan", "vm", "volume", "world",
]  # fmt: skip

Object = dict[str, Any]

RBD = "rbd.csi.ceph.com"
DEFAULT = "snapshot.storage.kubernetes.io/is-default-class"
ALL = frozenset(("all",))


def _object(api_version: str, kind: str, name: str, **rest: Any) -> Object:
    metadata = {"name": name, **rest.pop("metadata", {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **rest}


def storage_class(name: str = "fast", provisioner: str = RBD, **rest: Any) -> Object:
    return _object("storage.k8s.io/v1", "StorageClass", name, provisioner=provisioner, **rest)


def snapshot_class(
    name: str = "snap", driver: str = RBD, annotations: dict[str, str] | None = None
) -> Object:
    metadata = {"annotations": annotations} if annotations is not None else {}
    return _object(
        "snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", name,
        driver=driver, deletionPolicy="Delete", metadata=metadata,
    )  # fmt: skip


def profile(name: str = "fast", **halves: Any) -> Object:
    return _object("cdi.kubevirt.io/v1beta1", "StorageProfile", name, **halves)


def claim(name: str = "root", cls: str | None = "fast", **rest: Any) -> Object:
    spec: Object = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
    }
    if cls is not None:
        spec["storageClassName"] = cls
    spec.update(rest.pop("spec", {}))
    return _object("v1", "PersistentVolumeClaim", name, spec=spec, **rest)


def data_volume(name: str = "root", cls: str | None = "fast", **rest: Any) -> Object:
    return _object("cdi.kubevirt.io/v1beta1", "DataVolume", name, spec=_wish(cls), **rest)


def template(name: str = "root", cls: str | None = "fast", **metadata: Any) -> Object:
    return {"metadata": {"name": name, **metadata}, "spec": _wish(cls)}


def _wish(cls: str | None) -> Object:
    storage: Object = {"resources": {"requests": {"storage": "1Gi"}}}
    if cls is not None:
        storage["storageClassName"] = cls
    return {"source": {"blank": {}}, "storage": storage}


def volume(name: str, **source: Any) -> Object:
    return {"name": name, **(source or {"persistentVolumeClaim": {"claimName": name}})}


def vm(*volumes: Object, name: str = "web", domain: Object | None = None, **rest: Any) -> Object:
    listed = list(volumes) or [volume("root")]
    spec: Object = {
        "template": {"spec": {"domain": domain or {"devices": {}}, "volumes": listed}},
    }
    if "running" not in rest:
        spec["runStrategy"] = rest.pop("strategy", "Halted")
    for key in ("running", "dataVolumeTemplates"):
        if key in rest:
            spec[key] = rest.pop(key)
    return _object("kubevirt.io/v1", "VirtualMachine", name, spec=spec, **rest)


def snap(name: str = "nightly", source: str = "web", **spec: Any) -> Object:
    # the version that every release serves
    reference = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": source}
    return _object(
        "snapshot.kubevirt.io/v1alpha1", "VirtualMachineSnapshot", name,
        spec={"source": reference, **spec},
    )  # fmt: skip


def pod(*claims: str, phase: str = "Running", name: str = "job") -> Object:
    volumes = [{"name": it, "persistentVolumeClaim": {"claimName": it}} for it in claims]
    return _object("v1", "Pod", name, spec={"volumes": volumes}, status={"phase": phase})


def world(
    objects: Iterable[Object],
    kubevirt: str = "1.9",
    complete: frozenset[str] = ALL,
    folders: Iterable[str] = (),
) -> World:
    """The world of these objects, each in a file of its own, in a folder of its own if named."""
    found = []
    where = [*folders]
    for number, one in enumerate(objects):
        folder = f"{where[number]}/" if where else ""
        source = document.read(f"{folder}{number}.yaml", json.dumps(one).encode())
        assert source.faults == ()
        found += [each for part in source.documents for each in manifests(part)]
    return World(Cluster(Workspace(found, complete), releases.resolve(kubevirt)))


def the_plan(
    *objects: Object, kubevirt: str = "1.9", complete: frozenset[str] = ALL, snapshot: str = ""
) -> SnapshotPlan:
    """The plan of the only snapshot among the objects, or of the one named."""
    seen = world(objects, kubevirt, complete)
    from vmsnap_lint.core.kinds import SNAPSHOT

    plans = [seen.plan(one) for one in seen.workspace.of(SNAPSHOT)]
    (plan,) = [one for one in plans if snapshot in ("", one.name)]
    return plan
