"""What `--since` says of a change, in real repositories; and what it does not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.report.made import rendered
from tests.repositories import CHAIN, CLASS, SNAPSHOT, VM, commit, git, write
from vmsnap_lint import engine
from vmsnap_lint.checks import revisions
from vmsnap_lint.checks.excess import MOST_RELATED
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.kinds import DATA_VOLUME, PVC, RESTORE, STORAGE_CLASS
from vmsnap_lint.core.kinds import SNAPSHOT as SNAPSHOTS
from vmsnap_lint.core.scope import Scope
from vmsnap_lint.kubevirt.admission.immutable import IMMUTABLE, differences
from vmsnap_lint.report.cap import capped

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = frozenset(("needed-class-deleted", "snapshot-data-deleted", "spec-immutable-drift"))
DRIFTED = SNAPSHOT.replace("name: web}", "name: db}")
RETAINED = SNAPSHOT.replace("spec:\n", "spec:\n  deletionPolicy: Retain\n")
DATA = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept}\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a sound chain in its first commit, tagged `base`."""
    monkeypatch.chdir(tmp_path)
    commit(tmp_path, CHAIN)
    git(tmp_path, "tag", "base")
    return tmp_path


def run(*paths: str, since: str = "base", **settings: object) -> engine.Run:
    wanted = {"select": CHANGES, "since": since, **settings}
    return engine.lint(paths or (".",), None, Settings(**wanted))  # type: ignore[arg-type]


def findings_at(*paths: str, **settings: object) -> list[tuple[str, str, int]]:
    findings = run(*paths, **settings).report.findings  # type: ignore[arg-type]
    return [(one.rule, one.file, one.span.line) for one in findings]


def gone(tree: Path, *names: str) -> None:
    for name in names:
        (tree / name).unlink()


# --- nothing to say


def test_without_a_change_nothing_is_said(tree: Path) -> None:
    assert findings_at() == []


def test_without_the_flag_nothing_is_said_of_transitions(tree: Path) -> None:
    write(tree, {"apps/snapshot.yaml": DRIFTED})
    gone(tree, "infra/class.yaml")
    assert findings_at(since="") == []


def test_moved_files_and_other_words_are_no_change(tree: Path) -> None:
    gone(tree, "apps/snapshot.yaml", "infra/class.yaml")
    flow = CLASS.replace("{name: ceph-snap}", "\n  name: 'ceph-snap' # as before")
    quoted = SNAPSHOT.replace("nightly", '"nightly"')
    write(tree, {"elsewhere/all.yaml": f"{quoted}---\n{flow}"})
    assert findings_at() == []


def test_a_file_that_moves_out_of_what_is_named_is_no_deletion(tree: Path) -> None:
    git(tree, "mv", "apps/snapshot.yaml", "infra/snapshot.yaml")
    assert findings_at("apps") == []
    gone(tree, "infra/snapshot.yaml")
    assert findings_at("apps") == [("snapshot-data-deleted", "apps/snapshot.yaml", 3)]


# --- immutable specs


def test_an_edit_of_a_spec_is_found_committed_or_not(tree: Path) -> None:
    write(tree, {"apps/snapshot.yaml": DRIFTED})
    expected = [("spec-immutable-drift", "apps/snapshot.yaml", 5)]
    assert findings_at() == expected
    commit(tree, {})
    assert findings_at() == expected
    assert findings_at("apps/snapshot.yaml") == expected
    assert findings_at("apps") == expected
    assert findings_at("infra") == []


def test_the_merge_base_counts_and_not_what_others_changed_since(tree: Path) -> None:
    git(tree, "checkout", "-qb", "topic")
    commit(tree, {"README": ""})
    git(tree, "checkout", "-q", "-")
    commit(tree, {"apps/snapshot.yaml": DRIFTED})
    git(tree, "branch", "upstream")
    git(tree, "checkout", "-q", "topic")
    assert findings_at(since="upstream") == []


def test_the_message_names_field_value_and_revision(tree: Path) -> None:
    write(tree, {"apps/snapshot.yaml": DRIFTED.replace("spec:", "spec:\n  failureDeadline: 9m")})
    (finding,) = run().report.findings
    assert finding.message == (
        '"spec.failureDeadline" was unset at base and is immutable: the update of '
        'VirtualMachineSnapshot "nightly" is rejected (1 more field)'
    )
    assert finding.path == "/spec/failureDeadline"


@pytest.mark.parametrize(
    ("value", "path", "text"),
    [
        ({"a": [{"b": "c"}]}, ("a", 0, "b"), '"c"'),
        ({"a": ["b"]}, ("a", 1), "unset"),
        ({"a": ["b"]}, ("a", "b"), "unset"),
        ({"a": "b"}, ("a", "b"), "unset"),
        ({"a": {"b": 1}}, ("a",), "different"),
        ({"a": []}, ("a",), "different"),
        ({"a": True}, ("a",), "true"),
        ({"a": "é" * 61}, ("a",), f'"{"é" * 61}"'),
        ({"a": "é" * 62}, ("a",), f'"{"é" * 59}...'),
    ],
)
def test_a_value_is_shown_in_short(value: object, path: tuple[str | int, ...], text: str) -> None:
    assert revisions._value_at(value, path) == text


def test_of_two_objects_with_one_name_that_of_the_same_file_counts(tree: Path) -> None:
    """Two overlays may each hold the same object."""
    commit(tree, {"other/snapshot.yaml": DRIFTED})
    git(tree, "tag", "-f", "base")
    write(tree, {"other/snapshot.yaml": DRIFTED.replace("name: db}", "name: api}")})
    assert findings_at() == [("spec-immutable-drift", "other/snapshot.yaml", 5)]
    gone(tree, "other/snapshot.yaml", "apps/snapshot.yaml")
    write(tree, {"new/a.yaml": SNAPSHOT, "new/b.yaml": DRIFTED})
    assert findings_at() == []


def test_dumps_are_not_applied_and_do_not_drift(tree: Path) -> None:
    dump = "\nstatus: {phase: Succeeded, readyToUse: true}\n"
    commit(tree, {"apps/snapshot.yaml": SNAPSHOT + dump})
    git(tree, "tag", "-f", "base")
    write(tree, {"apps/snapshot.yaml": DRIFTED + dump})
    assert findings_at() == []
    gone(tree, "apps/snapshot.yaml")
    assert findings_at() == []


@pytest.mark.parametrize(
    ("kind", "old", "new", "count"),
    [
        (SNAPSHOTS, {"failureDeadline": "5m"}, {"failureDeadline": "300s"}, 0),
        (SNAPSHOTS, {"failureDeadline": "5m"}, {"failureDeadline": "six"}, 1),
        (SNAPSHOTS, {"deletionPolicy": None}, {}, 0),
        (SNAPSHOTS, {"source": {"name": "a"}}, {"source": {"name": "${VM}"}}, 0),
        (SNAPSHOTS, {"source": {"name": "a"}}, {"source": "${SOURCE}"}, 0),
        (SNAPSHOTS, {"source": {"name": "a"}}, None, 1),
        (RESTORE, {}, {"targetReadinessPolicy": "WaitGracePeriod"}, 0),
        (RESTORE, {}, {"targetReadinessPolicy": "StopTarget"}, 1),
        (RESTORE, {"patches": ["a"]}, {"patches": ["a", "b"]}, 1),
        (RESTORE, {"patches": []}, {}, 0),
        (DATA_VOLUME, {"pvc": {"resources": {"requests": {"storage": "1Gi"}}}},
         {"pvc": {"resources": {"requests": {"storage": 1073741824}}}}, 0),
        (DATA_VOLUME, {"source": {"http": {"url": "1Gi"}}},
         {"source": {"http": {"url": "1024Mi"}}}, 1),
        (DATA_VOLUME, {"source": {"blank": {}}}, {"source": {"blank": {}, "pvc": None}}, 0),
        (PVC, {"storageClassName": "a"}, {"storageClassName": "b"}, 1),
        (PVC, {}, {"storageClassName": "b"}, 0),
        (PVC, {"resources": {}}, {"resources": {"requests": {"storage": "2Gi"}}}, 0),
    ],
)  # fmt: skip
def test_only_what_the_server_refuses_is_a_difference(
    kind: object, old: object, new: object, count: int
) -> None:
    assert len(differences(kind, {"spec": old}, {"spec": new})) == count  # type: ignore[arg-type]


def test_defaults_of_a_storage_class_need_not_be_written(tree: Path) -> None:
    old = {"provisioner": "a", "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}
    assert differences(STORAGE_CLASS, old, {"provisioner": "a"}) == []
    assert differences(STORAGE_CLASS, {}, {"reclaimPolicy": "Retain"}) == [("reclaimPolicy",)]
    assert differences(STORAGE_CLASS, {**old, "allowVolumeExpansion": True}, old) == []


def test_odd_values_break_nothing() -> None:
    odd: list[object] = [
        None,
        1,
        "x",
        [],
        [1],
        {},
        {"spec": {"source": 1}},
        {1: 2},
        {"a": {None: 1}},
    ]
    for kind in IMMUTABLE:
        for old in odd:
            for new in odd:
                differences(kind, {"spec": old}, {"spec": new})  # must not raise


# --- deleted classes


def test_a_deleted_class_is_named_with_the_volume_that_needs_it(tree: Path) -> None:
    gone(tree, "infra/class.yaml")
    (finding,) = run().report.findings
    assert (finding.rule, finding.file, finding.span.line) == (
        "needed-class-deleted", "infra/class.yaml", 3,
    )  # fmt: skip
    assert finding.message == (
        'VolumeSnapshotClass "ceph-snap" is deleted since base: new snapshots leave out '
        'volume "rootdisk" of VirtualMachine "web" in namespace "prod"'
    )
    assert [(one.file, one.span.line, one.message) for one in finding.related] == [
        ("apps/vm.yaml", 9, 'needed by volume "rootdisk" of VM "web"'),
        ("apps/snapshot.yaml", 5, 'source of snapshot "nightly"'),
    ]


def test_a_class_that_many_need_is_one_finding(tree: Path) -> None:
    """With the number of them, and as many places as a finding has."""
    for number in range(30):
        name = f"vm-{number}"
        renamed = VM.replace("name: web,", f"name: {name},").replace("root}", f"{name}}}")
        more = {f"apps/{name}.yaml": renamed.replace("name: root,", f"name: {name},")}
        more[f"apps/s-{name}.yaml"] = SNAPSHOT.replace("web", name).replace("nightly", name)
        write(tree, more)
    commit(tree, {})
    git(tree, "tag", "-f", "base")
    gone(tree, "infra/class.yaml")
    (finding,) = run().report.findings
    assert finding.message.endswith(": new snapshots leave out 31 volumes of 31 VMs")
    assert finding.related[MOST_RELATED - 1].message.endswith("more places)")
    assert len(capped(run().report).findings[0].related) == MOST_RELATED


def test_several_volumes_of_a_vm_are_counted(tree: Path) -> None:
    second = "{name: data, persistentVolumeClaim: {claimName: root}}"
    both = VM.replace("claimName: root}}]", f"claimName: root}}}}, {second}]")
    commit(tree, {"apps/vm.yaml": both})
    git(tree, "tag", "-f", "base")
    gone(tree, "infra/storage.yaml")
    (finding,) = run().report.findings
    assert finding.message == (
        'StorageClass "ceph" is deleted since base: new snapshots leave out 2 volumes of '
        'VirtualMachine "web" in namespace "prod"'
    )

    sources = [one for one in finding.related if one.message == 'source of snapshot "nightly"']
    assert len(sources) == 1


def test_a_deleted_storage_class_is_named_too(tree: Path) -> None:
    gone(tree, "infra/storage.yaml")
    (finding,) = run().report.findings
    assert 'StorageClass "ceph" is deleted since base' in finding.message


@pytest.mark.parametrize("name", ["class", "storage"])
def test_one_cause_is_one_finding(tree: Path, name: str) -> None:
    gone(tree, f"infra/{name}.yaml")
    for complete in (None, frozenset({"all"})):
        report = run(select=frozenset(), complete=complete).report
        chain = [one.rule for one in report.findings if one.rule != "class-secret-missing"]
        assert chain == ["needed-class-deleted"]


def test_a_class_that_no_chain_needs_may_go(tree: Path) -> None:
    commit(tree, {"infra/more.yaml": CLASS.replace("ceph-snap", "other").replace("rook", "other")})
    git(tree, "tag", "-f", "base")
    gone(tree, "infra/more.yaml")
    assert findings_at() == []
    gone(tree, "apps/snapshot.yaml", "infra/class.yaml")
    assert findings_at(select=frozenset({"needed-class-deleted"})) == []


def test_a_deletion_shows_for_the_deleted_file_too(tree: Path) -> None:
    gone(tree, "infra/class.yaml")
    found = [("needed-class-deleted", "infra/class.yaml", 3)]
    for path in ("infra/class.yaml", "apps/vm.yaml", "apps/snapshot.yaml"):
        assert findings_at(path, root=".") == found
    assert findings_at("infra/storage.yaml", root=".") == []


def test_a_class_that_leaves_a_file_with_others_points_to_the_file(tree: Path) -> None:
    gone(tree, "infra/class.yaml")
    write(tree, {"infra/class.yaml": DATA})
    (finding,) = run().report.findings
    assert (finding.file, finding.span.line) == ("infra/class.yaml", 1)


# --- deleted snapshots


def test_a_deleted_snapshot_takes_its_data_along(tree: Path) -> None:
    gone(tree, "apps/snapshot.yaml")
    done = run()
    (finding,) = done.report.findings
    assert finding.message == (
        'VirtualMachineSnapshot "nightly" in namespace "prod" is deleted since base with '
        "its data: its deletionPolicy is Delete by default"
    )
    assert finding.object is not None
    assert finding.object.name == "nightly"
    text = "\n".join(rendered("full", done.report, done.sources, color=False))
    assert "3 | metadata: {name: nightly, namespace: prod}" in text


@pytest.mark.parametrize(
    ("old", "count"),
    [
        (SNAPSHOT, 1),
        (SNAPSHOT.replace("spec:\n", "spec:\n  deletionPolicy: Delete\n"), 1),
        (RETAINED, 0),
        (SNAPSHOT.replace("spec:\n", "spec:\n  deletionPolicy: delete\n"), 0),
        (SNAPSHOT.replace("prod}", 'prod, annotations: {argocd.argoproj.io/sync-options: '
                          '"Prune=false,Delete=false"}}'), 0),
        (SNAPSHOT.replace("prod}", "prod, annotations: {kustomize.toolkit.fluxcd.io/prune: "
                          "disabled}}"), 0),
        (SNAPSHOT.replace("nightly", "${NAME}"), 0),
    ],
)  # fmt: skip
def test_only_data_that_is_lost_counts(tree: Path, old: str, count: int) -> None:
    commit(tree, {"apps/snapshot.yaml": old})
    git(tree, "tag", "-f", "base")
    gone(tree, "apps/snapshot.yaml")
    assert len(findings_at()) == count


def test_a_volume_snapshot_follows_its_class(tree: Path) -> None:
    one = (
        "apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\n"
        "metadata: {name: root, namespace: prod}\nspec:\n  volumeSnapshotClassName: ceph-snap\n"
        "  source: {persistentVolumeClaimName: root}\n"
    )
    commit(tree, {"apps/volume.yaml": one})
    git(tree, "tag", "-f", "base")
    gone(tree, "apps/volume.yaml")
    assert findings_at() == [("snapshot-data-deleted", "apps/volume.yaml", 3)]
    write(tree, {"infra/class.yaml": CLASS.replace("Delete", "Retain")})
    assert findings_at() == []


def test_a_namespace_that_is_set_later_is_no_deletion(tree: Path) -> None:
    write(tree, {"apps/snapshot.yaml": SNAPSHOT.replace(", namespace: prod", "")})
    assert findings_at() == []


def test_a_file_that_broke_deletes_nothing(tree: Path) -> None:
    write(tree, {"apps/snapshot.yaml": SNAPSHOT + "\tx: [\n"})
    assert findings_at() == []


def test_what_became_a_template_or_a_patch_is_not_gone(tree: Path) -> None:
    gone(tree, "apps/snapshot.yaml")
    template = "{{ if .Values.on }}\n" + SNAPSHOT + "{{ end }}\n"
    chart = "name: x\nversion: 1.0.0\napiVersion: v2\n"
    write(tree, {"chart/Chart.yaml": chart, "chart/templates/snapshot.yaml": template})
    assert findings_at(render="never") == []


def test_patches_of_then_were_no_objects(tree: Path) -> None:
    commit(tree, {"overlay/kustomization.yaml": "resources: [../apps/vm.yaml]\n"
                  "patches: [{path: patch.yaml}]\n", "overlay/patch.yaml": SNAPSHOT})  # fmt: skip
    gone(tree, "apps/snapshot.yaml")
    commit(tree, {})
    git(tree, "tag", "-f", "base")
    gone(tree, "overlay/patch.yaml")
    write(tree, {"overlay/kustomization.yaml": "resources: [../apps/vm.yaml]\n"})
    assert findings_at(render="never") == []


# --- what is compared


def test_excluded_and_unnamed_files_are_not_compared(tree: Path) -> None:
    gone(tree, "apps/snapshot.yaml")
    assert findings_at(exclude=(Scope(str(tree), ("apps",)),)) == []
    assert findings_at("infra") == []


def test_context_is_compared_and_not_reported(tree: Path) -> None:
    gone(tree, "infra/class.yaml", "apps/snapshot.yaml")
    write(tree, {"apps/again.yaml": SNAPSHOT})
    (finding,) = run("apps", context=("infra",)).report.findings
    assert (finding.file, finding.span.line) == ("apps/vm.yaml", 9)
    places = [(one.file, one.span.line) for one in finding.related]
    assert places == [("infra/class.yaml", 3), ("apps/again.yaml", 5)]


def test_tracked_and_since_go_together(tree: Path) -> None:
    git(tree, "rm", "-q", "--cached", "apps/snapshot.yaml")
    assert findings_at() == []
    gone(tree, "apps/snapshot.yaml")
    assert findings_at(tracked=True) == [("snapshot-data-deleted", "apps/snapshot.yaml", 3)]


def test_a_working_directory_below_the_root_is_shown_from_there(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone(tree, "apps/snapshot.yaml")
    monkeypatch.chdir(tree / "apps")
    assert findings_at() == [("snapshot-data-deleted", "snapshot.yaml", 3)]
    assert findings_at("..") == [("snapshot-data-deleted", "../apps/snapshot.yaml", 3)]
    assert findings_at(str(tree)) == [("snapshot-data-deleted", f"{tree}/apps/snapshot.yaml", 3)]


def test_a_suppression_of_a_change_is_unused_only_where_changes_are_judged(tree: Path) -> None:
    mark = "  # vmsnap-lint: ignore[spec-immutable-drift] made anew by hand"
    edited = DRIFTED.replace("name: db}", "name: db}" + mark)
    write(tree, {"apps/snapshot.yaml": edited})
    rules = CHANGES | {"suppression-unused"}
    assert findings_at(select=rules) == []
    assert findings_at(select=rules, since="") == []
    commit(tree, {})
    assert findings_at(select=rules, since="HEAD") == [
        ("suppression-unused", "apps/snapshot.yaml", 5)
    ]


def test_windows_line_ends_are_no_change_of_an_object(tree: Path) -> None:
    (tree / "apps" / "snapshot.yaml").write_bytes(SNAPSHOT.replace("\n", "\r\n").encode())
    assert findings_at() == []


def test_outside_of_git_the_flag_is_a_mistake(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = tmp_path_factory.mktemp("plain")
    monkeypatch.chdir(plain)
    write(plain, {"x.yaml": VM})
    with pytest.raises(UsageError, match=r'--since: "\." is not in a git repository'):
        run()


def test_an_unknown_revision_ends_the_run_with_one_line(tree: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vmsnap_lint", "--since", "nowhere", "."],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert '--since: unknown git revision "nowhere" (check the name, or fetch it)' in line
