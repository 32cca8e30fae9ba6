"""Policies are rules in all respects, and come from the configuration in force alone."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.cli import test_cli
from tests.files import write
from tests.shared import ROOT, unmeasured
from vmsnap_lint import cli, engine
from vmsnap_lint.checks.runner import JudgedPart
from vmsnap_lint.cli.command import command
from vmsnap_lint.report import BY_NAME

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("cel_expr_python")

POLICIES = """\
policies:
  - id: gold-is-complete
    match: {labels: {tier: gold}}
    require: plan.complete && plan.volumes.all(v, v.snapshotClass.deletionPolicy == "Retain")
    message: a gold VM needs a complete plan, with kept snapshots
  - id: labelled
    require: has(vm.labels.owner)
    severity: warning
"""
TREE = {
    ".vmsnap-lint.yaml": POLICIES,
    "db.yaml": """\
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata:
  name: db
  namespace: prod
  labels: {tier: gold}
spec:
  runStrategy: Halted
  template:
    spec:
      domain: {devices: {}}
      volumes: [{name: root, persistentVolumeClaim: {claimName: db-root}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: db-root, namespace: prod}
spec: {storageClassName: fast, accessModes: [ReadWriteMany]}
""",
    "classes.yaml": """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: rbd.csi.ceph.com
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: fast}
driver: rbd.csi.ceph.com
deletionPolicy: Delete
""",
}
GOLD, LABELLED = "policy/gold-is-complete", "policy/labelled"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a VM that meets no policy, which is the working directory."""
    folder = tmp_path / "tree"
    folder.mkdir()
    write(folder, TREE)
    monkeypatch.chdir(folder)
    return folder


def lint(*arguments: object) -> subprocess.CompletedProcess[str]:
    """What the program of this checkout does in the working directory."""
    return test_cli.lint(*arguments, PYTHONPATH=str(ROOT))


def mistake(*arguments: object) -> str:
    """The one line that it says to what it cannot use."""
    ran = lint(*arguments)
    assert (ran.returncode, ran.stdout) == (cli.USAGE, "")
    (line,) = ran.stderr.splitlines()
    return line.removeprefix("vmsnap-lint: error: ")


def found(*arguments: str) -> list[tuple[str, str]]:
    """The rules and severities of the findings of policies."""
    ran = lint("--format=json", *arguments)
    findings = json.loads(ran.stdout)["findings"]
    return [(f["rule"], f["severity"]) for f in findings if f["rule"].startswith("policy/")]


def test_a_vm_that_no_snapshot_names_is_judged(tree: Path) -> None:
    ran = lint("--format=concise")
    assert ran.returncode == cli.FINDINGS
    assert ran.stdout.splitlines() == [
        f"db.yaml:4:9: error[{GOLD}] a gold VM needs a complete plan, with kept snapshots",
        'db.yaml:4:9: warning[policy/labelled] does not meet "has(vm.labels.owner)"',
    ]
    assert "not judged" not in ran.stderr


def test_policies_are_selected_as_rules_are(tree: Path) -> None:
    both = [(GOLD, "error"), (LABELLED, "warning")]
    assert found() == both
    assert found("--select", GOLD) == both[:1]
    assert found("--select=policy/*") == both
    assert found("--ignore=policy/*") == []
    assert found("--ignore=policy/gold-*") == both[1:]
    assert found("--config=none") == []
    assert lint("--ignore", GOLD).returncode == cli.CLEAN
    assert mistake("--select=policy/lebelled") == (
        '--select: no policy "policy/lebelled" (did you mean "policy/labelled"?)'
    )


def test_the_configuration_sets_their_severity(tree: Path) -> None:
    with (tree / ".vmsnap-lint.yaml").open("a") as file:
        file.write(f"severity: {{{GOLD}: info}}\n")
        file.write(f"overrides: [{{objects: [VirtualMachine/prod/*], ignore: [{LABELLED}]}}]\n")
    assert found() == [(GOLD, "info")]


def test_comments_and_annotations_suppress_them(tree: Path) -> None:
    text = TREE["db.yaml"].replace(
        "name: db\n", f"name: db # vmsnap-lint: ignore[{GOLD}] soon\n", 1
    )
    write(tree, {"db.yaml": f"# vmsnap-lint: ignore-file[{LABELLED}] old\n{text}"})
    ran = lint("--format=json")
    report = json.loads(ran.stdout)
    assert report["findings"] == []
    assert {(each["rule"], each["reason"]) for each in report["suppressed"]} == {
        (GOLD, "soon"), (LABELLED, "old"),
    }  # fmt: skip


def test_a_comment_for_no_policy_or_without_a_finding_is_a_finding(tree: Path) -> None:
    comment = f"# vmsnap-lint: ignore-file[policy/labeled, {GOLD}] x\n"
    calm = TREE["db.yaml"].replace("tier: gold", "owner: me")
    write(tree, {"db.yaml": comment + calm})
    rules = {line.partition("[")[2].partition("]")[0] for line in lint("-q").stdout.splitlines()}
    assert rules == {"suppression-unknown-rule", "suppression-unused"}
    told = 'no policy "policy/labeled" in the configuration (did you mean "policy/labelled"?)'
    assert told in lint("-q").stdout


def test_a_baseline_accepts_them(tree: Path) -> None:
    lint("--write-baseline=accepted.json")
    assert lint("--baseline=accepted.json").returncode == cli.CLEAN
    write(tree, {".vmsnap-lint.yaml": POLICIES.replace("gold-is-complete", "renamed")})
    assert found("--baseline=accepted.json") == [("policy/renamed", "error")]


@pytest.mark.parametrize("name", BY_NAME)
def test_each_format_tells_them(tree: Path, name: str) -> None:
    ran = lint("--format", name)
    assert ran.returncode == cli.FINDINGS
    assert "gold-is-complete" in ran.stdout
    assert "a gold VM needs a complete plan" in ran.stdout


def test_sarif_describes_them(tree: Path) -> None:
    (run,) = json.loads(lint("--format=sarif").stdout)["runs"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules[GOLD]["name"] == "PolicyGoldIsComplete"
    assert "deletionPolicy" in rules[GOLD]["help"]["markdown"]
    assert rules[GOLD]["helpUri"].endswith("/guides/policies/")


def test_statistics_count_them(tree: Path) -> None:
    assert "1  error    policy/gold-is-complete  a gold VM needs" in lint("--statistics").stdout


def test_reports_with_them_are_merged_elsewhere(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.json").write_text(lint("--format=json").stdout)
    for name in BY_NAME:
        ran = lint("merge", "--format", name, tmp_path / "shop.json")
        assert ran.returncode == cli.FINDINGS, ran.stderr
        assert "gold-is-complete" in ran.stdout


def test_rule_lists_and_explains_them(tree: Path) -> None:
    listed = lint("rule").stdout.splitlines()[-2:]
    assert [line.split()[:2] for line in listed] == [[GOLD, "error"], [LABELLED, "warning"]]
    card = lint("rule", GOLD).stdout
    for part in (
        "error[policy/gold-is-complete]: a gold VM needs", ".vmsnap-lint.yaml:2",
        "the label tier is gold", 'v.snapshotClass.deletionPolicy == "Retain"',
        "# vmsnap-lint: ignore[policy/gold-is-complete]",
    ):  # fmt: skip
        assert part in card
    assert mistake("rule", "policy/gold").startswith('no policy "policy/gold"')
    assert mistake("rule", "policy/*").startswith('"policy/*" may name several policies')
    assert mistake("rule", GOLD, "--config=none") == (
        f'no policy "{GOLD}" (the configuration has none)'
    )


def test_rule_as_json_keeps_its_schema(tree: Path) -> None:
    schema = json.loads((ROOT / "schemas/output/rule.json").read_text())
    value = json.loads(lint("rule", GOLD, "--format=json").stdout)
    jsonschema.validate(value, schema)
    assert value["rules"][0]["id"] == GOLD


def test_the_card_of_a_rule_does_not_need_the_configuration(tree: Path) -> None:
    write(tree, {".vmsnap-lint.yaml": "policies: 3\n"})
    assert lint("rule", "name-invalid").returncode == cli.CLEAN


def test_config_shows_them(tree: Path) -> None:
    assert "gold-is-complete" in lint("config").stdout
    rows = json.loads(lint("config", "--format=json").stdout)["settings"]
    (row,) = [row for row in rows if row["key"] == "policies"]
    assert row["origin"] == ".vmsnap-lint.yaml:1"
    assert row["value"][1] == {
        "id": "labelled", "require": "has(vm.labels.owner)", "severity": "warning",
    }  # fmt: skip


def test_they_come_from_the_configuration_in_force_alone(tree: Path, tmp_path: Path) -> None:
    own = "policies: [{id: theirs, require: 'false'}]\n"
    write(tree, {"sub/.vmsnap-lint.yaml": own, "sub/db.yaml": TREE["db.yaml"]})
    other = tmp_path / "other.yaml"
    other.write_text("policies: [{id: mine, require: 'false'}]\n")
    assert {rule for rule, _ in found("sub", "classes.yaml")} == {GOLD, LABELLED}
    assert {rule for rule, _ in found("--config", str(other))} == {"policy/mine"}


def test_a_mistake_stops_the_run_before_any_file_is_read(tree: Path) -> None:
    write(tree, {".vmsnap-lint.yaml": POLICIES.replace("vm.labels", "vm.lables")})
    said = mistake("no/such/path")
    assert said.startswith(".vmsnap-lint.yaml:7: policies.require: VirtualMachine has no field")
    assert '(did you mean "labels"?)' in said


def test_plan_is_as_without_them(tree: Path) -> None:
    ran = lint("plan", "--all-vms")
    assert ran.stdout == lint("plan", "--all-vms", "--config=none").stdout
    assert ran.returncode == cli.CLEAN


def test_each_cluster_is_judged_on_its_own(tree: Path) -> None:
    clusters = (
        "clusters:\n  eu: {paths: [eu], kubevirt: '1.6'}\n  us: {paths: [us], complete: [all]}\n"
    )
    policies = """\
policies:
  - {id: release, require: cluster.minor > 6}
  - {id: in-eu, match: {clusters: [eu]}, require: 'cluster.name == "eu"'}
  - {id: in-us, match: {clusters: [u*]}, require: '!("all" in cluster.complete)'}
"""
    files = {f"{name}/db.yaml": TREE["db.yaml"] for name in ("eu", "us")}
    write(tree, {**files, ".vmsnap-lint.yaml": clusters + policies})
    findings = json.loads(lint("--format=json", "--select=policy/*").stdout)["findings"]
    assert {(each["rule"], *each["clusters"]) for each in findings} == {
        ("policy/release", "eu"), ("policy/in-us", "us"),
    }  # fmt: skip


def test_what_was_not_verified_is_told_and_no_finding(tree: Path) -> None:
    (tree / "classes.yaml").unlink()
    ran = lint("-v", "--select", GOLD)
    assert (ran.returncode, ran.stdout) == (cli.CLEAN, "")
    assert (
        "not checked: db.yaml: policy/gold-is-complete is not verified for "
        'VirtualMachine "db" in namespace "prod": the input does '
        'not show "complete", "deletionPolicy"' in ran.stderr
    )


CODE = """
import sys
before = {*sys.modules}
from vmsnap_lint import cli
cli.run(["--config=none", "db.yaml"])
print(*{*sys.modules} - before)
"""


def test_without_a_policy_nothing_of_them_is_imported(tree: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True,
        env={**unmeasured(), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    names = ("by_policy", "config.policies", "policy_entries", "cel_", "subprocess")
    loaded = ran.stdout.split()
    assert [one for one in loaded if any(name in one for name in names)] == []


def test_a_run_over_a_part_judges_only_that(tree: Path) -> None:
    write(tree, {"web.yaml": TREE["db.yaml"].replace("name: db\n", "name: web\n")})
    settings = command("check", (), {}).settings
    part = JudgedPart(lambda file: file == "web.yaml")
    findings = engine.lint((".",), None, settings, part).report.findings
    assert {(each.rule, each.file) for each in findings if each.rule.startswith("policy/")} == {
        (GOLD, "web.yaml"), (LABELLED, "web.yaml"),
    }  # fmt: skip
