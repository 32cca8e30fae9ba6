"""What cannot be built as a whole is built in parts, and read as written where that fails, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.test_jobs import named, outcome
from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write
from vmsnap_lint.deploy.render.jobs import KustomizeJob

if TYPE_CHECKING:
    from pathlib import Path

PATCH = "[{target: {kind: VirtualMachine}, patch: '- {op: add, path: /spec/x, value: 1}'}]"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_kustomizations_of_a_broken_one_are_built(tree: Path, tools: str) -> None:
    """With its names and namespace; its own files are read as written."""
    write(tree, {
        "run/x.yaml": SNAPSHOT,
        "top/kustomization.yaml": "resources: [../good, ../bad, own.yaml, gone.yaml]\n"
                                  "namespace: prod\nnamePrefix: p-\n",
        "top/own.yaml": VM.replace("web", "own"),
        "good/kustomization.yaml": f"resources: [vm.yaml]\nnameSuffix: -g\npatches: {PATCH}\n",
        "good/vm.yaml": VM,
        "bad/kustomization.yaml": "resources: [vm.yaml, gone.yaml]\nnameSuffix: -b\n",
        "bad/vm.yaml": VM,
    })  # fmt: skip
    job = KustomizeJob(str(tree / "top"))
    result = outcome(tools, job)
    assert named(result) == [("p-own", "prod"), ("p-web-b", "prod"), ("p-web-g", "prod")]
    patched = {one.name: one.get("spec", "x") for one in result.manifests}
    assert patched == {"p-own": None, "p-web-b": None, "p-web-g": 1}
    assert result.changed == {"top/own.yaml", "bad/vm.yaml"}
    assert [(gap.what, gap.namespace) for gap in result.gaps] == [
        ('resource "gone.yaml"', "prod"),
        ('resource "gone.yaml"', "prod"),
        ('kustomization "top/kustomization.yaml"', "prod"),
        ('kustomization "bad/kustomization.yaml"', "prod"),
    ]
    assert len(result.gaps[0].kinds) < len(result.gaps[-1].kinds)  # any, or ConfigMaps
    assert [note.file for note in result.notes] == ["top/kustomization.yaml"]
    assert named(result) == named(outcome(tools, job, render="never"))


def test_a_broken_component_is_read_as_written(tree: Path, tools: str) -> None:
    write(tree, {
        "run/x.yaml": SNAPSHOT,
        "top/kustomization.yaml": "components: [../part]\nresources: [gone.yaml]\n",
        "part/kustomization.yaml": "kind: Component\nresources: [vm.yaml, ../app]\n",
        "part/vm.yaml": VM,
        "app/kustomization.yaml": "resources: [vm.yaml]\n",
        "app/vm.yaml": VM.replace("web", "db"),
    })  # fmt: skip
    result = outcome(tools, KustomizeJob(str(tree / "top")))
    assert named(result) == [("db", None), ("web", None)]


def test_a_long_chain_of_broken_ones_ends(tree: Path, tools: str) -> None:
    """Each is one of the pieces; after a few rounds no program is started any more."""
    number = 200
    for index in range(number):
        below = f"../k{index + 1}, " if index < number - 1 else ""
        write(tree, {
            f"k{index}/kustomization.yaml": f"resources: [{below}vm.yaml, gone.yaml]\n",
            f"k{index}/vm.yaml": VM.replace("name: web", f"name: web-{index}"),
        })  # fmt: skip
    write(tree, {"run/x.yaml": SNAPSHOT})
    result = outcome(tools, KustomizeJob(str(tree / "k0")))
    assert len(result.manifests) == number
    assert len(result.notes) == 1


def test_one_that_is_included_with_several_names_is_several_objects(tree: Path, tools: str) -> None:
    """And one that is included often with the same names is not."""
    write(tree, {
        "run/x.yaml": SNAPSHOT,
        "top/kustomization.yaml": "resources: [../a, ../b, ../c, gone.yaml]\n",
        "a/kustomization.yaml": "resources: [../base, gone.yaml]\nnamePrefix: a-\n",
        "b/kustomization.yaml": "resources: [../base, gone.yaml]\nnamePrefix: b-\n",
        "c/kustomization.yaml": "resources: [../a, ../base/../base, gone.yaml]\n",
        "base/kustomization.yaml": "resources: [vm.yaml]\n",
        "base/vm.yaml": VM,
    })  # fmt: skip
    result = outcome(tools, KustomizeJob(str(tree / "top")))
    assert named(result) == [("a-web", None), ("b-web", None), ("web", None)]


@pytest.mark.parametrize("render", ["auto", "never"])
def test_diamonds_do_not_double(tree: Path, tools: str, render: str) -> None:
    """Each level includes the next one twice, with other names."""
    for index in range(40):
        for side in "ab":
            below = f"../a{index + 1}, ../b{index + 1}" if index < 39 else "vm.yaml"
            write(tree, {
                f"{side}{index}/kustomization.yaml": f"resources: [{below}, gone.yaml]\n"
                                                     f"namePrefix: {side}\n",
                f"{side}{index}/vm.yaml": VM,
            })  # fmt: skip
    write(tree, {"run/x.yaml": SNAPSHOT})
    result = outcome(tools, KustomizeJob(str(tree / "a0")), render=render)
    assert len(result.manifests) <= 2_000


def test_a_circle_ends(tree: Path, tools: str) -> None:
    write(tree, {
        "run/x.yaml": SNAPSHOT,
        "a/kustomization.yaml": "resources: [../b, vm.yaml]\n",
        "b/kustomization.yaml": "resources: [../a, vm.yaml]\n",
        "a/vm.yaml": VM,
        "b/vm.yaml": VM.replace("web", "db"),
    })  # fmt: skip
    result = outcome(tools, KustomizeJob(str(tree / "a"), '{"namespace": "x"}'))
    assert named(result) == [("db", "x"), ("web", "x")]


def test_trees_of_a_run_are_read_in_parts_as_well(tree: Path, tools: str) -> None:
    write(tree, {
        "top/kustomization.yaml": "resources: [../good, own.yaml, gone.yaml]\n",
        "top/own.yaml": SNAPSHOT.replace("name: web", "name: wbe"),
        "good/kustomization.yaml": "resources: [vm.yaml]\n",
        "good/vm.yaml": VM,
    })  # fmt: skip
    report = lint(tools)
    assert ("top/kustomization.yaml", 1, "render-failed") in findings_at(report)
    assert "source-vm-missing" in {rule for _, _, rule in findings_at(report)} or (
        "source-vm-unverified" in {rule for _, _, rule in findings_at(report)}
    )
    assert (set(not_checked(report)), report.objects) == ({"top/kustomization.yaml"}, 2)


def test_what_is_in_a_tree_that_takes_too_long_is_not_tried(tree: Path, tmp_path: Path) -> None:
    """A limit is met once, and the tree is read as written."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "kubectl").write_text(f"#!/bin/sh\necho x >> {programs}/trace\n/bin/sleep 60\n")
    (programs / "kubectl").chmod(0o755)
    write(tree, {
        "run/x.yaml": SNAPSHOT,
        "top/kustomization.yaml": "resources: [../mid]\n",
        "mid/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
        "base/kustomization.yaml": "resources: [vm.yaml]\n",
        "base/vm.yaml": VM,
    })  # fmt: skip
    result = outcome(str(programs), KustomizeJob(str(tree / "top")), render_seconds=0.3)
    assert (programs / "trace").read_text() == "x\n"
    assert (named(result), [one.at_limit for one in result.failures]) == ([("web", "prod")], [True])


def test_a_patch_without_what_it_changes_is_no_error(tree: Path, tools: str) -> None:
    """It changes an object of the remote resource, which is left out."""
    patch = "apiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata: {name: kubevirt}\n"
    write(tree, {
        "kustomization.yaml": "resources: ['https://example.org/kubevirt-cr.yaml', s.yaml]\n"
                              "patches: [{path: patch.yaml}]\n",
        "patch.yaml": patch,
        "s.yaml": SNAPSHOT,
    })  # fmt: skip
    report = lint(tools)
    assert {rule for _, _, rule in findings_at(report)} == {"source-vm-unverified"}
    (note,) = report.not_checked
    assert "without remote resource" in note.reason


@pytest.mark.parametrize("broken", ["", "namePrefx: x\n"])
def test_a_chart_owns_its_templates_alone(tree: Path, tools: str, broken: str) -> None:
    """What lies beside them is read, whether helm renders the chart or not."""
    write(tree, {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "templates/vm.yaml": VM.replace("web", '{{ .Values.name | default "web" }}')
                             + ("{{ fail `no` }}" if broken else ""),
        "crds/crd.yaml": "apiVersion: apiextensions.k8s.io/v1\n"
                         "kind: CustomResourceDefinition\nmetadata: {name: virtualmachines.x}\n",
        "examples/snapshot.yaml": SNAPSHOT + "  failureDeadline: 1d\n",
        ".github/vm.yaml": VM.replace("web", "ci"),
    })  # fmt: skip
    report = lint(tools)
    found = findings_at(report)
    assert ("examples/snapshot.yaml", 10, "failure-deadline-invalid") in found
    assert set(not_checked(report)) == ({"."} if broken else set())
    assert {(file, rule) for file, _, rule in findings_at(lint(tools, render="never"))} <= {
        *((file, rule) for file, _, rule in found),
        ("examples/snapshot.yaml", "source-vm-unverified"),  # which rendering disproves
    }
