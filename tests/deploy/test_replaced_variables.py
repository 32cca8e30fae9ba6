"""Names in files whose variables Flux replaces are known, where no other cluster leaves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

POINTER = """
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  path: ./apps
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
  postBuild: {build}
"""
SNAPSHOT = """
apiVersion: snapshot.kubevirt.io/v1beta1
kind: VirtualMachineSnapshot
metadata: {name: "${vm}-s", namespace: prod}
spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: "${vm}"}}
"""
KNOWN = "{substitute: {vm: web}}"
SECRET = "{substituteFrom: [{kind: Secret, name: none}]}"


def placeholders(root: Path, east: str, west: str) -> list[str]:
    """The names in apps/vm.yaml that are told to be placeholders."""
    files = {
        "apps/vm.yaml": SNAPSHOT,
        "clusters/east/all.yaml": POINTER.format(name="apps", build=east),
        "clusters/west/all.yaml": POINTER.format(name="apps", build=west),
    }
    (root / ".git").mkdir()
    write(root, files)
    run = engine.lint((str(root),), None, Settings(online=True, render="never"))
    return [f.message for f in run.report.findings if f.rule == "unrendered-template"]


def test_names_that_flux_replaces_are_no_placeholders(tmp_path: Path) -> None:
    assert placeholders(tmp_path, KNOWN, KNOWN) == []


@pytest.mark.parametrize("west", [SECRET, "{substitute: {}}", "{}"])
def test_names_that_one_cluster_leaves_are_placeholders(tmp_path: Path, west: str) -> None:
    (message,) = placeholders(tmp_path, KNOWN, west)
    assert message.startswith('"${vm}-s" is a placeholder')
