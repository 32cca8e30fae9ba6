"""Exports of clusters: healthy ones are silent, and a taken snapshot is what it says it holds."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import quickest
from tests.properties import examples
from tests.shared import ROOT, SHARED, needs_shared
from vmsnap_lint import document, engine
from vmsnap_lint.checks import (
    exported_contents,
    exported_snapshots,
    volume_snapshots,
)
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Finding, Severity
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan

EXPORTS = sorted(Path(ROOT, "tests", "exports").glob("*.yaml"))
FAMILIES = (exported_contents, exported_snapshots, volume_snapshots)
OURS = frozenset(rule_id for family in FAMILIES for rule_id in family.CHECKS)
ALL = Settings(complete=frozenset(("all",)))
POLICIES = {
    "plain": Settings(),
    "complete": ALL,
    "online": Settings(online=True),
    "complete and online": ALL._replace(online=True),
}


def _load(name: str) -> dict[str, Any]:
    path = ROOT / "tests" / "exports" / f"{name}.yaml"
    value = document.read(str(path), path.read_bytes()).documents[0].value
    assert isinstance(value, dict)
    return value


def _lint(value: object, wanted: Settings = ALL) -> tuple[Finding, ...]:
    return engine.lint(("-",), json.dumps(value).encode(), wanted).report.findings


def _plans(value: object, wanted: Settings = ALL) -> dict[str, SnapshotPlan]:
    run = engine.plan(("-",), json.dumps(value).encode(), wanted)
    return {plan.name: plan for plan in run.plans.snapshots}


def _said(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{finding.rule}: {finding.message}" for finding in findings]


def _only(value: dict[str, Any], *kinds: str) -> dict[str, Any]:
    return {**value, "items": [item for item in value["items"] if item["kind"] in kinds]}


def _item(value: dict[str, Any], kind: str, name: str = "") -> dict[str, Any]:
    """The first of that kind whose name, or VM snapshot, is `name`."""
    return next(
        item
        for item in value["items"]
        if item["kind"] == kind
        and name in ("", item["metadata"]["name"], item["spec"].get("virtualMachineSnapshotName"))
    )


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.stem)
def test_a_healthy_export_gives_no_finding_of_any_rule(path: Path, policy: str) -> None:
    wanted = POLICIES[policy]
    if path.stem == "first-release":  # one object is not all that a cluster has
        wanted = wanted._replace(complete=None)
    assert _said(engine.lint(("-",), path.read_bytes(), wanted).report.findings) == []


@pytest.mark.parametrize("name", ["healthy-1.0", "healthy-1.5", "healthy-1.9"])
def test_no_part_of_a_healthy_export_gives_a_finding_about_the_rest(name: str) -> None:
    whole = _load(name)
    for kind in sorted({item["kind"] for item in whole["items"]}):
        rest = {item["kind"] for item in whole["items"]} - {kind}
        kept = rest if kind != "KubeVirt" else rest | {kind}
        for part in (_only(whole, kind, "KubeVirt"), _only(whole, *kept)):
            assert _said(_lint(part, Settings(select=OURS))) == []


def test_a_dump_of_snapshots_alone_gives_no_finding_of_any_rule() -> None:
    part = _only(_load("healthy-1.9"), "VirtualMachineSnapshot")
    assert _said(_lint(part, Settings())) == []


def test_an_export_is_read_from_standard_input() -> None:
    command = [sys.executable, "-m", "vmsnap_lint", "--format", "concise", "-"]
    text = (ROOT / "tests" / "exports" / "healthy-1.5.yaml").read_text(encoding="utf-8")
    broken = text.replace("phase: Succeeded\n    readyToUse: true", "phase: Failed", 1)
    for given_text, code in ((text, 0), (broken, 1)):
        result = subprocess.run(
            command, input=given_text, capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert result.returncode == code, result.stdout + result.stderr
    assert "[snapshot-failed]" in result.stdout


def test_thousands_of_items_in_one_list_take_time_in_proportion() -> None:
    whole = _load("healthy-1.5")
    seconds = {}
    for copies in (20, 80):
        items = [item for number in range(copies) for item in _renamed(whole, f"team-{number}")]
        every = {**whole, "items": items}
        assert _said(_lint(every)) == []
        seconds[copies] = quickest(partial(_lint, every), 0.5)
    assert seconds[80] < 10 * seconds[20]


def _renamed(whole: dict[str, Any], namespace: str) -> list[dict[str, Any]]:
    """The namespaced items in a namespace of their own, the others once."""
    text = json.dumps(whole["items"]).replace('"prod"', f'"{namespace}"')
    text = text.replace('"snapcontent-', f'"snapcontent-{namespace}-')
    return [
        item
        for item in json.loads(text)
        if namespace == "team-0"
        or ("namespace" in item["metadata"] and item["kind"] != "KubeVirt")
        or item["kind"] == "VolumeSnapshotContent"
    ]


# --- plans


def test_the_plan_of_a_taken_snapshot_tells_what_it_holds() -> None:
    plans = _plans(_load("healthy-1.9"))
    assert plans["terminal-weekly"].verdict is Verdict.COMPLETE
    assert [v.included for v in plans["terminal-weekly"].volumes] == [True, True, True]
    assert plans["toy-off"].verdict is Verdict.EMPTY


def test_a_taken_snapshot_is_known_from_its_content_alone() -> None:
    part = _only(_load("healthy-1.5"), "VirtualMachineSnapshot", "VirtualMachineSnapshotContent")
    assert _plans(part, Settings())["win-online"].verdict is Verdict.COMPLETE


def test_nothing_tells_what_a_lone_snapshot_of_the_first_releases_holds() -> None:
    plans = _plans(_load("first-release"), Settings())
    assert plans["before-upgrade"].verdict is Verdict.UNKNOWN


def test_a_volume_without_an_entry_makes_a_taken_snapshot_partial() -> None:
    whole = _load("healthy-1.5")
    del _item(whole, "VirtualMachineSnapshotContent", "win-online")["spec"]["volumeBackups"][1]
    snapshot = _item(whole, "VirtualMachineSnapshot", "win-online")
    snapshot["status"]["snapshotVolumes"]["includedVolumes"].remove("data")
    plan = _plans(whole)["win-online"]
    assert plan.verdict is Verdict.PARTIAL
    assert [v.name for v in plan.volumes if v.persistent and not v.included] == ["data"]
    assert [finding.rule for finding in _lint(whole)] == ["content-volume-missing"]


def test_a_partial_snapshot_is_reported_once() -> None:
    whole = _load("healthy-1.5")
    del _item(whole, "VirtualMachineSnapshotContent", "win-online")["spec"]["volumeBackups"][1]
    status = _item(whole, "VirtualMachineSnapshot", "win-online")["status"]
    status["snapshotVolumes"]["includedVolumes"].remove("data")
    status["snapshotVolumes"]["excludedVolumes"].append("data")
    assert [finding.rule for finding in _lint(whole)] == ["snapshot-partial"]
    assert _plans(whole)["win-online"].verdict is Verdict.PARTIAL
    del status["snapshotVolumes"]
    status["indications"].append("PartialSnapshot")
    findings = _lint(whole)
    assert [finding.rule for finding in findings] == ["snapshot-partial"]
    assert '"data"' in findings[0].message


def test_a_failed_snapshot_is_reported_once_and_planned_as_stuck() -> None:
    whole = _load("healthy-1.5")
    snapshot = _item(whole, "VirtualMachineSnapshot", "db-off")
    whole["items"].remove(_item(whole, "VirtualMachineSnapshotContent", "db-off"))
    snapshot["status"] |= {"phase": "Failed", "readyToUse": False, "conditions": [
        {"type": "Failure", "status": "True", "reason": "snapshot deadline exceeded"},
        {"type": "Progressing", "status": "False", "reason": "Operation failed"},
        {"type": "Ready", "status": "False", "reason": "Not ready"},
    ]}  # fmt: skip
    assert [f.rule for f in _lint(whole) if f.severity is Severity.ERROR] == ["snapshot-failed"]
    plan = _plans(whole)["db-off"]
    assert plan.verdict is Verdict.STUCK
    assert "snapshot deadline exceeded" in plan.reasons


def test_a_snapshot_in_progress_is_stuck_where_its_status_says_so() -> None:
    whole = _load("healthy-1.5")
    snapshot = _item(whole, "VirtualMachineSnapshot", "db-off")
    reason = "Source not locked source prod/db volume not bound: db-root"
    snapshot["status"] = {"phase": "InProgress", "readyToUse": False, "conditions": [
        {"type": "Progressing", "status": "False", "reason": reason},
    ]}  # fmt: skip
    plan = _plans(whole)["db-off"]
    assert plan.verdict is Verdict.STUCK
    assert reason.removeprefix("Source not locked ") in plan.reasons[0]


@pytest.mark.parametrize(
    ("kind", "change", "rules"),
    [
        ("VolumeSnapshot", {"readyToUse": False}, ["volumesnapshot-not-ready"]),
        ("VolumeSnapshot", None, ["volumesnapshot-missing"]),
        ("VirtualMachineSnapshotContent", {"error": {"message": "no"}}, ["content-error"]),
        ("VirtualMachineSnapshotContent", None, ["content-missing"]),
        ("VirtualMachineSnapshot", {}, ["snapshot-not-ready"]),
    ],
)
def test_one_cause_gives_one_finding(
    kind: str, change: dict[str, Any] | None, rules: list[str]
) -> None:
    """What is wrong below makes the snapshot unready; only the lowest cause is reported."""
    whole = _load("healthy-1.0")
    name = _item(whole, "VirtualMachineSnapshot", "db-kept")["metadata"]["uid"]
    target = next(
        item
        for item in whole["items"]
        if item["kind"] == kind and (name in json.dumps(item["metadata"]))
    )
    not_ready = {"readyToUse": False, "conditions": []}
    _item(whole, "VirtualMachineSnapshot", "db-kept")["status"] |= not_ready
    _item(whole, "VirtualMachineSnapshotContent", "db-kept")["status"]["readyToUse"] = False
    if change is None:
        whole["items"].remove(target)
    else:
        target["status"] |= change
    found = [f.rule for f in _lint(whole, ALL._replace(select=OURS))]
    assert found == rules


# --- whatever an export holds, nothing breaks

_ODD = st.sampled_from([None, [], {}, "", 0, True, "x", ["x"], [None], {"x": None}, "${NAME}"])


@examples(60)
@given(st.data())
def test_no_export_breaks_a_rule_or_a_plan(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["healthy-1.0", "healthy-1.9"]))
    whole = copy.deepcopy(_load(name))
    for _ in range(data.draw(st.integers(1, 4))):
        item = data.draw(st.sampled_from(whole["items"]))
        _disturb(item, data)
    assert all(f.rule in OURS for f in _lint(whole, ALL._replace(select=OURS)))
    assert isinstance(_plans(whole), dict)


def _disturb(value: Any, data: st.DataObject) -> None:
    """Puts something odd in place of one value somewhere below."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    keys = [key for key in keys if key not in ("apiVersion", "kind")]
    if not keys:
        return
    key = data.draw(st.sampled_from(keys))
    if isinstance(value[key], dict | list) and value[key] and data.draw(st.booleans()):
        _disturb(value[key], data)
    else:
        value[key] = copy.deepcopy(data.draw(_ODD))


# --- what KubeVirt's own controller wrote

RESULTS = SHARED / "controller" / "results.jsonl"
SCENARIOS = (
    [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.is_file() else []
)


def _status(result: dict[str, Any]) -> dict[str, Any]:
    conditions = []
    for text in result["conditions"]:
        head, _, reason = text.partition(" (")
        kind, _, status = head.partition("=")
        conditions.append({"type": kind, "status": status, "reason": reason[:-1]})
    status = {
        "conditions": conditions,
        "phase": result["phase"],
        "readyToUse": result["readyToUse"],
        "indications": result["indications"],
        "snapshotVolumes": result["snapshotVolumes"],
    }
    return {key: value for key, value in status.items() if value is not None}


@needs_shared
@pytest.mark.parametrize("result", SCENARIOS, ids=lambda result: result["scenario"])
def test_what_the_controller_wrote_is_read_as_it_was_meant(result: dict[str, Any]) -> None:
    folder = SHARED / "controller" / result["scenario"]
    objects = [
        found.value
        for path in sorted(folder.glob("*.yaml"))
        for found in document.read(path.name, path.read_bytes()).documents
        if isinstance(found.value, dict)
    ]
    statuses = {one["name"]: _status(one) for one in result["snapshots"]}
    for one in objects:
        if one["kind"] == "VirtualMachineSnapshot":
            one["status"] = statuses[one["metadata"]["name"]]
    whole = {"apiVersion": "v1", "kind": "List", "items": objects}
    rules = [finding.rule for finding in _lint(whole, ALL._replace(select=OURS))]
    for one in result["snapshots"]:
        text = str(one["conditions"])
        partial = "PartialSnapshot" in (one["indications"] or ())
        assert rules.count("snapshot-failed") == (one["phase"] == "Failed")
        assert rules.count("snapshot-source-not-locked") == ("Source not locked" in text)
        assert rules.count("snapshot-partial") == partial
        assert "status-contradiction" not in rules
        verdict = _plans(whole)[one["name"]].verdict
        if one["phase"] != "Succeeded":
            assert verdict is Verdict.STUCK
        else:
            held = (
                Verdict.COMPLETE if one["snapshotVolumes"].get("includedVolumes") else Verdict.EMPTY
            )
            assert verdict is (Verdict.PARTIAL if partial else held)
