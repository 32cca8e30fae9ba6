"""What an object of Flux or Argo CD sets itself is told at its place in that object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.files import write
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from vmsnap_lint.objects.manifest import Manifest

VM = """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: web
spec:
  runStrategy: Always
  template: {spec: {domain: {}}}
"""
FLUX = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
  targetNamespace: shop
  namePrefix: eu-
  commonMetadata: {labels: {team: red}, annotations: {note: x}}
  patches:
  - target: {kind: Secret}
    patch: |
      - {op: add, path: /spec/runStrategy, value: Halted}
  - target: {kind: VirtualMachine}
    patch: |
      - {op: add, path: /spec/runStrategy, value: Halted}
  patchesStrategicMerge:
  - apiVersion: kubevirt.io/v1
    kind: VirtualMachine
    metadata: {name: web}
    spec: {template: {spec: {hostname: web}}}
"""
ARGO = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: apps, namespace: argocd}
spec:
  destination: {server: "https://kubernetes.default.svc", namespace: other}
  sources:
  - path: apps
    repoURL: https://example.com/repo.git
    kustomize:
      namespace: shop
      namePrefix: eu-
      patches:
      - target: {kind: VirtualMachine}
        patch: |-
          - op: add
            path: /spec/runStrategy
            value: Halted
"""
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: apps, namespace: shop}
spec:
  chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: flux-system}}}
  postRenderers:
  - kustomize:
      patches:
      - target: {kind: VirtualMachine}
        patch: |
          - {op: add, path: /spec/runStrategy, value: Halted}
"""


def built(root: Path, tools: str, pointer: str) -> Manifest:
    """The VM that a pointer applies."""
    (root / ".git").mkdir()
    files = {
        "clusters/eu/all.yaml": pointer,
        "apps/kustomization.yaml": "resources: [vm.yaml]\n",
        "apps/vm.yaml": VM,
        "chart/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "chart/templates/vm.yaml": VM,
    }
    write(root, files)
    loaded = engine.load_input((str(root),), None, Settings(tool_path=tools))
    objects = [each for unit in loaded.units for each in unit.manifests]
    (vm,) = [each for each in objects if each.get("spec", "runStrategy") == "Halted"]
    return vm


def place(vm: Manifest, root: Path, *path: str) -> tuple[str, int, int]:
    """The file, line and column of a value."""
    file, span = vm.document.where(path)
    return file.removeprefix(f"{root}/"), span.line, span.column


POINTER = "clusters/eu/all.yaml"


def test_what_a_flux_kustomization_sets(tmp_path: Path, tools: str) -> None:
    vm = built(tmp_path, tools, FLUX)
    assert place(vm, tmp_path, "spec", "runStrategy") == (POINTER, 16, 51)
    assert place(vm, tmp_path, "spec", "template", "spec", "hostname") == (POINTER, 21, 40)
    assert place(vm, tmp_path, "metadata", "namespace") == (POINTER, 7, 20)
    assert place(vm, tmp_path, "metadata", "name") == ("apps/vm.yaml", 4, 9)
    assert place(vm, tmp_path, "metadata", "labels", "team")[:2] == (POINTER, 9)
    assert place(vm, tmp_path, "metadata", "annotations", "note") == (POINTER, 9, 61)
    assert place(vm, tmp_path, "spec", "template", "spec", "domain") == ("apps/vm.yaml", 7, 29)


def test_what_an_application_sets(tmp_path: Path, tools: str) -> None:
    vm = built(tmp_path, tools, ARGO)
    assert place(vm, tmp_path, "spec", "runStrategy") == (POINTER, 17, 20)
    assert place(vm, tmp_path, "metadata", "namespace") == (POINTER, 10, 18)


def test_what_a_post_renderer_sets(tmp_path: Path, tools: str) -> None:
    vm = built(tmp_path, tools, RELEASE)
    assert place(vm, tmp_path, "spec", "runStrategy") == (POINTER, 11, 55)


def test_two_pointers_of_one_directory_have_their_own_places(tmp_path: Path, tools: str) -> None:
    """Their builds are equal, and done once."""
    other = FLUX.replace("name: apps", "name: again", 1).replace("eu-", "us-")
    (tmp_path / ".git").mkdir()
    same = FLUX.replace("name: apps", "name: too", 1)
    pointers = {POINTER: FLUX, "clusters/us/all.yaml": other, "clusters/cn/all.yaml": same}
    files = {"apps/kustomization.yaml": "resources: [vm.yaml]\n", "apps/vm.yaml": VM, **pointers}
    write(tmp_path, files)
    loaded = engine.load_input((str(tmp_path),), None, Settings(tool_path=tools))
    vms = [m for u in loaded.units for m in u.manifests if m.kind == "VirtualMachine"]
    found = {(vm.name, place(vm, tmp_path, "metadata", "namespace")) for vm in vms}
    assert found == {
        ("eu-web", ("clusters/cn/all.yaml", 7, 20)),
        ("eu-web", (POINTER, 7, 20)),
        ("us-web", ("clusters/us/all.yaml", 7, 20)),
    }


def test_a_name_that_a_pointer_changes_and_a_reference_that_it_does_not(
    tmp_path: Path, tools: str
) -> None:
    snapshot = (
        "---\napiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
        "metadata: {name: s}\n"
        "spec: {source: {apiGroup: kubevirt.io, kind: VirtualMachine, name: web}}\n"
    )
    (tmp_path / ".git").mkdir()
    write(tmp_path, {POINTER: FLUX, "apps/vm.yaml": VM + snapshot})
    run = engine.lint((str(tmp_path),), None, Settings(tool_path=tools))
    rule = "kustomize-reference-not-rewritten"
    (finding,) = [each for each in run.report.findings if each.rule == rule]
    assert (finding.file, finding.span.line) == (f"{tmp_path}/{POINTER}", 8)


@pytest.mark.parametrize("prefix", ["pointer", "kustomization"])
def test_a_name_with_a_prefix_is_told_where_the_object_is_named(
    tmp_path: Path, tools: str, prefix: str
) -> None:
    """So that a comment there works, and two objects do not become one finding."""
    snapshot = (
        "---\napiVersion: snapshot.kubevirt.io/v1beta1\nkind: VirtualMachineSnapshot\n"
        "metadata:\n  name: {name}\n"
        "spec: {{source: {{apiGroup: kubevirt.io, kind: VirtualMachine, name: other}}}}\n"
    )
    texts = [snapshot.format(name=name) for name in ("s", "t", "u  # vmsnap-lint: ignore[RULE] x")]
    rule = "snapshot-as-desired-state"
    flux = FLUX if prefix == "pointer" else FLUX.replace("  namePrefix: eu-\n", "")
    own = "" if prefix == "pointer" else "namePrefix: eu-\n"
    files = {
        POINTER: flux.replace("  targetNamespace", "  prune: true\n  targetNamespace"),
        "apps/kustomization.yaml": "resources: [all.yaml]\n" + own,
        "apps/all.yaml": "".join(texts).replace("RULE", rule),
    }
    (tmp_path / ".git").mkdir()
    write(tmp_path, files)
    report = engine.lint((str(tmp_path),), None, Settings(tool_path=tools)).report
    found = [(each.file, each.span.line) for each in report.findings if each.rule == rule]
    assert found == [(f"{tmp_path}/apps/all.yaml", line) for line in (5, 11)]
    assert [each.finding.rule for each in report.suppressed] == [rule]
    assert "suppression-unused" not in {each.rule for each in report.findings}
