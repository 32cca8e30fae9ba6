"""Objects of the examples, short to write: defaults are sound, keywords become fields of spec."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "Files", "Object", "Row", "claim", "cont", "dv", "kubevirt", "obj", "pvc", "res", "row", "sc",
    "snap", "sound", "template", "vm", "vmi", "volume", "vs", "vsc",
]  # fmt: skip

Object = dict[str, Any]
Files = dict[str, str | list[Object]]
_DRIVER = "ebs.csi.aws.com"
_API = {
    "VirtualMachineSnapshot": "snapshot.kubevirt.io/v1beta1",
    "VirtualMachineSnapshotContent": "snapshot.kubevirt.io/v1beta1",
    "VirtualMachineRestore": "snapshot.kubevirt.io/v1beta1",
    "VirtualMachineClone": "clone.kubevirt.io/v1beta1",
    "VirtualMachineExport": "export.kubevirt.io/v1beta1",
    "VirtualMachineBackup": "backup.kubevirt.io/v1alpha1",
    "VirtualMachine": "kubevirt.io/v1",
    "VirtualMachineInstance": "kubevirt.io/v1",
    "KubeVirt": "kubevirt.io/v1",
    "DataVolume": "cdi.kubevirt.io/v1beta1",
    "StorageProfile": "cdi.kubevirt.io/v1beta1",
    "StorageClass": "storage.k8s.io/v1",
    "VolumeSnapshotClass": "snapshot.storage.k8s.io/v1",
    "VolumeSnapshot": "snapshot.storage.k8s.io/v1",
    "VolumeSnapshotContent": "snapshot.storage.k8s.io/v1",
    "VirtualMachinePool": "pool.kubevirt.io/v1beta1",
}


class Row(NamedTuple):
    """One rule with its examples.

    `severity` is that of the finding in `bad`; `also` are the other rules that find an error there,
    each with its own cause. `bad` and `good` are a text, objects of one file, or several files.
    """

    rule: str
    severity: str
    bad: str | list[Object] | Files
    good: str | list[Object] | Files
    flags: str = ""
    good_flags: str | None = None
    also: frozenset[str] = frozenset()


def row(  # noqa: PLR0913 # a table is read by its columns
    rule: str,
    severity: str,
    bad: str | list[Object] | Files,
    good: str | list[Object] | Files,
    *,
    flags: str = "",
    good_flags: str | None = None,
    also: str = "",
) -> Row:
    """A row; `good_flags` are the flags of the good example where they are others."""
    return Row(rule, severity, bad, good, flags, good_flags, frozenset(also.split()))


def obj(kind: str, name: str, ns: str = "a", *, api: str = "", **fields: Any) -> Object:
    """An object of any kind; `meta` is laid over its metadata, namespace "" leaves that out."""
    metadata: Object = {"name": name, **({"namespace": ns} if ns else {})}
    metadata |= fields.pop("meta", {})
    version = api or _API.get(kind, "v1")
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **fields}


def vm(
    name: str = "vm1",
    *volumes: Object,
    ns: str = "a",
    meta: Object | None = None,
    status: Object | None = None,
    devices: Object | None = None,
    domain: Object | None = None,
    **spec: Any,
) -> Object:
    """A halted VM with a disk for each volume; `running=` or `runStrategy=None` change that."""
    disks = [{"name": one["name"], "disk": {"bus": "virtio"}} for one in volumes]
    if "running" not in spec:
        spec.setdefault("runStrategy", "Halted")
    template: Object = {
        "domain": {
            "devices": {**({"disks": disks} if disks else {}), **(devices or {})}, **(domain or {}),
        },
        **({"volumes": list(volumes)} if volumes else {}),
    }  # fmt: skip
    whole: Object = {
        **{key: value for key, value in spec.items() if value is not None},
        "template": {"spec": template},
    }
    extra: Object = {"status": status} if status else {}
    return obj("VirtualMachine", name, ns, meta=meta or {}, spec=whole, **extra)


def vmi(name: str = "vm1", *, phase: str = "Running", conditions: tuple[str, ...] = ()) -> Object:
    """The instance of a VM as a cluster has it."""
    told = [{"type": one, "status": "True"} for one in conditions]
    status = {"phase": phase, "conditions": told}
    spec: Object = {"domain": {"devices": {}}}
    return obj("VirtualMachineInstance", name, meta={"uid": "u-vmi"}, spec=spec, status=status)


def volume(name: str = "root", claim_name: str = "d") -> Object:
    """A volume on a claim."""
    return {"name": name, "persistentVolumeClaim": {"claimName": claim_name}}


def dv(name: str = "d", *, status: Object | None = None, **spec: Any) -> Object:
    """A blank DataVolume of 1Gi."""
    if "pvc" not in spec and "storage" not in spec:
        size = {"resources": {"requests": {"storage": "1Gi"}}}
        spec["pvc"] = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", **size}
    spec.setdefault("source", {"blank": {}})
    extra: Object = {"status": status} if status else {}
    return obj("DataVolume", name, spec=spec, **extra)


def template(name: str = "d", cls: str = "fast") -> Object:
    """A dataVolumeTemplate."""
    size = {"resources": {"requests": {"storage": "1Gi"}}}
    wish = {"accessModes": ["ReadWriteOnce"], "storageClassName": cls, **size}
    return {"metadata": {"name": name}, "spec": {"source": {"blank": {}}, "pvc": wish}}


def claim(name: str = "d", cls: str | None = "fast", **fields: Any) -> Object:
    """A claim of 1Gi as a source has it."""
    spec: Object = {
        "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
    }  # fmt: skip
    if cls is not None:
        spec["storageClassName"] = cls
    spec |= fields.pop("spec", {})
    return obj("PersistentVolumeClaim", name, spec=spec, **fields)


def pvc(name: str = "d", cls: str | None = "fast", phase: str = "Bound", **fields: Any) -> Object:
    """A claim as a cluster has it."""
    meta = {"uid": f"u-{name}", **fields.pop("meta", {})}
    return claim(name, cls, meta=meta, status={"phase": phase}, **fields)


def sc(name: str = "fast", provisioner: str = _DRIVER, **fields: Any) -> Object:
    """A StorageClass."""
    return obj("StorageClass", name, "", provisioner=provisioner, **fields)


def vsc(name: str = "fast-snap", driver: str = _DRIVER, **fields: Any) -> Object:
    """A VolumeSnapshotClass."""
    fields.setdefault("deletionPolicy", "Delete")
    return obj("VolumeSnapshotClass", name, "", driver=driver, **fields)


def vs(name: str, claim_name: str = "d", **fields: Any) -> Object:
    """A VolumeSnapshot as a cluster has it."""
    source = {"persistentVolumeClaimName": claim_name}
    fields.setdefault("status", {"readyToUse": True, "boundVolumeSnapshotContentName": f"{name}-c"})
    fields.setdefault("spec", {"source": source, "volumeSnapshotClassName": "fast-snap"})
    return obj("VolumeSnapshot", name, meta={"uid": f"u-{name}"}, **fields)


def snap(
    name: str = "s",
    of: str = "vm1",
    *,
    ns: str = "a",
    meta: Object | None = None,
    status: Object | None = None,
    api: str = "",
    **spec: Any,
) -> Object:
    """A snapshot; with a status it is one as a cluster has it."""
    source = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": of}
    uid = {"uid": f"u-{name}"} if status else {}
    spec = {"source": source, **spec}
    extra: Object = {"status": status} if status else {}
    kind = "VirtualMachineSnapshot"
    return obj(kind, name, ns, api=api, meta=uid | (meta or {}), spec=spec, **extra)


def res(
    name: str = "r", of: str = "s", to: str = "vm1", *, meta: Object | None = None,
    status: Object | None = None, ns: str = "a", **spec: Any,
) -> Object:  # fmt: skip
    """A restore of snapshot `of` to VM `to`."""
    target = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": to}
    spec = {"target": target, "virtualMachineSnapshotName": of, **spec}
    extra: Object = {"status": status} if status else {}
    return obj("VirtualMachineRestore", name, ns, meta=meta or {}, spec=spec, **extra)


def cont(
    name: str = "c", of: str = "s", *, saved: Object | None = None,
    backups: tuple[Object, ...] = (), status: Object | None = None,
) -> Object:  # fmt: skip
    """A snapshot content as a cluster has it."""
    machine = saved or vm("vm1", volume())
    kept = {
        "metadata": {**machine["metadata"], "uid": "u-vm1"}, "spec": machine["spec"], "status": {},
    }  # fmt: skip
    spec = {
        "virtualMachineSnapshotName": of,
        "source": {"virtualMachine": kept},
        "volumeBackups": list(backups),
    }
    told = status or {"readyToUse": True, "creationTime": "2026-01-01T00:00:00Z"}
    meta = {"uid": f"u-{name}"}
    return obj("VirtualMachineSnapshotContent", name, meta=meta, spec=spec, status=told)


def kubevirt(gates: tuple[str, ...] = ("Snapshot",), **configuration: Any) -> Object:
    """The settings of KubeVirt."""
    developer = {"featureGates": list(gates)}
    spec = {"configuration": {"developerConfiguration": developer, **configuration}}
    return obj("KubeVirt", "kubevirt", "kubevirt", spec=spec)


def sound() -> list[Object]:
    """All that a snapshot of vm1 needs."""
    return [vm("vm1", volume()), claim(), sc(), vsc()]
