"""More examples on which a rule must not speak: the other conditions under which it is silent."""

from __future__ import annotations

from typing import NamedTuple

from tests.catalogue.objects import (
    Files,
    Object,
    claim,
    kubevirt,
    obj,
    pvc,
    res,
    sc,
    snap,
    sound,
    template,
    vm,
    vmi,
    volume,
    vsc,
)

__all__ = ["SILENT", "Silent"]


class Silent(NamedTuple):
    """Rules that find nothing in an example; `""` stands for every rule."""

    rules: str
    why: str
    given: str | list[Object] | Files
    flags: str = ""


_TEMPLATE = """\
{{- if .Values.enabled }}
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: {{ .Release.Name }}}
{{- end }}
"""
_PATCHES = "- {op: add, path: /metadata/labels/kind, value: VirtualMachineSnapshot}\n"
_CEPH = "rook-ceph.rbd.csi.ceph.com"
_DV = {"name": "root", "dataVolume": {"name": "d"}}
_UNKNOWN = {"name": "root", "persistentVolumeClaim": {"claimName": "${CLAIM}"}}
_POD = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "d"}}]}
_CDROM = {"disks": [{"name": "root", "disk": {}}, {"name": "tray", "cdrom": {"bus": "sata"}}]}
_OVERLAY = "resources: [snap.yaml, vm.yaml]\n"
_FOREIGN = [
    obj("VirtualMachineSnapshot", "s", api="virtualization.deckhouse.io/v1alpha2",
        spec={"virtualMachineName": "vm1"}),
    obj("VirtualMachineRestore", "r", api="harvesterhci.io/v1beta1", spec={
        "newVM": True, "target": {"apiGroup": "kubevirt.io", "kind": "VirtualMachine"}}),
    obj("VirtualMachineBackup", "b", api="harvesterhci.io/v1beta1", spec={"type": "snapshot"}),
    obj("VirtualMachine", "v", api="vmoperator.vmware.com/v1alpha1", spec={"className": "x"}),
]  # fmt: skip

SILENT: tuple[Silent, ...] = (
    Silent("", "a sound tree", [snap(), *sound()]),
    Silent("", "kinds of other projects", _FOREIGN),
    Silent("", "a VM that no snapshot reaches",
           [vm("vm1", volume("root", "gone"), running=True, runStrategy="Halted"),
            claim("d", "in-tree"), sc("in-tree", "kubernetes.io/aws-ebs")]),
    Silent("yaml-invalid type-meta-missing", "a template", {"templates/s.yaml": _TEMPLATE}),
    Silent("yaml-invalid type-meta-missing kind-unknown", "a list of JSON patches", _PATCHES),
    Silent("field-unknown", "a field of a newer release: field-too-new speaks",
           [res(volumeRestorePolicy="InPlace")], "--kubevirt 1.5"),
    Silent("required-missing", "the class has no namespace", [snap(), *sound()]),
    Silent("duplicate-object", "two overlays", {
        "east/kustomization.yaml": _OVERLAY, "west/kustomization.yaml": _OVERLAY,
        "east/snap.yaml": [snap()], "west/snap.yaml": [snap(of="vm2")],
        "east/vm.yaml": [vm("vm1")], "west/vm.yaml": [vm("vm2")]}),
    Silent("source-vm-missing", "other VMs of another namespace only", [snap(), vm("x", ns="b")]),
    Silent("source-vm-missing source-vm-other-namespace", "no namespace set", [snap(ns=""), vm()]),
    Silent("snapshot-gate-off", "on by default", [kubevirt(()), snap(), *sound()],
           "--kubevirt 1.9"),
    Silent("gate-misplaced", "a gate of another name",
           [kubevirt(("Snapshot", "Sidecar")), snap(), *sound()]),
    Silent("source-vm-running", "it cannot be told",
           [snap(), vm("vm1", volume(), runStrategy="RerunOnFailure"), claim(), sc(), vsc()]),
    Silent("run-state-undecidable", "the status tells", [
        snap(), vm("vm1", volume(), runStrategy="Manual", status={"printableStatus": "Stopped"}),
        claim(), sc(), vsc()]),
    Silent("offline-claim-in-use", "the pod is that of the running VM",
           [snap(), vm("vm1", volume(), runStrategy="Always"), vmi(), pvc(), sc(), vsc(),
            obj("Pod", "p", spec=_POD, status={"phase": "Running"})]),
    Silent("offline-claim-in-use", "a pod of another namespace", [
        snap(), vm("vm1", volume()), pvc(), sc(), vsc(),
        obj("Pod", "p", "b", spec=_POD, status={"phase": "Running"})]),
    Silent("claim-missing", "a template makes it",
           [snap(), vm("vm1", volume(), dataVolumeTemplates=[template()]), claim("x"), sc(),
            vsc()]),
    Silent("wffc-unbound-offline", "the class is not in the input",
           [snap(), vm("vm1", _DV, dataVolumeTemplates=[template()]), vsc()]),
    Silent("wffc-unbound-offline", "bound at once", [
        snap(), vsc(), sc(volumeBindingMode="WaitForFirstConsumer"),
        vm("vm1", _DV, dataVolumeTemplates=[template() | {"metadata": {
            "name": "d", "annotations": {"cdi.kubevirt.io/storage.bind.immediate.requested": "true"
        }}}])]),
    Silent("claim-without-class default-class-problem", "one default", [
        snap(), vm("vm1", volume()), claim(cls=None), vsc(),
        sc(meta={"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}})]),
    Silent("in-tree-provisioner non-csi-provisioner pv-not-csi", "a class of another name",
           [snap(), *sound(), sc("slow", "kubernetes.io/aws-ebs")]),
    Silent("driver-snapshot-unsupported", "a driver nobody knows", [
        snap(), vm("vm1", volume()), claim(), sc(provisioner="x.example.org")]),
    Silent("claim-shared", "both read it only", [
        snap(), *sound()[1:], *(vm(name, {"name": "root", "persistentVolumeClaim": {
            "claimName": "d", "readOnly": True}}) for name in ("vm1", "vm2"))]),
    Silent("class-secret-missing", "parameters are filled in later", [
        snap(), vm("vm1", volume()), claim(), sc(provisioner=_CEPH),
        vsc(driver=_CEPH, parameters={"clusterID": "c",
            "csi.storage.k8s.io/snapshotter-secret-name": "${NAME}",
            "csi.storage.k8s.io/snapshotter-secret-namespace": "${SPACE}"})]),
    Silent("ambiguous-class", "a profile chooses", [
        snap(), *sound()[:3], vsc("one"), vsc("two"),
        obj("StorageProfile", "fast", "", spec={}, status={"snapshotClass": "two"})]),
    Silent("nothing-to-snapshot", "a volume cannot be told", [snap(), vm("vm1", _UNKNOWN)]),
    Silent("partial-snapshot", "a chain that leads out of the input",
           [snap(), vm("vm1", volume(), volume("data", "e")), claim(), sc(), vsc()]),
    Silent("volume-list-invalid", "an empty CD-ROM",
           [snap(), vm("vm1", volume(), devices=_CDROM), claim(), sc(), vsc()], "--kubevirt 1.9"),
    Silent("restore-snapshot-missing", "no snapshot of its namespace is in the input",
           [res(of="s1"), snap("s-1", ns="b")]),
    Silent("restore-duplicate-target", "two namespaces", [res("a"), res("b", ns="b")]),
    Silent("restore-newvm-backend-state", "before the check", [
        res(to="copy"), snap(status={"phase": "Succeeded", "readyToUse": True}),
        vm("vm1", volume(), domain={"firmware": {"bootloader": {"efi": {"persistent": True}}}})],
        "--kubevirt 1.3"),
    Silent("api-deprecated server-fields-in-source controller-metadata-in-source",
           "a dump of a cluster",
           [snap(api="snapshot.kubevirt.io/v1alpha1", meta={
               "finalizers": ["snapshot.kubevirt.io/vmsnapshot-protection"]},
               status={"phase": "Succeeded", "readyToUse": True})]),
    Silent("snapshot-failed snapshot-not-ready status-contradiction content-missing",
           "a source has no status", [snap(), *sound()]),
)  # fmt: skip
