"""Measures rendering against kustomize alone: `python -m benchmarks.rendering`.

kubectl or kustomize is the one on PATH. What counts is processor time, programs included: other
work on the machine does not change it.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

__all__ = ["MANIFESTS", "OVERLAY", "PATCH", "builder", "spent"]

TREES = 300
LIMIT = 1.2

MANIFESTS = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {{name: vm-{number}}}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {{devices: {{disks: [{{name: root, disk: {{bus: virtio}}}}]}}}}
      volumes: [{{name: root, persistentVolumeClaim: {{claimName: root-{number}}}}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: root-{number}}}
spec:
  storageClassName: fast
  accessModes: [ReadWriteOnce]
  resources: {{requests: {{storage: 10Gi}}}}
---
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {{name: nightly-{number}}}
spec:
  source: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: vm-{number}}}
"""
PATCH = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {{name: vm-{number}}}
spec: {{runStrategy: Halted}}
"""
OVERLAY = "resources: [../base]\nnamespace: prod-{number}\npatches:\n- path: patch.yaml\n"


def make(folder: Path, trees: int) -> list[Path]:
    """Writes as many bases with an overlay each; gives the overlays."""
    overlays = []
    for number in range(trees):
        base, overlay = folder / f"app-{number}" / "base", folder / f"app-{number}" / "prod"
        base.mkdir(parents=True)
        overlay.mkdir()
        (base / "kustomization.yaml").write_text("resources: [all.yaml]\n")
        (base / "all.yaml").write_text(MANIFESTS.format(number=number))
        (overlay / "kustomization.yaml").write_text(OVERLAY.format(number=number))
        (overlay / "patch.yaml").write_text(PATCH.format(number=number))
        overlays.append(overlay)
    return overlays


def spent() -> float:
    """The seconds of processor time of all programs that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def builder() -> list[str]:
    """The command that builds the directory appended to it, [] where there is none."""
    kustomize, kubectl = shutil.which("kustomize"), shutil.which("kubectl")
    if kustomize:
        return [kustomize, "build"]
    return [kubectl, "kustomize"] if kubectl else []


def main() -> int:
    """Prints both times; 1 when the lint costs more than the limit, 2 without a kustomize."""
    command = builder()
    if not command:
        sys.stderr.write("neither kustomize nor kubectl is on PATH\n")
        return 2
    with tempfile.TemporaryDirectory() as there:
        overlays = make(Path(there), TREES)
        before = spent()
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            builds = [[*command, str(overlay)] for overlay in overlays]
            list(pool.map(lambda one: subprocess.run(one, check=True, capture_output=True), builds))
        alone = spent() - before
        program = str(Path(sys.executable).with_name("vmsnap-lint"))
        lint = [program, "--render", "require", "--exit-zero", there]
        before = spent()
        subprocess.run(lint, check=True, capture_output=True)
        ours = spent() - before
    ratio = ours / alone
    print(f"{TREES} kustomizations: lint {ours:.1f} s, kustomize alone {alone:.1f} s, {ratio:.2f}x")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
