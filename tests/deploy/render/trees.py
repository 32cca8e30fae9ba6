"""Small trees of files, and what a lint of them finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from vmsnap_lint.core.model import Report

__all__ = ["SNAPSHOT", "VM", "findings_at", "lint", "not_checked", "write"]

VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: web
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {devices: {disks: [{name: root, disk: {bus: virtio}}]}}
      volumes:
      - name: root
        persistentVolumeClaim: {claimName: root}
"""
SNAPSHOT = """\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
spec:
  source:
    apiGroup: kubevirt.io
    kind: VirtualMachine
    name: web
"""


def lint(tools: str, *paths: str, **settings: object) -> Report:
    """The report of a run with the programs on that search path."""
    given = Settings(tool_path=tools)._replace(**settings)  # type: ignore[arg-type]
    return engine.lint(paths or (".",), None, given).report


def findings_at(report: Report) -> list[tuple[str, int, str]]:
    """The file, line and rule of each finding that is more than information."""
    return [
        (one.file, one.span.line, one.rule)
        for one in report.findings
        if one.severity > Severity.INFO
    ]


def not_checked(report: Report) -> dict[str, str]:
    """What was not checked, and why."""
    return {skipped.file: skipped.reason for skipped in report.not_checked}
