"""Plans and pages of them, for the tests of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import NotChecked
from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume
from vmsnap_lint.kubevirt.restore.restore_plan import (
    RestoredVolume,
    RestorePlan,
    VolumeOutcome,
)
from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan, VolumePlan
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.plans import Plans, render

if TYPE_CHECKING:
    from pathlib import Path

INPUT = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec:
  runStrategy: Halted
  template:
    spec:
      domain:
        devices:
          disks: [{name: root, disk: {bus: virtio}}, {name: data, disk: {bus: virtio}}]
      volumes:
      - {name: root, persistentVolumeClaim: {claimName: web-root}}
      - {name: data, persistentVolumeClaim: {claimName: web-data}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-root, namespace: prod}
spec:
  storageClassName: ceph
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-data, namespace: prod}
spec:
  storageClassName: local
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ceph}
provisioner: rbd.csi.ceph.com
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: rancher.io/local-path
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: ceph-snap}
driver: rbd.csi.ceph.com
deletionPolicy: Delete
---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly, namespace: prod}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}}
---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: lost, namespace: prod}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: wbe}}
---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineRestore
metadata: {name: back, namespace: prod}
spec:
  target: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
  virtualMachineSnapshotName: nightly
---
apiVersion: export.kubevirt.io/v1beta1
kind: VirtualMachineExport
metadata: {name: out, namespace: prod}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}}
"""
HOSTILE = (
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<!--", "-->", "<![CDATA[",
    "]]>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "&lt;b&gt;", "&#0;", "\0",
    "\x1b[2J", "\r\n", "\u202e\u2066evil", "\u200b", "\ud800", "\udfff\ud800", "\ufeff", "\ufffe",
    "😀", "虚拟机", "שלום", "${title}", "$policy", "$", "</style>", "</title>", "</textarea>",
    "javascript:alert(1)", "<plaintext>", "<svg/onload=alert(1)>", "a" * 65_536,
    " ".join(["word"] * 20_000),
)  # fmt: skip


def plans_of(text: str, directory: Path, *, all_vms: bool = False) -> Plans:
    """The plans of one file `vms.yaml` with that text in a directory."""
    (directory / "vms.yaml").write_text(text, encoding="utf-8")
    return engine.plan((str(directory),), None, Settings(all_vms=all_vms)).plans


def page(plans: Plans) -> str:
    """The page of these plans, as it is written to a file."""
    return "".join(f"{line}\n" for line in render("html", plans, Look()))


def everywhere(text: str, verdict: Verdict = Verdict.PARTIAL) -> Plans:
    """A plan of each kind with that text wherever one can have text of a manifest."""
    restored = RestoredVolume(text, text, text, VolumeOutcome.LOST, text)
    volume = VolumePlan(text, text, False, text, text, text, True)
    snapshot = SnapshotPlan(text, text, text, verdict, (text,), (volume,), text)
    return Plans(
        snapshots=(snapshot,),
        vms=(snapshot,),
        restores=(RestorePlan(text, text, text, text, verdict, (text,), (restored,), text),),
        clones=(ClonePlan(text, text, text, text, text, verdict, (text,), (restored,), text),),
        exports=(
            ExportPlan(
                text, text, text, text, verdict, (text,),
                (ExportedVolume(text, text, None, text),), text,
            ),
        ),
        not_checked=(NotChecked(text, text),),
        clusters=(text,),
    )  # fmt: skip


def snapshots(number: int) -> Plans:
    """That many snapshots of two volumes in forty namespaces; a fifth is partial."""
    return Plans(snapshots=tuple(map(_numbered, range(number))))


def _numbered(number: int) -> SnapshotPlan:
    namespace, reason = f"team-{number % 40}", 'StorageClass "local" is not a CSI driver'
    is_partial = number % 5 == 0
    root = VolumePlan("root", f"vm-{number}-root", True, "ceph", "ceph-snap", "", True)
    data = root._replace(name="data", claim=f"vm-{number}-data")
    if is_partial:
        data = data._replace(
            included=False, storage_class="local", snapshot_class=None, reason=reason
        )
    verdict = Verdict.PARTIAL if is_partial else Verdict.COMPLETE
    reasons = (f'volume "data": {reason}',) if is_partial else ()
    return SnapshotPlan(
        namespace, f"before-{number}", f"vm-{number}", verdict, reasons, (root, data)
    )
