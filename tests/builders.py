"""Small objects of a cluster, as values and as text, and the plan of a snapshot in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vmsnap_lint import document
from vmsnap_lint.core import releases
from vmsnap_lint.core.kinds import CLUSTER_SCOPED, SNAPSHOT
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.world import World
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.objects.manifest import Manifest

__all__ = [
    "DEFAULT", "NOT_DEPRECATED", "RBD", "backup", "claim", "clone", "content", "data_volume",
    "in_namespace", "kubevirt_cr", "manifests_of", "persistent_volume", "pod", "profile",
    "restore", "saved", "snap", "snapshot_class", "storage_class", "template", "the_plan", "vm",
    "vmi", "volume", "world", "yaml_of",
]  # fmt: skip

Object = dict[str, Any]

RBD = "rbd.csi.ceph.com"
DEFAULT = "snapshot.storage.kubernetes.io/is-default-class"
ALL = frozenset(("all",))
NOT_DEPRECATED = {"apiVersion": "snapshot.kubevirt.io/v1beta1"}


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


def persistent_volume(name: str, phase: str = "Bound", **source: Any) -> Object:
    spec = {"claimRef": {"namespace": "default", "name": "root"}, **source}
    return _object("v1", "PersistentVolume", name, spec=spec, status={"phase": phase})


def volume(name: str, claim_name: str = "", **source: Any) -> Object:
    of_claim = {"persistentVolumeClaim": {"claimName": claim_name or name}}
    return {"name": name, **(source or of_claim)}


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


def vmi(name: str = "web", phase: str = "Running") -> Object:
    status = {"phase": phase}
    return _object("kubevirt.io/v1", "VirtualMachineInstance", name, spec={}, status=status)


def kubevirt_cr(*gates: str, version: str = "", **configuration: Any) -> Object:
    settings = {"developerConfiguration": {"featureGates": [*gates]}, **configuration}
    status = {"status": {"observedKubeVirtVersion": version}} if version else {}
    return _object(
        "kubevirt.io/v1", "KubeVirt", "kubevirt",
        metadata={"namespace": "kubevirt"}, spec={"configuration": settings}, **status,
    )  # fmt: skip


def snap(name: str = "nightly", source: str = "web", **spec: Any) -> Object:
    return _of_snapshots("VirtualMachineSnapshot", name, source=_reference(source), **spec)


def restore(
    name: str = "back",
    target: str = "web",
    snapshot: str = "nightly",
    target_kind: str = "VirtualMachine",
    **spec: Any,
) -> Object:
    return _of_snapshots(
        "VirtualMachineRestore", name,
        target=_reference(target, target_kind), virtualMachineSnapshotName=snapshot, **spec,
    )  # fmt: skip


def content(
    machine: Object, *backups: Object, name: str = "kept", snapshot: str = "nightly"
) -> Object:
    kept = {key: machine[key] for key in ("metadata", "spec")}
    return _of_snapshots(
        "VirtualMachineSnapshotContent", name,
        source={"virtualMachine": kept},
        virtualMachineSnapshotName=snapshot, volumeBackups=[*backups],
    )  # fmt: skip


def saved(name: str, claim_name: str = "") -> Object:
    kept = {"metadata": {"name": claim_name or name}, "spec": {}}
    return {
        "volumeName": name, "persistentVolumeClaim": kept, "volumeSnapshotName": f"vs-{name}",
    }  # fmt: skip


def backup(name: str = "b1", source: str = "web", **rest: Any) -> Object:
    spec = {"source": _reference(source), "pvcName": "scratch"}
    return _object("backup.kubevirt.io/v1alpha1", "VirtualMachineBackup", name, spec=spec, **rest)


def clone(source: str = "web", source_kind: str = "VirtualMachine", name: str = "copy") -> Object:
    spec = {"source": _reference(source, source_kind)}
    return _object("clone.kubevirt.io/v1beta1", "VirtualMachineClone", name, spec=spec)


def _of_snapshots(kind: str, name: str, **spec: Any) -> Object:
    # the version that every release serves
    rest = {key: spec.pop(key) for key in ("metadata", "status") if key in spec}
    return _object("snapshot.kubevirt.io/v1alpha1", kind, name, spec=spec, **rest)


def _reference(name: str, kind: str = "VirtualMachine") -> Object:
    return {"apiGroup": "kubevirt.io", "kind": kind, "name": name}


def pod(*claims: str, phase: str = "Running", name: str = "job", **rest: Any) -> Object:
    spec = {"volumes": [volume(it) for it in claims]}
    return _object("v1", "Pod", name, spec=spec, status={"phase": phase}, **rest)


def in_namespace(namespace: str, *objects: Object) -> list[Object]:
    """The objects; those that live in a namespace and name none are in this one."""
    cluster_scoped = {kind.kind for kind in CLUSTER_SCOPED}
    return [
        one
        if one["kind"] in cluster_scoped
        else {**one, "metadata": {"namespace": namespace, **one["metadata"]}}
        for one in objects
    ]


def yaml_of(*objects: Object) -> str:
    """A document for each object."""
    return "---\n".join(f"{json.dumps(one)}\n" for one in objects)


def manifests_of(file: str, *objects: Object) -> list[Manifest]:
    """The objects as they are read from a file of that name."""
    source = document.read(file, yaml_of(*objects).encode())
    assert source.faults == ()
    return [one for part in source.documents for one in manifests(part)]


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
        found += manifests_of(f"{folder}{number}.yaml", one)
    return World(Cluster(Workspace(found, complete), releases.resolve(kubevirt)))


def the_plan(
    *objects: Object, kubevirt: str = "1.9", complete: frozenset[str] = ALL, snapshot: str = ""
) -> SnapshotPlan:
    """The plan of the only snapshot among the objects, or of the one named."""
    seen = world(objects, kubevirt, complete)
    plans = [seen.plan(one) for one in seen.workspace.of(SNAPSHOT)]
    (plan,) = [one for one in plans if snapshot in ("", one.name)]
    return plan
