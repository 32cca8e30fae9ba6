"""Makes trees of sound manifests to measure on: VM, claim and snapshot in each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SHARED_CLASSES", "make", "manifest"]

FILES_A_FOLDER = 50

SHARED_CLASSES = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: ceph-block
provisioner: rook-ceph.rbd.csi.ceph.com
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata:
  name: ceph-block
driver: rook-ceph.rbd.csi.ceph.com
deletionPolicy: Delete
parameters:
  clusterID: rook-ceph
  csi.storage.k8s.io/snapshotter-secret-name: rook-csi-rbd-provisioner
  csi.storage.k8s.io/snapshotter-secret-namespace: rook-ceph
"""

_MANIFEST = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: vm-{n}-root
  namespace: team-{team}
  labels:
    app.kubernetes.io/name: vm-{n}
spec:
  accessModes:
    - ReadWriteMany
  volumeMode: Block
  storageClassName: ceph-block
  resources:
    requests:
      storage: 20Gi
---
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: vm-{n}
  namespace: team-{team}
  labels:
    app.kubernetes.io/name: vm-{n}
spec:
  runStrategy: Halted
  template:
    metadata:
      labels:
        app.kubernetes.io/name: vm-{n}
    spec:
      domain:
        cpu:
          cores: 2
        memory:
          guest: 4Gi
        devices:
          disks:
            - name: root
              disk:
                bus: virtio
            - name: cloudinit
              disk:
                bus: virtio
          interfaces:
            - name: default
              masquerade: {{}}
      networks:
        - name: default
          pod: {{}}
      volumes:
        - name: root
          persistentVolumeClaim:
            claimName: vm-{n}-root
        - name: cloudinit
          cloudInitNoCloud:
            userData: |
              #cloud-config
              hostname: vm-{n}
---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: vm-{n}-nightly
  namespace: team-{team}
spec:
  failureDeadline: 10m
  source:
    apiGroup: kubevirt.io
    kind: VirtualMachine
    name: vm-{n}
"""


def manifest(number: int) -> str:
    """One file: a claim, the VM that mounts it, and a snapshot of that VM."""
    return _MANIFEST.format(n=number, team=number // FILES_A_FOLDER)


def make(folder: Path, files: int) -> list[Path]:
    """Writes that many files, and one with the classes; gives the paths of the former."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "classes.yaml").write_text(SHARED_CLASSES)
    written = []
    for number in range(files):
        team = folder / f"team-{number // FILES_A_FOLDER}"
        team.mkdir(exist_ok=True)
        path = team / f"vm-{number}.yaml"
        path.write_text(manifest(number))
        written.append(path)
    return written
