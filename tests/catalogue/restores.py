"""Rows of restores, clones, exports, backups, hygiene and GitOps."""

from __future__ import annotations

from typing import Any

from tests.catalogue.objects import (
    Files,
    Object,
    Row,
    claim,
    cont,
    dv,
    kubevirt,
    obj,
    pvc,
    res,
    row,
    sc,
    snap,
    sound,
    template,
    vm,
    volume,
    vsc,
)

__all__ = ["ROWS"]

_TIME = "2026-01-01T00:00:00Z"
_UID = {"uid": "u-vm1"}
_VM = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "vm1"}
_EFI: Object = {"firmware": {"bootloader": {"efi": {"persistent": True, "secureBoot": False}}}}
_DV = {"name": "root", "dataVolume": {"name": "d"}}
_DONE = {
    "phase": "Succeeded", "readyToUse": True, "creationTime": _TIME, "sourceUID": "u-vm1",
    "virtualMachineSnapshotContentName": "c",
    "conditions": [{"type": "Ready", "status": "True"}, {"type": "Progressing", "status": "False"}],
}  # fmt: skip
_MAC = '{"op":"replace","path":"/spec/template/spec/domain/devices/interfaces/0/macAddress",\
"value":"02:00:00:00:00:01"}'
_PATCH = '{"op":"replace","path":"%s","value":"x"}'
_NIC: Object = {"interfaces": [{"name": "n", "bridge": {}, "macAddress": "02:00:00:00:00:01"}]}
_WAVE = "argocd.argoproj.io/sync-wave"


def _wave(number: int) -> Object:
    return {"annotations": {_WAVE: str(number)}}


def _backup(name: str = "root", claim_name: str = "d") -> Object:
    kept = claim(claim_name)
    return {
        "volumeName": name, "volumeSnapshotName": f"v-{name}",
        "persistentVolumeClaim": {"metadata": kept["metadata"], "spec": kept["spec"]},
    }  # fmt: skip


def _taken(*more: Object, machine: Object | None = None) -> list[Object]:
    """vm1 with a snapshot that is done, as a cluster has them."""
    one = machine or vm("vm1", volume(), meta=_UID, status={"printableStatus": "Stopped"})
    return [one, snap(status=_DONE), cont(saved=one, backups=(_backup(),)), pvc(), *more]


def _clone(source: Object | None = None, target: Object | None = None, **spec: Any) -> Object:
    spec = {"source": source or _VM, "target": target or _VM | {"name": "vm2"}, **spec}
    return obj("VirtualMachineClone", "c", spec=spec)


def _export(kind: str = "VirtualMachine", group: str = "kubevirt.io", name: str = "vm1") -> Object:
    source = {"apiGroup": group, "kind": kind, "name": name}
    return obj("VirtualMachineExport", "e", spec={"source": source})


def _saving(**spec: Any) -> Object:
    spec = {"mode": "Push", "pvcName": "t", "source": _VM, **spec}
    return obj("VirtualMachineBackup", "b", spec=spec)


def _tree(kustomization: str, **files: list[Object]) -> Files:
    named = ", ".join(f"{name}.yaml" for name in files)
    return {
        "kustomization.yaml": f"resources: [{named}]\n{kustomization}",
        **{f"{name}.yaml": objects for name, objects in files.items()},
    }


def _class_crd() -> Object:
    versions = [{"name": "v1", "served": True, "storage": True,
                 "schema": {"openAPIV3Schema": {"type": "object"}}}]  # fmt: skip
    names = {"kind": "VolumeSnapshotClass", "plural": "volumesnapshotclasses"}
    spec = {"group": "snapshot.storage.k8s.io", "scope": "Cluster", "versions": versions,
            "names": names}  # fmt: skip
    return obj("CustomResourceDefinition", "volumesnapshotclasses.snapshot.storage.k8s.io", "",
               api="apiextensions.k8s.io/v1", spec=spec)  # fmt: skip


_IN_GIT = [vm("vm1", _DV, dataVolumeTemplates=[template()]), sc(), vsc()]
_OVERRIDE = [{"volumeName": "root", "restoreName": "vm1-root"}]
_LONG = "n" * 40
_REVISION = {"name": "small", "revisionName": "vm1-small-1"}

_NAMES = """\
nameReference:
- kind: VirtualMachine
  group: kubevirt.io
  fieldSpecs: [{kind: VirtualMachineSnapshot, path: spec/source/name}]
"""

ROWS: tuple[Row, ...] = (
    row("restore-target-invalid", "error",
        [res(target=_VM | {"kind": "VirtualMachineInstance"})], [res()]),
    row("source-apigroup-missing", "error",  # it speaks of both ends
        [res(target={"kind": "VirtualMachine", "name": "vm1"})], [res()]),
    row("restore-snapshot-missing", "warning",
        [res(of="snap1"), snap("snap-1"), *sound()], [res(of="snap1"), *sound()]),
    row("restore-snapshot-missing", "error",
        [res(of="snap1"), snap("snap-1"), *sound()], [res(of="snap1"), *sound()],
        flags="--kubevirt 1.4"),
    row("restore-cross-namespace", "error",
        [res(ns="b"), *_taken()], [res(), *_taken()]),
    row("restore-snapshot-unusable", "error",
        [res(), vm("vm1", volume()), snap(status={"phase": "Failed"})],
        [res(), vm("vm1", volume()), snap()], also="snapshot-failed"),
    row("restore-target-running", "warning",
        [res(), snap(status=_DONE), vm("vm1", volume(), runStrategy="Always")],
        [res(), snap(status=_DONE), vm("vm1", volume(), runStrategy="Manual")],
        flags="--kubevirt 1.9"),
    row("restore-target-running", "error",
        [res(), snap(status=_DONE), vm("vm1", volume(), runStrategy="Always")],
        [res(), snap(status=_DONE), vm("vm1", volume())], flags="--kubevirt 1.4"),
    row("restore-target-running", "info",
        [res(targetReadinessPolicy="StopTarget"), snap(status=_DONE),
         vm("vm1", volume(), runStrategy="Always")],
        [res(), snap(status=_DONE), vm("vm1", volume())]),
    row("restore-target-is-other-vm", "error",
        [res(to="vm2"), *_taken(vm("vm2", meta={"uid": "u-vm2"}))], [res(), *_taken()]),
    row("restore-newvm-backend-state", "error",
        [res(to="copy"), snap(status=_DONE), vm("vm1", volume(), domain=_EFI)],
        [res(), snap(status=_DONE), vm("vm1", volume(), domain=_EFI)]),
    row("backend-state-class", "error",  # up to 1.9.0 the restore waits for that volume for ever
        [res(), snap(), vm("vm1", volume(), domain=_EFI), claim(), sc(), vsc(),
         sc("local-path", "rancher.io/local-path"), kubevirt(vmStateStorageClass="local-path")],
        [res(), snap(), vm("vm1", volume(), domain=_EFI), claim(), sc(), vsc(),
         kubevirt(vmStateStorageClass="fast")]),
    row("restore-duplicate-target", "error",
        [res("a"), res("b"), *_taken()],
        [res("a"), res("b", status={"complete": True}), *_taken()]),
    row("restore-patch-colon", "error",
        [res(to="copy", patches=[_MAC]), *_taken()],
        [res(to="copy", patches=[_PATCH % "/spec/x"]), *_taken()]),
    row("restore-patch-path", "error",
        [res(to="copy", patches=[_PATCH % "/status/x"]), *_taken()],
        [res(to="copy", patches=[_PATCH % "/metadata/labels/x"]), *_taken()]),
    row("restore-patch-malformed", "error",
        [res(to="copy", patches=[f"[{_PATCH % '/spec/x'}]"]), *_taken()],
        [res(to="copy", patches=[_PATCH % "/spec/x"]), *_taken()]),
    row("restore-patch-ignored", "warning",
        [res(patches=[_PATCH % "/spec/x"]), *_taken()],
        [res(to="copy", patches=[_PATCH % "/spec/x"]), *_taken()]),
    row("restore-override-invalid", "error",
        [res(volumeRestoreOverrides=[{"volumeName": "root"}]), *_taken()],
        [res(volumeRestoreOverrides=_OVERRIDE), *_taken()]),
    row("restore-override-unmatched", "warning",
        [res(volumeRestoreOverrides=[{"volumeName": "rot", "restoreName": "x"}]), *_taken()],
        [res(volumeRestoreOverrides=[{"volumeName": "rot", "restoreName": "x"}])]),
    row("restore-name-collision", "error",
        [res(volumeRestoreOverrides=_OVERRIDE), *_taken(pvc("vm1-root"))],
        [res(volumeRestoreOverrides=_OVERRIDE, volumeRestorePolicy="InPlace"),
         *_taken(pvc("vm1-root"))]),
    row("restore-policy-unknown", "error",
        [res(volumeOwnershipPolicy="VM"), *_taken()], [res(volumeOwnershipPolicy="Vm"), *_taken()]),
    row("restore-inplace-new-target", "error",
        [res(to="copy", volumeRestorePolicy="InPlace"), *_taken()],
        [res(volumeRestorePolicy="InPlace"), *_taken()]),
    row("restore-shares-volume", "warning",
        [res(to="copy"), *_taken(machine=vm("vm1", volume(), volume("data", "e"), meta=_UID)),
         pvc("e")],
        [res(to="copy"), *_taken()], also="content-volume-missing"),
    row("restore-with-snapshot", "warning",
        [res(), snap(), *sound()], [res(meta=_wave(3)), snap(), *sound()]),
    row("restore-instancetype-missing", "info",
        [res(), *_taken(machine=vm("vm1", volume(), meta=_UID, instancetype=_REVISION)),
         obj("ControllerRevision", "other", api="apps/v1", revision=1)],
        [res(), *_taken(machine=vm("vm1", volume(), meta=_UID, instancetype=_REVISION))]),
    row("mac-duplicated", "warning",
        [res(to="copy"), *_taken(machine=vm("vm1", volume(), meta=_UID, devices=_NIC))],
        [res(), *_taken(machine=vm("vm1", volume(), meta=_UID, devices=_NIC))]),
    # clones, exports, backups
    row("clone-source-invalid", "error",
        [_clone(_VM | {"kind": "VirtualMachineInstance"})], [_clone(), *sound()]),
    row("clone-same-name", "error", [_clone(target=_VM), *sound()], [_clone(), *sound()]),
    row("clone-mac-colons", "error",
        [_clone(newMacAddresses={"n": "02:00:00:00:00:02"}), *sound()],
        [_clone(newMacAddresses={"n": "02-00-00-00-00-02"}), *sound()]),
    row("clone-backend-state", "error",
        [_clone(), vm("vm1", volume(), domain=_EFI), claim(), sc(), vsc()], [_clone(), *sound()]),
    row("clone-target-apigroup", "error",
        [_clone(target={"kind": "VirtualMachine", "name": "vm2"}), *sound()],
        [_clone(), *sound()]),
    row("clone-filter-syntax", "error",
        [_clone(labelFilters=["a!b"]), *sound()], [_clone(labelFilters=["*", "!b/*"]), *sound()]),
    row("clone-volume-unsnapshottable", "error",
        [_clone(), vm("vm1", volume()), claim(), sc(provisioner="rancher.io/local-path")],
        [_clone(), *sound()]),
    row("export-source-invalid", "error",
        [_export(group="kubevirt.io/v1"), *sound()], [_export(), *sound()]),
    row("export-name-length", "warning",
        [_export("PersistentVolumeClaim", "", _LONG * 2), claim(_LONG * 2), sc(), vsc()],
        [_export("PersistentVolumeClaim", "", _LONG * 2), claim(_LONG * 2), sc(), vsc()],
        flags="--kubevirt 1.6.0", good_flags="--kubevirt 1.8"),
    row("export-vm-running", "warning",
        [_export(), vm("vm1", volume(), runStrategy="Always")], [_export(), vm("vm1", volume())]),
    row("backup-invalid", "error",
        [_saving(pvcName=""), *sound(), claim("t")], [_saving(), *sound(), claim("t")]),
    row("backup-vm-offline", "warning",
        [_saving(), *sound(), claim("t")],
        [_saving(), vm("vm1", volume(), runStrategy="Always"), claim(), claim("t")]),
    row("backup-target-claim", "error",
        [_saving(), *sound()], [_saving(), vm("vm1", volume(), runStrategy="Always")]),
    # hygiene
    row("running-deprecated", "info",
        [snap(), vm("vm1", volume(), running=False), claim(), sc(), vsc()],
        [snap(), vm("vm1", volume(), running=False), claim(), sc(), vsc()],
        flags="--kubevirt 1.4", good_flags="--kubevirt 1.3"),
    row("api-deprecated", "warning",
        [snap(), vm("vm1", volume()) | {"apiVersion": "kubevirt.io/v1alpha3"}, claim(), sc(),
         vsc()],
        [snap(), *sound()]),
    row("api-deprecated", "info",
        [snap(api="snapshot.kubevirt.io/v1alpha1"), *sound()], [snap(), *sound()]),
    row("server-fields-in-source", "warning",
        [snap(meta={"uid": "u"}, status={"readyToUse": True}), *sound()],
        [snap(meta={"uid": "u"}, status={"readyToUse": True}), *_taken()[:1]]),
    row("controller-metadata-in-source", "warning",
        [snap(meta={"finalizers": ["snapshot.kubevirt.io/vmsnapshot-protection"]}), *sound()],
        [snap(meta={"finalizers": ["example.org/mine"]}), *sound()]),
    row("generated-object-committed", "warning",
        [obj("VirtualMachineSnapshotContent", "vmsnapshot-content-1", spec={
            "source": {"virtualMachine": {"spec": vm()["spec"]}}})],
        _taken()),
    row("generate-name", "info",
        [snap() | {"metadata": {"generateName": "nightly-", "namespace": "a"}}, *sound()],
        [snap(), *sound()]),
    # GitOps
    row("snapshot-as-desired-state", "info",
        [snap(meta={"annotations": {"argocd.argoproj.io/sync-options": "Prune=true"}}), *sound()],
        [snap(), *sound()]),
    row("snapshot-as-desired-state", "info",
        _tree("", all=[snap(), *sound()]), [snap(), *sound()]),
    row("restore-as-desired-state", "warning",
        _tree("", vm=_IN_GIT, snapshot=[snap()], restore=[res(meta=_wave(3))]),
        [*_IN_GIT, snap(), res()]),
    row("crd-and-class-together", "warning",
        _tree("", crd=[_class_crd()], rest=[snap(), *sound()]),
        {"crds/crd.yaml": [_class_crd()], **_tree("", rest=[snap(), *sound()])}),
    row("argocd-stopped-vm-wave", "info",
        [vm("vm1", volume(), meta=_wave(1)), snap(meta=_wave(2)), *sound()[1:]],
        [vm("vm1", volume(), meta=_wave(1)), snap(meta=_wave(1)), *sound()[1:]]),
    row("apply-order", "error",
        [vm("vm1", volume(), meta=_wave(2)), snap(meta=_wave(1)), *sound()[1:]],
        [vm("vm1", volume(), meta=_wave(1)), snap(meta=_wave(2)), *sound()[1:]],
        flags="--kubevirt 1.4"),
    row("apply-order", "warning",
        [vm("vm1", volume(), meta=_wave(2)), snap(meta=_wave(1)), *sound()[1:]],
        [vm("vm1", volume()), snap(), *sound()[1:]]),
    row("apply-order", "error",
        [vm("vm1", volume(), meta=_wave(1)), snap(meta=_wave(1)), *sound()[1:]],
        [snap(meta=_wave(1))], flags="--kubevirt 1.4"),
    row("kustomize-reference-not-rewritten", "error",
        _tree("namePrefix: prod-\n", all=[snap(), vm("vm1")]),
        {**_tree("namePrefix: prod-\nconfigurations: [names.yaml]\n", all=[snap(), vm("vm1")]),
         "names.yaml": _NAMES}),
    row("kustomize-namespace-not-rewritten", "warning",
        _tree("namespace: prod\n", all=[
            snap(), vm("vm1", _DV), claim("golden"), sc(), vsc(),
            dv(source={"pvc": {"name": "golden", "namespace": "a"}})]),
        _tree("", all=[
            snap(), vm("vm1", _DV), claim("golden"), sc(), vsc(),
            dv(source={"pvc": {"name": "golden", "namespace": "a"}})])),
)  # fmt: skip
