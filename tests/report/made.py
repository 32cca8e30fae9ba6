"""Reports made by hand, for the tests of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.model import (
    Finding,
    NotChecked,
    ObjectId,
    Related,
    Report,
    Severity,
    Span,
    Subject,
)
from vmsnap_lint.document import Source, read
from vmsnap_lint.objects.manifest import manifests
from vmsnap_lint.report import render
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SNAPSHOT = b"""\
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata:
  name: nightly
  namespace: prod
spec:
  source:
    apiGroup: kubevirt.io
    kind: VirtualMachine
    name: wbe
"""
MACHINE = b"""\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: web
  namespace: prod
"""
SOURCES: dict[str, Source] = {
    "snapshot.yaml": read("snapshot.yaml", SNAPSHOT),
    "vm.yaml": read("vm.yaml", MACHINE),
}
MISSING = Finding(
    file="snapshot.yaml",
    span=Span(10, 11, 10, 14),
    rule="source-vm-missing",
    severity=Severity.ERROR,
    message='no VirtualMachine "wbe" in namespace "prod"',
    subjects=(
        Subject(
            ObjectId("snapshot.kubevirt.io/v1beta1", "VirtualMachineSnapshot", "prod", "nightly"),
            next(manifests(SOURCES["snapshot.yaml"].documents[0])),
        ),
    ),
    path="/spec/source/name",
    related=(Related("vm.yaml", Span(4, 9, 4, 12), "this one is declared"),),
    fingerprint="4f1c",
    help="Name a VirtualMachine of the same namespace.",
)
UNSURE = Finding(
    file="vm.yaml",
    span=Span(1, 1, 1, 11),
    rule="reference-unverified",
    severity=Severity.INFO,
    message="its class is not in the input",
    subjects=(),
    path="",
    related=(),
    fingerprint="77aa",
    help="",
)


def report(*findings: Finding, skipped: int = 0) -> Report:
    """A Report of these findings over two files."""
    files = tuple(NotChecked(f"chart-{number}.yaml", "a template") for number in range(skipped))
    return Report(findings, files, files=2, objects=2, snapshots=1)


def rendered(
    name: str, of: Report, sources: Mapping[str, Source] = SOURCES, color: bool = False
) -> Iterator[str]:
    """The lines of a report in that format."""
    return render(name, Result(of, sources), Look(color))
