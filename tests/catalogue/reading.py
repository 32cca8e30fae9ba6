"""Rows of reading, identity and run state."""

from __future__ import annotations

from tests.catalogue.objects import (
    Row,
    claim,
    kubevirt,
    obj,
    pvc,
    row,
    sc,
    snap,
    sound,
    vm,
    vmi,
    volume,
    vsc,
)

__all__ = ["ROWS"]

_SNAP = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: s, namespace: a}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: vm1}}
"""
_DISK = """\
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {{name: vm1, namespace: a}}
spec:
  runStrategy: Halted
  template:
    spec:
      domain:
        devices: {{disks: [{{name: root, disk: {{bus: virtio}}, bootOrder: {}}}]}}
      volumes: [{{name: root, persistentVolumeClaim: {{claimName: d}}}}]
"""
_VALUES = "image: {tag: v1}\nvm: {name: vm1}\n"


def _source(**changed: str | None) -> dict[str, str]:
    source = {"apiGroup": "kubevirt.io", "kind": "VirtualMachine", "name": "vm1"} | changed
    return {key: value for key, value in source.items() if value is not None}


_BUSY = {"snapshotInProgress": "other", "printableStatus": "Stopped"}
_POD = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "d"}}]}
_ONLINE = "--snapshot-mode online"
_LONG = "v" * 64
_EXPORTED = {"uid": "u1"}

ROWS: tuple[Row, ...] = (
    row("yaml-invalid", "error",
        _SNAP.replace("name: vm1}}", "name: vm1}"), "greeting: {hello\n---\n" + _VALUES),
    row("duplicate-key", "error",
        _SNAP.replace("kind: VirtualMachine,", "kind: VirtualMachine, kind: VirtualMachine,"),
        _SNAP),
    row("document-budget", "error",
        _SNAP + "---\n" + _SNAP.replace("spec:", f"list: {'[' * 300}{']' * 300}\nspec:"), _SNAP),
    row("ambiguous-scalar", "warning",
        _SNAP + _DISK.format("010"), _SNAP + _DISK.format("10")),
    row("kind-unknown", "error",
        [obj("VirtualMachineRestore", "r", api="restore.kubevirt.io/v1beta1", spec={})],
        [obj("VirtualMachineRestore", "r", api="harvesterhci.io/v1beta1", spec={})]),
    row("value-not-allowed", "error",
        [obj("VirtualMachineClone", "c", spec={
            "source": _source(), "target": _source(name="vm2"), "volumeNamePolicy": "Same"})],
        [obj("VirtualMachineClone", "c", spec={
            "source": _source(), "target": _source(name="vm2"),
            "volumeNamePolicy": "PrefixTargetName"})]),
    row("type-meta-missing", "error",
        "kind: VirtualMachineSnapshot\nmetadata: {name: s}\n"
        "spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: vm1}}\n", _VALUES),
    row("group-version-unknown", "error",
        _SNAP.replace("v1beta1", "v1"),
        [obj("VirtualMachineSnapshot", "s", api="virtualization.deckhouse.io/v1", spec={})]),
    row("version-not-served", "error",
        [obj("VirtualMachineExport", "e", api="export.kubevirt.io/v1alpha1", spec={
            "source": {"apiGroup": "", "kind": "PersistentVolumeClaim", "name": "d"}})],
        [obj("VirtualMachineExport", "e", api="export.kubevirt.io/v1alpha1", spec={
            "source": {"apiGroup": "", "kind": "PersistentVolumeClaim", "name": "d"}})],
        flags="--kubevirt 1.9", good_flags=""),
    row("field-unknown", "error",
        [snap(volumeSnapshotClassName="fast"), *sound()],
        [snap(deletionPolicy="Retain"), *sound()]),
    row("field-too-new", "error",
        [obj("VirtualMachineRestore", "r", spec={
            "target": _source(), "virtualMachineSnapshotName": "s", "volumeRestorePolicy": "InPlace"
        })],
        [obj("VirtualMachineRestore", "r", spec={
            "target": _source(), "virtualMachineSnapshotName": "s", "volumeRestorePolicy": "InPlace"
        })],
        flags="--kubevirt 1.5", good_flags=""),
    row("field-type-wrong", "error",
        [snap(failureDeadline=300), *sound()], [snap(failureDeadline="300s"), *sound()]),
    row("required-missing", "error",
        [obj("VirtualMachineRestore", "r", spec={"target": _source()})],
        [obj("VirtualMachineRestore", "r", spec={
            "target": _source(), "virtualMachineSnapshotName": "s"})]),
    row("name-invalid", "error", [snap("My_Snap"), *sound()], [snap("my-${DAY}"), *sound()]),
    row("unrendered-template", "info",
        [snap("s", "{{ .Values.vm }}"), *sound()], [snap(), *sound()]),
    row("flattened-indentation", "error",
        "apiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
        "metadata:\nname: mysnap\nspec:\nsource:\napiGroup: kubevirt.io\nname: vm1\n", _SNAP),
    # identity and references
    row("source-apigroup-missing", "error",
        [snap(source=_source(apiGroup=None)), *sound()], [snap(), *sound()]),
    row("source-apigroup-invalid", "error",
        [snap(source=_source(apiGroup="kubevirt.io/v1")), *sound()],
        [snap(source=_source(apiGroup="${GROUP}")), *sound()]),
    row("source-kind-invalid", "error",
        [snap(source=_source(kind="VirtualMachineInstance")), *sound()], [snap(), *sound()]),
    row("source-vm-missing", "error",
        [snap(of="my-vm"), vm("myvm")], [snap(of="my-vm"), vm("myvm", ns="b")]),
    row("source-vm-unverified", "warning", [snap()], [snap(), *sound()]),
    row("reference-unverified", "info",
        [snap(), vm("vm1", volume())], [snap(), *sound()]),
    row("source-vm-other-namespace", "error",
        [snap(ns="backup"), vm(ns="prod")], [snap(ns="${NS}"), vm(ns="prod")]),
    row("duplicate-object", "error",
        [snap("nightly"), snap("nightly", "vm2"), vm("vm1"), vm("vm2")],
        [snap("nightly"), snap("nightly"), vm("vm1")]),
    row("namespace-ambiguous", "info", [snap(ns=""), *sound()], [snap(), *sound()]),
    row("name-length", "warning",
        [snap(of=_LONG), vm(_LONG, volume()), claim(), sc(), vsc()],
        [snap(of=_LONG[1:]), vm(_LONG[1:], volume()), claim(), sc(), vsc()]),
    row("source-is-pool", "error",
        [snap(of="web"), obj("VirtualMachinePool", "web", spec={
            "replicas": 2, "selector": {"matchLabels": {"x": "y"}}, "virtualMachineTemplate": {
                "metadata": {"labels": {"x": "y"}}, "spec": vm()["spec"]}})],
        [snap(of="web"), vm("web"), obj("VirtualMachinePool", "web", spec={
            "replicas": 2, "selector": {"matchLabels": {"x": "y"}}, "virtualMachineTemplate": {
                "metadata": {"labels": {"x": "y"}}, "spec": vm()["spec"]}})]),
    row("failure-deadline-invalid", "error",
        [snap(failureDeadline="1d"), *sound()], [snap(failureDeadline="${DEADLINE}"), *sound()]),
    row("failure-deadline-odd", "warning",
        [snap(failureDeadline="-5m"), *sound()], [snap(failureDeadline="10m"), *sound()]),
    row("deletion-policy-unknown", "warning",
        [snap(deletionPolicy="retain"), *sound()], [snap(deletionPolicy="Retain"), *sound()]),
    row("snapshot-gate-off", "error",
        [kubevirt(("LiveMigration",)), snap(), *sound()], [snap(), *sound()],
        flags="--kubevirt 1.8"),
    # the misspelt gate refuses every snapshot for certain, so snapshot-gate-off need not say it
    row("gate-misplaced", "error",
        [kubevirt(("snapshot",)), snap(), *sound()], [kubevirt(), snap(), *sound()],
        flags="--kubevirt 1.8"),
    row("gate-misplaced", "warning",
        [obj("HyperConverged", "kubevirt-hyperconverged", "kubevirt-hyperconverged",
             api="hco.kubevirt.io/v1beta1", spec={"featureGates": {"Snapshot": True}}),
         snap(), *sound()],
        [obj("HyperConverged", "kubevirt-hyperconverged", "kubevirt-hyperconverged",
             api="hco.kubevirt.io/v1beta1", spec={"featureGates": {"downwardMetrics": True}}),
         snap(), *sound()]),
    # run state
    row("running-vm-refused", "error",
        [snap(api="snapshot.kubevirt.io/v1alpha1"),
         obj("VirtualMachine", "vm1", api="kubevirt.io/v1alpha3",
             spec=vm("vm1", running=True)["spec"])],
        [snap(api="snapshot.kubevirt.io/v1alpha1"), vm("vm1", running=True)],
        flags="--kubevirt 0.36", good_flags="--kubevirt 0.41"),
    row("source-vm-running", "error",
        [snap(), vm("vm1", volume(), runStrategy="Always"), claim(), sc(), vsc()],
        [snap(), *sound()]),
    row("source-vm-running", "info",
        [snap(), vm("vm1", volume(), runStrategy="Always"), claim(), sc(), vsc()],
        [snap(), vm("vm1", volume(), runStrategy="Manual"), claim(), sc(), vsc()],
        flags=_ONLINE),
    row("run-state-undecidable", "warning",
        [snap(api="snapshot.kubevirt.io/v1alpha1"), vm("vm1", volume(), runStrategy="Manual"),
         claim(), sc(), vsc()],
        [snap(), vm("vm1", volume(), runStrategy="Manual", status={"printableStatus": "Stopped"}),
         claim(), sc(), vsc()],
        flags="--kubevirt 1.0", good_flags="--kubevirt 1.8"),
    row("run-state-undecidable", "info",
        [snap(), vm("vm1", volume(), runStrategy="Manual"), claim(), sc(), vsc()],
        [snap(), vm("vm1", volume(), runStrategy="Manual"), vmi(), claim(), sc(), vsc()]),
    row("running-and-strategy", "error",
        [snap(), vm(running=False, runStrategy="Halted")], [snap(), vm(running=False)]),
    row("run-state-missing", "error",
        [snap(), vm(runStrategy=None)],
        [snap(), obj("VirtualMachine", "vm1", spec={"dataVolumeTemplates": []})]),
    row("run-strategy-unknown", "error",
        [snap(), vm(runStrategy="Stopped")], [snap(), vm(runStrategy="${STATE}")]),
    row("halted-but-vmi-exists", "warning",
        [snap(of="a"), vm("a"), vmi("a")], [snap(of="a"), vm("a"), vmi("a", phase="Succeeded")]),
    row("paused-with-agent", "warning",
        [snap(), vm(runStrategy="Always"), vmi(conditions=("Paused", "AgentConnected"))],
        [snap(), vm(runStrategy="Always"), vmi(conditions=("Paused", "AgentConnected"))],
        flags=f"--kubevirt 1.5.2 {_ONLINE}", good_flags=f"--kubevirt 1.5.3 {_ONLINE}"),
    row("no-agent-evidence", "info",
        [snap(), vm(runStrategy="Always"), vmi()],
        [snap(), vm(runStrategy="Always")], flags=_ONLINE),
    row("offline-claim-in-use", "warning",
        [snap(of="a"), vm("a", volume()), pvc(), sc(), vsc(),
         obj("Pod", "p", spec=_POD, status={"phase": "Failed"})],
        [snap(of="a"), vm("a", volume()), pvc(), sc(), vsc(),
         obj("Pod", "p", spec=_POD, status={"phase": "Succeeded"})]),
    row("vm-busy", "warning",
        [snap(), vm("vm1", volume(), meta=_EXPORTED, status=_BUSY), pvc(), sc(), vsc(),
         snap("other", status={"phase": "InProgress", "readyToUse": False})],
        [snap("other"), vm("vm1", volume(), meta=_EXPORTED, status=_BUSY), pvc(), sc(), vsc()],
        also="snapshot-not-ready"),
    row("edit-blocked-by-snapshot", "warning",
        {"dump/vm.yaml": [vm("vm1", volume(), meta=_EXPORTED, status=_BUSY)],
         "git/vm.yaml": [vm("vm1", volume(), volume("more", "e"))],
         "git/claims.yaml": [claim(), claim("e"), sc(), vsc()],
         "git/snap.yaml": [snap("other")]},
        {"dump/vm.yaml": [vm("vm1", volume(), meta=_EXPORTED, status=_BUSY)],
         "git/vm.yaml": [vm("vm1", volume())],
         "git/claims.yaml": [claim(), sc(), vsc()],
         "git/snap.yaml": [snap("other")]}),
)  # fmt: skip
