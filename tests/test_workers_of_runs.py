"""Runs print the same with one process and with several, whatever they read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.shared import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="copies of a process")

# Runs the program so that each two objects, files and documents are worth another process.
FORCED = """
import sys
from itertools import islice
from vmsnap_lint.checks import runner
from vmsnap_lint.core import forked, workers
from vmsnap_lint.input import readings
readings._BLOCK, runner._BLOCK, workers._LEAST_SECONDS = 2, 2, 0
how = sys.argv.pop(1)
if how == "dying":
    forked._frames = lambda *_: 1 / 0
if how == "idle":  # this process does the first share only
    each = forked._taken
    forked._taken = lambda *of, parent=0: each(*of, parent) if parent else islice(each(*of), 1)
from vmsnap_lint.__main__ import main
main()
"""
RUNS = {
    "examples": ["--all-vms", "--format", "json", "--render", "never", "--allow-empty", "."],
    "tests/cases": ["-v", "--all-vms", "--docs", "--render", "never", "--allow-empty", "."],
}


CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: backups.backup.kubevirt.io}
spec:
  group: backup.kubevirt.io
  scope: Namespaced
  names: {kind: VirtualMachineBackup, plural: backups}
  versions:
  - name: v1alpha1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {pvcName: {type: string}}
            x-kubernetes-validations:
            - {rule: "self.pvcName != 'disk-1'"}
            - {rule: "self.pvcName.unknown() > 1"}
"""
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk-%d}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
BACKUP = """
apiVersion: backup.kubevirt.io/v1alpha1
kind: VirtualMachineBackup
metadata: {name: backup-%d}
spec: {pvcName: disk-%d}
"""

SNAPSHOT = """
apiVersion: snapshot.kubevirt.io/v1
kind: VirtualMachineSnapshot
metadata: {name: of-%d}
spec:
  source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}
"""


def printed(path: str, processes: int, how: str = "living") -> tuple[int, bytes, bytes]:
    return _printed(ROOT / path, processes, how, RUNS[path])


def _printed(folder: Path, processes: int, how: str, flags: list[str]) -> tuple[int, bytes, bytes]:
    run = subprocess.run(
        [sys.executable, "-c", FORCED, how, "--workers", str(processes), *flags],
        check=False, capture_output=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return run.returncode, run.stdout, run.stderr


@pytest.mark.parametrize("path", ["examples", pytest.param("tests/cases", marks=pytest.mark.slow)])
def test_the_number_of_processes_changes_nothing(path: str) -> None:
    alone = printed(path, 1)
    assert alone[0] == 1
    assert printed(path, 2) == alone
    assert printed(path, 4) == alone


def test_processes_that_die_change_nothing() -> None:
    assert printed("examples", 3, "dying") == printed("examples", 1)


def test_what_rules_of_crds_decide_is_known_to_all_processes(tmp_path: Path) -> None:
    (tmp_path / "crd.yaml").write_text(CRD)
    for number in range(40):  # what comes first is judged before there are copies
        (tmp_path / f"a-claim-{number}.yaml").write_text(CLAIM % number)
        (tmp_path / f"backup-{number}.yaml").write_text(BACKUP % (number, number % 3))
    flags = ["--crds-from-input", "-v", "--format", "json", "--render", "never", "."]
    alone = _printed(tmp_path, 1, "living", flags)
    notes = json.loads(alone[1])["not_checked"]
    assert any(
        "validation rule" in note["reason"] or "unknown()" in note["reason"] for note in notes
    )
    assert _printed(tmp_path, 2, "idle", flags) == alone
    assert _printed(tmp_path, 4, "idle", flags) == alone


def test_very_many_faults_are_found_by_any_number_of_processes(tmp_path: Path) -> None:
    unknown = "".join(f"  field{number}: 1\n" for number in range(100))
    for number in range(120):
        (tmp_path / f"{number}.yaml").write_text(SNAPSHOT % number + unknown)
    flags = ["--format", "gitlab", "."]
    assert _printed(tmp_path, 4, "living", flags) == _printed(tmp_path, 1, "living", flags)


@pytest.mark.parametrize("value", ["0", "61", "two", "-1", "1.5", "٣"])
def test_a_number_of_processes_is_one_to_sixty(value: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", f"--workers={value}", "."], check=False,
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    expected = f'--workers: "{value}" is not auto or a number from 1 to 60'
    assert (run.returncode, expected in run.stderr) == (2, True)
