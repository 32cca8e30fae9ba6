from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import NOT_DEPRECATED, claim, in_namespace, snap, vm, volume, yaml_of
from tests.fake_cluster import serving
from vmsnap_lint import cli, engine
from vmsnap_lint.cli import console
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release
from vmsnap_lint.input import facts
from vmsnap_lint.input.facts.facts_script import COMMAND, CRD_KINDS, CRDS, KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.fake_cluster import Resource
    from vmsnap_lint.core.model import Report

needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not here")
KEPT_SECRET = "hunter2"  # what must never get into a file of facts

STAMP = "# vmsnap-lint facts 2026-03-01T08:00:00Z\n"
EVERY = "".join(f"# every {kind}\n" for kind in (*KINDS, CRDS))
CLASS = """\
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: "fast"
  annotations:
    storageclass.kubernetes.io/is-default-class: ""
provisioner: "rbd.csi.ceph.com"
parameters:
  clusterID: ""
"""
SNAPSHOT_CLASS = """\
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata:
  name: "snap"
  annotations:
    snapshot.storage.kubernetes.io/is-default-class: ""
driver: "rbd.csi.ceph.com"
deletionPolicy: "Delete"
"""
KUBEVIRT = """\
---
apiVersion: kubevirt.io/v1
kind: KubeVirt
metadata:
  name: "kubevirt"
  namespace: "kubevirt"
spec:
  configuration:
    developerConfiguration:
      featureGates: ["Snapshot"]
      disabledFeatureGates: 
status:
  observedKubeVirtVersion: "v1.6.1"
"""  # noqa: W291 # as kubectl writes what is not set
ROOT_DISK = {"devices": {"disks": [{"name": "root", "disk": {"bus": "virtio"}}]}}
VM, SNAPSHOT = in_namespace(
    "prod", vm(volume("root", "web"), domain=ROOT_DISK), snap() | NOT_DEPRECATED
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    return tmp_path / "tree"


def manifests(storage_class: str) -> str:
    """A VM, its claim of that class, and its snapshot."""
    many: dict[str, Any] = {"accessModes": ["ReadWriteMany"]}
    return yaml_of(VM, *in_namespace("prod", claim("web", storage_class, spec=many)), SNAPSHOT)


def lint(tree: Path, text: str | None, storage_class: str = "fast", **more: Any) -> Report:
    """A lint of a VM, its claim and its snapshot, with these facts beside them."""
    (tree / "web.yaml").write_text(manifests(storage_class))
    file = tree / "facts.yaml"
    if text is not None:
        file.write_text(text)
    settings = Settings(facts="" if text is None else str(file), **more)
    return engine.lint((str(tree),), None, settings).report


def rules(report: Report) -> set[tuple[str, Severity]]:
    return {(one.rule, one.severity) for one in report.findings}


def test_facts_complete_the_picture(tree: Path) -> None:
    assert rules(lint(tree, None)) == {("reference-unverified", Severity.INFO)}
    assert rules(lint(tree, STAMP + CLASS + SNAPSHOT_CLASS + EVERY)) == set()


def test_what_the_cluster_does_not_have_is_missing_for_certain(tree: Path) -> None:
    report = lint(tree, STAMP + CLASS + SNAPSHOT_CLASS + EVERY, "slow")
    assert ("storage-class-missing", Severity.ERROR) in rules(report)


def test_what_kubectl_could_not_read_may_be_there(tree: Path) -> None:
    marks = EVERY.replace(f"# every {KINDS[0]}\n", "").replace(f"# every {CRDS}\n", "")
    report = lint(tree, STAMP + SNAPSHOT_CLASS + marks, "slow")
    assert rules(report) == {("reference-unverified", Severity.INFO)}


def test_a_kind_that_no_crd_defines_has_no_objects() -> None:
    defined = facts_of(STAMP + CLASS + f"# every {CRDS}\n")
    assert defined.complete == {"VolumeSnapshotClass", "StorageProfile", "KubeVirt"}


def test_findings_that_rest_on_facts_say_from_when_they_are(tree: Path) -> None:
    report = lint(tree, STAMP + CLASS + EVERY, kubevirt=Release(1, 6, 1))
    messages = {one.rule: one.message for one in report.findings}
    assert messages["no-snapshot-class"].endswith("(by the cluster facts of 2026-03-01)")


def test_findings_that_do_not_rest_on_facts_say_nothing_of_them(tree: Path) -> None:
    (other,) = in_namespace("prod", snap("b") | NOT_DEPRECATED)
    del other["spec"]["source"]["apiGroup"]
    (tree / "other.yaml").write_text(yaml_of(other))
    report = lint(tree, STAMP + CLASS + SNAPSHOT_CLASS + EVERY)
    assert [one.rule for one in report.findings] == ["source-apigroup-missing"]
    assert "cluster facts" not in report.findings[0].message


def test_the_release_of_the_cluster_counts_unless_one_is_named(tree: Path) -> None:
    assert facts_of(STAMP + KUBEVIRT).release() == Release(1, 6, 1)
    text = STAMP + CLASS + SNAPSHOT_CLASS + KUBEVIRT.replace('["Snapshot"]', "[]") + EVERY
    report = lint(tree, text)
    assert ("snapshot-gate-off", Severity.ERROR) in rules(report)
    assert not rules(lint(tree, text, kubevirt=Release(1, 9, 0)))


def test_the_gates_of_the_cluster_count_only_where_something_needs_them(tree: Path) -> None:
    text = STAMP + CLASS + SNAPSHOT_CLASS + KUBEVIRT.replace('["Snapshot"]', "[]") + EVERY
    file = tree / "facts.yaml"
    file.write_text(text)
    (tree / "web.yaml").write_text(yaml_of(VM))
    assert engine.lint((str(tree),), None, Settings(facts=str(file))).report.findings == ()


def test_other_faults_of_the_cluster_s_objects_are_not_reported(tree: Path) -> None:
    odd = KUBEVIRT.replace("kubevirt.io/v1", "kubevirt.io/v1alpha9")
    (tree / "kubevirt.yaml").write_text(odd)
    assert ("group-version-unknown", Severity.ERROR) in rules(lint(tree, None))
    (tree / "kubevirt.yaml").unlink()
    assert rules(lint(tree, STAMP + CLASS + SNAPSHOT_CLASS + odd + EVERY)) == set()


def test_what_the_input_declares_beats_the_facts(tree: Path) -> None:
    other = CLASS.replace("rbd.csi.ceph.com", "kubernetes.io/no-provisioner")
    (tree / "class.yaml").write_text(CLASS)
    assert rules(lint(tree, STAMP + other + SNAPSHOT_CLASS + EVERY)) == set()


def test_of_the_facts_only_what_no_input_can_mend_is_found(tree: Path) -> None:
    crd = """\
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: "volumesnapshots.snapshot.storage.k8s.io"
spec:
  group: "snapshot.storage.k8s.io"
  names:
    kind: "VolumeSnapshot"
  versions:
  - name: "v1beta1"
    served: true
"""
    report = lint(tree, STAMP + CLASS + SNAPSHOT_CLASS + crd)
    found = [one for one in report.findings if one.file.endswith("facts.yaml")]
    assert [one.rule for one in found] == ["snapshot-crd-not-v1"]
    assert "2026-03-01" in found[0].message
    assert rules(lint(tree, STAMP + crd, ignore=frozenset(("snapshot-crd-not-v1",)))) == {
        ("reference-unverified", Severity.INFO)
    }


def test_facts_that_nobody_names_are_listed_and_not_taken_for_manifests(tree: Path) -> None:
    (tree / "known.yaml").write_text(STAMP + CLASS + EVERY)
    report = lint(tree, None, crds_from_input=True)
    assert rules(report) == {("reference-unverified", Severity.INFO)}
    assert [one.reason for one in report.not_checked] == ["cluster facts; pass them with --facts"]


@pytest.mark.parametrize(
    ("today", "hours", "is_noted"),
    [("2026-03-31", 720, False), ("2026-04-01", 720, True), ("2026-03-02", 12, True),
     ("2027-01-01", 0, False), ("", 720, False)],
)  # fmt: skip
def test_old_facts_are_noted(tree: Path, today: str, hours: int, is_noted: bool) -> None:
    report = lint(tree, STAMP + CLASS + SNAPSHOT_CLASS + EVERY, today=today, facts_max_age=hours)
    noted = [one for one in report.not_checked if "cluster facts of 2026-03-01" in one.reason]
    assert bool(noted) is is_noted


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-03-31", ""),
        ("2026-04-01", "cluster facts of 2026-04-01 are from the future: "),
        ("9999-12-31", "cluster facts of 9999-12-31 are from the future: "),
        ("2026-99-99", "2026-99-99 is not a day: "),
        ("2026-02-30", "2026-02-30 is not a day: "),
    ],
)
def test_facts_of_no_day_so_far_are_noted(tree: Path, day: str, reason: str) -> None:
    stamp = STAMP.replace("2026-03-01", day)
    report = lint(tree, stamp + CLASS + SNAPSHOT_CLASS + EVERY, today="2026-03-31")
    noted = [one.reason for one in report.not_checked if day in one.reason]
    assert [one.partition("`")[0] for one in noted] == ([reason] if reason else [])


@pytest.mark.parametrize("name", ["/dev/zero", "socket"])
def test_facts_are_no_device(tree: Path, name: str) -> None:
    path = str(tree / name)
    if name == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path)
    with pytest.raises(UsageError, match=r"--facts: cannot read .*it is a (device|socket)"):
        facts.read(path)


def test_a_list_of_kubectl_is_taken_too_and_has_no_age(tree: Path) -> None:
    text = CLASS.removeprefix("---\n").replace("\n", "\n    ")
    listed = f"apiVersion: v1\nkind: List\nitems:\n  - {text}"
    report = lint(tree, listed.rstrip() + "\n", "slow", today="2026-04-01")
    found = next(one for one in report.findings if one.rule == "storage-class-missing")
    assert "(by the cluster facts in " in found.message
    assert any("has no date" in one.reason for one in report.not_checked)


def test_a_page_is_written_for_any_cluster(tree: Path) -> None:
    (tree / "page.md").write_text(f"```yaml\n{manifests('slow')}```\n")
    file = tree.parent / "facts.yaml"
    file.write_text(STAMP + CLASS + EVERY)
    report = engine.lint((str(tree / "page.md"),), None, Settings(facts=str(file))).report
    assert report.findings == ()


def facts_of(text: str) -> facts.ClusterFacts:
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        return facts.read(file.name)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (STAMP, "contains no facts"),
        ("", "contains no facts"),
        ("a: [", "line 1 of "),
        (
            STAMP + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n",
            '"Secret" does not belong',
        ),
        (STAMP + manifests("fast"), '"VirtualMachine" does not belong'),
    ],
)
def test_what_does_not_belong_is_refused_with_its_line(
    tree: Path, text: str, complaint: str
) -> None:
    with pytest.raises(UsageError, match=r"facts\.yaml") as raised:
        lint(tree, text)
    assert complaint in str(raised.value)


@pytest.mark.parametrize("path", ["-", ".", "no-such-file.yaml"])
def test_facts_are_one_file(path: str) -> None:
    with pytest.raises(UsageError, match="--facts"):
        facts.read(path)


def test_the_flags_reach_the_lint(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lint(tree, STAMP + CLASS + SNAPSHOT_CLASS + EVERY, "slow")
    monkeypatch.chdir(tree)
    assert cli.run(["--facts", "facts.yaml", "--format", "concise", "."]) == cli.FINDINGS
    assert "by the cluster facts of 2026-03-01" in capsys.readouterr().out
    assert cli.run(["--facts-max-age", "1y", "."]) == cli.USAGE
    assert 'facts-max-age: "1y" is not an age' in capsys.readouterr().err


def test_the_verb_prints_the_command_and_at_a_terminal_how_to_run_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for is_terminal in (False, True):
        monkeypatch.setattr(console, "is_terminal", lambda answer=is_terminal: answer)
        assert cli.run(["facts"]) == cli.CLEAN
        shown = capsys.readouterr()
        assert shown.out == f"{COMMAND}\n"
        assert ("to run it" in shown.err) is is_terminal


def test_the_command_asks_for_no_secrets_and_no_workloads() -> None:
    unquoted = re.sub(r"'[^']*'", "", COMMAND)
    assert set(re.findall(r"[a-z]+(?:\.[a-z0-9]+)+", unquoted)) == {*KINDS, *CRD_KINDS, CRDS}


TABLE: dict[Resource, list[dict[str, Any]]] = {
    ("storage.k8s.io", "v1", "storageclasses", "StorageClass"): [
        {
            "metadata": {
                "name": "fast",
                "annotations": {
                    "storageclass.kubernetes.io/is-default-class": "true",
                    "kubectl.kubernetes.io/last-applied-configuration": KEPT_SECRET,
                },
                "managedFields": [{"manager": KEPT_SECRET}],
            },
            "provisioner": "rbd.csi.ceph.com",
            "parameters": {"restuserkey": KEPT_SECRET, "clusterID": "c1"},
            "volumeBindingMode": "Immediate",
        },
        {"metadata": {"name": "plain"}, "provisioner": "x.csi"},
    ],
    ("snapshot.storage.k8s.io", "v1", "volumesnapshotclasses", "VolumeSnapshotClass"): [
        {
            "metadata": {"name": "snap"},
            "driver": "rbd.csi.ceph.com",
            "deletionPolicy": "Delete",
            "parameters": {"csi.storage.k8s.io/snapshotter-secret-name": KEPT_SECRET},
        }
    ],
    ("cdi.kubevirt.io", "v1beta1", "storageprofiles", "StorageProfile"): [
        {
            "metadata": {"name": "fast"},
            "spec": {"claimPropertySets": [{"accessModes": ["ReadWriteMany"]}]},
            "status": {"snapshotClass": "snap", "storageClass": "fast"},
        }
    ],
    ("kubevirt.io", "v1", "kubevirts", "KubeVirt"): [
        {
            "metadata": {"name": "kubevirt", "namespace": "kubevirt"},
            "spec": {
                "imagePullSecrets": [{"name": KEPT_SECRET}],
                "configuration": {"developerConfiguration": {"featureGates": ["Snapshot"]}},
            },
            "status": {"observedKubeVirtVersion": "v1.6.1"},
        }
    ],
    (CRDS.partition(".")[2], "v1", "customresourcedefinitions", "CustomResourceDefinition"): [
        {
            "metadata": {"name": name},
            "spec": {
                "group": name.partition(".")[2],
                "names": {"kind": "X"},
                "versions": [{"name": "v1", "served": True}, {"name": "v0", "served": False}],
            },
        }
        for name in CRD_KINDS
    ],
}


def asked(
    tmp_path: Path,
    table: Mapping[Resource, Sequence[dict[str, Any]]],
    forbidden: frozenset[str] = frozenset(),
) -> str:
    """What the printed command writes for a cluster that holds the table."""
    with serving(table, forbidden) as url:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": ""}}],
            "current-context": "c",
        }
        (tmp_path / "kubeconfig").write_text(json.dumps(config))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "KUBECONFIG": str(tmp_path / "kubeconfig"),
        }
        return run(COMMAND, environment).stdout


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", command],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )


@needs_kubectl
def test_kubectl_writes_facts_that_hold_what_decides_and_nothing_else(tmp_path: Path) -> None:
    text = asked(tmp_path, TABLE)
    read = facts_of(text)
    assert KEPT_SECRET not in text
    assert len(read.day) == len("2026-03-01")
    assert read.complete == {"StorageClass", "VolumeSnapshotClass", "StorageProfile", "KubeVirt"}
    assert read.release() == Release(1, 6, 1)
    values = {(one.kind, one.name): one.value for one in read.manifests}
    assert values["StorageClass", "fast"] == {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": "fast",
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "rbd.csi.ceph.com",
        "volumeBindingMode": "Immediate",
        "parameters": {"clusterID": "c1"},
    }
    assert values["StorageClass", "plain"]["metadata"] == {"name": "plain"}
    assert values["StorageProfile", "fast"]["spec"] == {
        "claimPropertySets": [{"accessModes": ["ReadWriteMany"]}]
    }
    assert values["KubeVirt", "kubevirt"]["spec"] == {
        "configuration": {"developerConfiguration": {"featureGates": ["Snapshot"]}}
    }
    assert values["CustomResourceDefinition", CRD_KINDS[0]]["spec"]["versions"] == [
        {"name": "v1", "served": True},
        {"name": "v0", "served": False},
    ]


@needs_kubectl
def test_kinds_that_the_cluster_lacks_cost_nothing_else(tmp_path: Path) -> None:
    only = {
        resource: [one for one in objects if "volumesnapshot" in one["metadata"]["name"]]
        if resource[2] == "customresourcedefinitions"
        else objects
        for resource, objects in TABLE.items()
        if resource[2] != "storageprofiles"
    }
    read = facts_of(asked(tmp_path, only))
    assert {one.kind for one in read.manifests} == {
        "StorageClass", "VolumeSnapshotClass", "KubeVirt", "CustomResourceDefinition",
    }  # fmt: skip
    assert "StorageProfile" in read.complete  # no CRD, so no objects


@needs_kubectl
def test_what_nobody_may_read_is_not_said_to_be_complete(tmp_path: Path) -> None:
    forbidden = frozenset(("volumesnapshotclasses", "customresourcedefinitions"))
    read = facts_of(asked(tmp_path, TABLE, forbidden))
    assert read.complete == {"StorageClass", "StorageProfile", "KubeVirt"}


@needs_kubectl
def test_an_unreachable_cluster_gives_no_facts(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text("{}")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = COMMAND.replace("kubectl get", "kubectl --server http://127.0.0.1:9 get")
    done = run(command, environment)
    assert "unknown flag" not in done.stderr
    assert "refused" in done.stderr
    with pytest.raises(UsageError, match="contains no facts"):
        facts_of(done.stdout)
