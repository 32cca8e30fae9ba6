"""Kustomizations are linted as kustomize builds them; findings stand where things are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.deploy.render.trees import SNAPSHOT, VM, findings_at, lint, not_checked, write
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Severity

if TYPE_CHECKING:
    from pathlib import Path

PVC = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: root}
spec:
  storageClassName: slow
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
"""
CLASS = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: slow}
provisioner: kubernetes.io/no-provisioner
"""
PATCH = """\
    kind: VirtualMachine
    apiVersion: kubevirt.io/v1
    metadata: {name: web}
    spec:
      runStrategy: Alwys
"""
OPERATION = """\
    - op: replace
      path: /spec/runStrategy
      value: Alwys
"""
TARGET = "{group: kubevirt.io, version: v1, kind: VirtualMachine, name: web}"
BASE = {
    "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml]\n",
    "base/vm.yaml": VM,
    "base/snapshot.yaml": SNAPSHOT,
}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sound_tree_is_silent_and_its_files_stay_as_they_are(tree: Path, tools: str) -> None:
    write(tree, BASE)
    before = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    report = lint(tools)
    assert (findings_at(report), not_checked(report)) == ([], {})
    assert (report.objects, report.snapshots) == (2, 1)
    assert before == {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def test_a_value_of_the_base_has_its_place_in_the_base(tree: Path, tools: str) -> None:
    write(tree, {
        **BASE,
        "base/snapshot.yaml": SNAPSHOT + "  failureDeadline: 5x\n",
        "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
        "test/kustomization.yaml": "resources: [../base]\nnamespace: test\n",
    })  # fmt: skip
    # both overlays say the same of the same line: once
    assert findings_at(lint(tools)) == [("base/snapshot.yaml", 10, "failure-deadline-invalid")]


@pytest.mark.parametrize(
    ("patches", "file", "line"),
    [
        ("patches:\n- path: patch.yaml\n", "prod/patch.yaml", 5),
        ("patchesStrategicMerge: [patch.yaml]\n", "prod/patch.yaml", 5),
        (
            f"patches:\n- patch: |-\n{PATCH}",
            "prod/kustomization.yaml", 8,
        ),
        (
            f"patches:\n- target: {{kind: VirtualMachine}}\n  patch: |\n{OPERATION}",
            "prod/kustomization.yaml", 7,
        ),
        (
            "patches:\n- target: {kind: VirtualMachine, name: web}\n  path: operations.yaml\n",
            "prod/operations.yaml", 3,
        ),
        (
            f"patchesJson6902:\n- target: {TARGET}\n  path: operations.yaml\n",
            "prod/operations.yaml", 3,
        ),
    ],
)  # fmt: skip
def test_a_value_of_a_patch_has_its_place_in_the_patch(
    tree: Path, tools: str, patches: str, file: str, line: int
) -> None:
    write(tree, {
        **BASE,
        "prod/kustomization.yaml": f"resources: [../base]\n{patches}",
        "prod/patch.yaml": "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n"
                           "metadata: {name: web}\nspec:\n  runStrategy: Alwys\n",
        "prod/operations.yaml": "- op: replace\n  path: /spec/runStrategy\n  value: Alwys\n",
    })  # fmt: skip
    assert findings_at(lint(tools, select=frozenset(("run-strategy-unknown",)))) == [
        (file, line, "run-strategy-unknown")
    ]


def test_a_value_of_a_transformer_has_its_place_in_the_kustomization(
    tree: Path, tools: str
) -> None:
    write(tree, {
        **BASE, "prod/kustomization.yaml": "resources: [../base]\nnamespace: Not_A_Namespace\n",
    })  # fmt: skip
    report = lint(tools, select=frozenset(("name-invalid",)))
    assert set(findings_at(report)) == {("prod/kustomization.yaml", 2, "name-invalid")}


def test_a_rule_sees_what_a_patch_makes_of_the_base(tree: Path, tools: str) -> None:
    """The base is sound, and so is each file alone; together they run."""
    write(tree, {
        **BASE,
        "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: run.yaml}]\n",
        "prod/run.yaml": "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\n"
                         "metadata: {name: web}\nspec: {runStrategy: Always}\n",
    })  # fmt: skip
    assert findings_at(lint(tools)) == [("prod/run.yaml", 4, "source-vm-running")]
    assert findings_at(lint(tools, "base")) == []


def test_a_prefix_that_kubevirt_does_not_follow_is_one_finding_with_its_cure(
    tree: Path, tools: str
) -> None:
    overlay = "resources: [../base]\nnamePrefix: prod-\n"
    write(tree, {**BASE, "prod/kustomization.yaml": overlay})
    report = lint(tools)
    assert findings_at(report) == [
        ("prod/kustomization.yaml", 2, "kustomize-reference-not-rewritten")
    ]  # and not source-vm-missing, which follows from it
    (finding,) = (one for one in report.findings if one.severity is Severity.ERROR)
    assert [(place.file, place.span.line) for place in finding.related] == [
        ("base/snapshot.yaml", 9),
        ("base/vm.yaml", 4),
    ]
    _, _, cure = finding.help.partition("\n\n")
    write(tree, {
        "prod/kubevirt-names.yaml": cure,
        "prod/kustomization.yaml": f"{overlay}configurations: [kubevirt-names.yaml]\n",
    })  # fmt: skip
    assert findings_at(lint(tools)) == []


@pytest.mark.parametrize("render", ["auto", "never"])
def test_the_same_is_found_where_nothing_is_rendered(tree: Path, tools: str, render: str) -> None:
    write(tree, {**BASE, "prod/kustomization.yaml": "resources: [../base]\nnameSuffix: -x\n"})
    path = tools if render == "never" else ""
    report = lint(path, render=render)
    assert findings_at(report) == [
        ("prod/kustomization.yaml", 2, "kustomize-reference-not-rewritten")
    ]
    notes = {"prod/kustomization.yaml"} if render == "auto" else set()
    assert set(not_checked(report)) == notes


def test_a_replacement_rewrites_the_reference(tree: Path, tools: str) -> None:
    write(tree, {**BASE, "prod/kustomization.yaml": (
        "resources: [../base]\nnamePrefix: prod-\nreplacements:\n"
        "- source: {kind: VirtualMachine, fieldPath: metadata.name}\n  targets:\n"
        "  - select: {kind: VirtualMachineSnapshot}\n    fieldPaths: [spec.source.name]\n"
    )})  # fmt: skip
    assert findings_at(lint(tools)) == []
    assert findings_at(lint("")) == []


def test_classes_beside_the_trees_are_seen_from_within(tree: Path, tools: str) -> None:
    write(tree, {
        **BASE,
        "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml, pvc.yaml]\n",
        "base/pvc.yaml": PVC,
        "infra/class.yaml": CLASS,
        "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\n",
    })  # fmt: skip
    rule = "in-tree-provisioner"
    assert findings_at(lint(tools, select=frozenset((rule,)))) == [("base/vm.yaml", 12, rule)]


def test_a_class_that_another_tree_defines_otherwise_is_not_taken(tree: Path, tools: str) -> None:
    write(tree, {
        **BASE,
        "base/kustomization.yaml": "resources: [vm.yaml, snapshot.yaml, pvc.yaml]\n",
        "base/pvc.yaml": PVC,
        "a/kustomization.yaml": "resources: [class.yaml]\n",
        "a/class.yaml": CLASS,
        "b/kustomization.yaml": "resources: [class.yaml]\n",
        "b/class.yaml": CLASS.replace("kubernetes.io/no-provisioner", "rbd.csi.ceph.com"),
    })  # fmt: skip
    assert "in-tree-provisioner" not in {rule for _, _, rule in findings_at(lint(tools))}


def test_a_plain_snapshot_finds_the_vm_of_the_one_tree_that_has_it(tree: Path, tools: str) -> None:
    files = {
        "vms/kustomization.yaml": "resources: [vm.yaml]\nnamespace: prod\n",
        "vms/vm.yaml": VM.replace("Halted", "Always"),
        "backup/snapshot.yaml": SNAPSHOT.replace("nightly", "nightly\n  namespace: prod"),
    }
    write(tree, files)
    assert findings_at(lint(tools)) == [("vms/vm.yaml", 6, "source-vm-running")]


def test_of_two_overlays_none_is_taken(tree: Path, tools: str) -> None:
    other = VM.replace("name: web", "name: other")
    write(tree, {
        "base/kustomization.yaml": "resources: [vm.yaml]\nnamespace: prod\n",
        "base/vm.yaml": VM.replace("Halted", "Always"),
        "a/kustomization.yaml": "resources: [../base]\n",
        "b/kustomization.yaml": "resources: [../base]\n",
        "backup/all.yaml": f"{SNAPSHOT}---\n{other}".replace(
            "metadata:\n", "metadata:\n  namespace: prod\n"
        ),
    })  # fmt: skip
    rules = {rule for _, _, rule in findings_at(lint(tools))}
    assert rules.isdisjoint(("source-vm-running", "source-vm-missing"))


def test_findings_do_not_depend_on_the_order_of_paths(tree: Path, tools: str) -> None:
    for name in ("a", "b", "c"):
        overlay = f"resources: [../base]\nnamePrefix: {name}-\n"
        write(tree, {**BASE, f"{name}/kustomization.yaml": overlay})
    report = lint(tools, "a", "b", "c", "base")
    assert report == lint(tools, "base", "c", "b", "a")
    assert len(findings_at(report)) == 3


def test_a_path_outside_of_what_is_linted_is_read_and_shown(tree: Path, tools: str) -> None:
    write(tree, {
        **BASE,
        "base/snapshot.yaml": SNAPSHOT + "  failureDeadline: 5x\n",
        "over/prod/kustomization.yaml": "resources: [../../base]\n",
    })  # fmt: skip
    assert findings_at(lint(tools, "over")) == [
        ("base/snapshot.yaml", 10, "failure-deadline-invalid")
    ]


def test_objects_of_lists_and_of_several_documents_keep_their_places(
    tree: Path, tools: str
) -> None:
    items = SNAPSHOT.replace("nightly", "second").replace("\n", "\n  ").rstrip()
    write(tree, {
        "kustomization.yaml": "resources: [all.yaml]\nnamePrefix: x-\nnameSuffix: -y\n",
        "all.yaml": f"{SNAPSHOT}  failureDeadline: 1x\n---\napiVersion: v1\nkind: List\nitems:\n"
                    f"- {items}\n    failureDeadline: 2x\n",
    })  # fmt: skip
    report = lint(tools, select=frozenset(("failure-deadline-invalid",)))
    assert [line for _, line, _ in findings_at(report)] == [10, 24]


@pytest.mark.parametrize("git", [True, False])
def test_files_are_shared_within_one_project_alone(tree: Path, tools: str, git: bool) -> None:
    """Flux lets them, kubectl does not; whoever wants to be sure moves them."""
    if git:
        (tree / ".git").mkdir()
    write(tree, {
        "prod/kustomization.yaml": "resources: [../shared/vm.yaml, snapshot.yaml]\n",
        "prod/snapshot.yaml": SNAPSHOT,
        "shared/vm.yaml": VM.replace("Halted", "Always"),
    })  # fmt: skip
    report = lint(tools)
    place = ("shared/vm.yaml", 6, "source-vm-running")
    failed = () if git else (("prod/kustomization.yaml", 1, "render-failed"),)
    assert findings_at(report) == [*failed, place]


# --- what goes wrong


@pytest.mark.parametrize(
    ("files", "place", "text"),
    [
        ({"bad/kustomization.yaml": "resources: [vm.yaml\n"}, ("bad/kustomization.yaml", 2), "["),
        (
            {"bad/kustomization.yaml": "resources:\n- vm.yaml\nnamePrefx: x\n"},
            ("bad/kustomization.yaml", 3), "namePrefx",
        ),
        (
            {"bad/kustomization.yaml": "resources:\n- vm.yaml\n- not-there.yaml\n"},
            ("bad/kustomization.yaml", 3), "not-there.yaml",
        ),
        (
            {
                "bad/kustomization.yaml": "resources: [vm.yaml, inner]\n",
                "bad/inner/kustomization.yaml": "patches:\n- path: gone.yaml\n",
            },
            ("bad/inner/kustomization.yaml", 2), "gone.yaml",
        ),
        (
            {"bad/kustomization.yaml": "resources: [vm.yaml]\npatches:\n- patch: |-\n"
             "    apiVersion: v1\n    kind: Pod\n    metadata: {name: z}\n"},
            ("bad/kustomization.yaml", 1), "no resource matches",
        ),
    ],
)  # fmt: skip
def test_a_broken_tree_is_one_message_and_read_as_written(
    tree: Path, tools: str, files: dict[str, str], place: tuple[str, int], text: str
) -> None:
    write(tree, {
        **BASE,
        "base/snapshot.yaml": SNAPSHOT + "  failureDeadline: 5x\n",
        "bad/vm.yaml": VM.replace("Halted", "Alwys"),
        **files,
    })  # fmt: skip
    report = lint(tools)
    failed = [one for one in report.findings if one.rule == "render-failed"]
    assert [(one.file, one.span.line) for one in failed] == [place]
    assert text in failed[0].message
    assert "vmsnap-lint-" not in failed[0].message  # a path of ours
    assert {rule for _, _, rule in findings_at(report)} - {"run-strategy-unknown"} == {
        "render-failed",
        "failure-deadline-invalid",
    }
    assert [one.file for one in report.not_checked] == ["bad/kustomization.yaml"]


def test_a_manifest_that_does_not_parse_is_reported_by_its_own_rule(tree: Path, tools: str) -> None:
    write(tree, {**BASE, "base/vm.yaml": f"{VM}  template: [\n"})
    report = lint(tools)
    assert {rule for _, _, rule in findings_at(report)} == {"yaml-invalid", "source-vm-unverified"}
    assert "base/kustomization.yaml" in not_checked(report)


def test_without_anything_that_saves_vms_it_is_only_listed(tree: Path, tools: str) -> None:
    broken = "resources:\n- vm.yaml\n- gone.yaml\n"
    write(tree, {"bad/kustomization.yaml": broken, "bad/vm.yaml": VM})
    report = lint(tools)
    assert findings_at(report) == []
    reasons = [one.reason for one in report.not_checked if one.file == "bad/kustomization.yaml"]
    assert any(reason.endswith(" (line 3)") and "gone.yaml" in reason for reason in reasons)
    assert findings_at(lint(tools, all_vms=True)) == [
        ("bad/kustomization.yaml", 3, "render-failed")
    ]


def test_require_wants_the_programs(tree: Path, tools: str) -> None:
    write(tree, BASE)
    with pytest.raises(UsageError, match="kubectl"):
        lint("", render="require")
    assert findings_at(lint(tools, render="require")) == []


def test_require_makes_an_error_of_what_is_never_built(tree: Path, tools: str) -> None:
    remote = "resources:\n- vm.yaml\n- https://example.org/base.yaml\n- snapshot.yaml\n"
    write(tree, {**BASE, "base/kustomization.yaml": remote})
    assert findings_at(lint(tools, render="require")) == [
        ("base/kustomization.yaml", 3, "render-failed")
    ]
    assert findings_at(lint(tools)) == []


def test_nothing_installed_is_one_note(tree: Path) -> None:
    for name in ("a", "b", "c"):
        overlay = "resources: [../base]\nnamespace: prod\n"
        write(tree, {**BASE, f"{name}/kustomization.yaml": overlay})
    report = lint("")
    assert findings_at(report) == []
    assert list(not_checked(report)) == ["a/kustomization.yaml"]
    assert "3 kustomizations" in not_checked(report)["a/kustomization.yaml"]
