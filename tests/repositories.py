"""Scratch git repositories for tests, and what a run over them finds."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.files import write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["CHAIN", "CLASS", "SNAPSHOT", "VM", "commit", "git", "write"]

VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web, namespace: prod}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {devices: {}}
      volumes: [{name: rootdisk, persistentVolumeClaim: {claimName: root}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: root, namespace: prod}
spec:
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 10Gi}}
  storageClassName: ceph
"""
SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: nightly, namespace: prod}
spec:
  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
"""
CLASS = """\
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: ceph-snap}
driver: rook-ceph.rbd.csi.ceph.com
deletionPolicy: Delete
"""
STORAGE = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: ceph}
provisioner: rook-ceph.rbd.csi.ceph.com
"""
CHAIN = {
    "apps/snapshot.yaml": SNAPSHOT,
    "apps/vm.yaml": VM,
    "infra/class.yaml": CLASS,
    "infra/storage.yaml": STORAGE,
}


def git(directory: Path, *arguments: str) -> str:
    """What git says; nothing of the caller's own configuration matters."""
    user = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    local = ("-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *user, *local, *arguments], cwd=directory, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return done.stdout.strip()


def commit(directory: Path, files: Mapping[str, str], subject: str = "change") -> str:
    """Commits all that is there with these files; the name of the commit."""
    if not (directory / ".git").exists():
        git(directory, "init", "-q")
    write(directory, files)
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "--allow-empty", "-m", subject)
    return git(directory, "rev-parse", "HEAD")
