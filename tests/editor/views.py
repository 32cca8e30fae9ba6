"""Small trees of files, the view of a lint of them, and places that are marked in texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.editor.view import View

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.core.model import Edit
    from vmsnap_lint.editor.view import Location

__all__ = [
    "CLAIM", "CLASSES", "FILES", "RESTORE", "SNAPSHOT", "VM", "applied", "marked", "place", "shown",
    "view_of",
]  # fmt: skip

VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: web
  namespace: prod
spec:
  runStrategy: Halted
  dataVolumeTemplates:
    - metadata:
        name: data
      spec:
        storage:
          storageClassName: fast
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: 1Gi}}
        source: {blank: {}}
  template:
    spec:
      domain:
        devices:
          disks:
            - name: root
              disk: {bus: virtio}
            - name: second
              disk: {bus: virtio}
        memory: {guest: 1Gi}
      volumes:
        - name: root
          persistentVolumeClaim:
            claimName: "root-claim"
        - name: second
          dataVolume:
            name: data
"""
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: root-claim
  namespace: prod
spec:
  storageClassName: 'fast'
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
"""
CLASSES = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: fast
provisioner: driver.example.com
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata:
  name: snappy
driver: driver.example.com
deletionPolicy: Retain
"""
SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
  namespace: prod
spec:
  source:
    apiGroup: kubevirt.io
    kind: VirtualMachine
    name: web  # the source
"""
RESTORE = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineRestore
metadata: {name: back, namespace: prod}
spec:
  target: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
  virtualMachineSnapshotName: nightly
"""
FILES = {
    "vm.yaml": VM,
    "claim.yaml": CLAIM,
    "classes.yaml": CLASSES,
    "snapshot.yaml": SNAPSHOT,
    "restore.yaml": RESTORE,
}


def view_of(tools: str = "") -> View:
    """The view of the working directory, built with the programs on that search path."""
    run = engine.lint((".",), None, Settings(tool_path=tools))
    return View(run.worlds, run.report.findings, run.sources)


def place(text: str, shown: str, number: int = 0) -> tuple[int, int]:
    """The line and column of the first character of a part of a text, or of a later such part."""
    index = -1
    for _ in range(number + 1):
        index = text.index(shown, index + 1)
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def marked(text: str) -> tuple[str, int, int]:
    """A text without its `^`, and the line and column of that."""
    return text.replace("^", ""), *place(text, "^")


def shown(directory: Path, location: Location) -> str:
    """`file:line: text` of a location."""
    line = (directory / location.file).read_text("utf-8").splitlines()[location.span.line - 1]
    cut = line[location.span.column - 1 : location.span.end_column - 1]
    return f"{location.file}:{location.span.line}: {cut}"


def applied(directory: Path, edits: tuple[Edit, ...]) -> None:
    """Writes the edits of single lines into the files."""
    for edit in sorted(edits, reverse=True):
        path = directory / edit.file
        lines = path.read_text("utf-8").splitlines(keepends=True)
        line = lines[edit.span.line - 1]
        before, after = line[: edit.span.column - 1], line[edit.span.end_column - 1 :]
        lines[edit.span.line - 1] = before + edit.text + after
        path.write_text("".join(lines), "utf-8")
