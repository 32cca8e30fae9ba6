"""Verdicts and errors are those of KubeVirt 1.9.0's own code, over random states and manifests."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.shared import SHARED
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.core.model import Severity
from vmsnap_lint.core.values import Release
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan

TRUTH = SHARED / "truth"
pytestmark = pytest.mark.skipif(not TRUTH.is_dir(), reason="the data is not beside this checkout")

RELEASE = Release.parse("1.9.0")
STATE = Settings(complete=frozenset(("all",)), kubevirt=RELEASE)
MANIFEST = Settings(all_vms=True, online=True, kubevirt=RELEASE)
MUTANTS, SPECIAL = "mutants.jsonl", "mutants-special.jsonl"
COMPLETES = {"complete", "partial", "empty"}

# States whose verdict differs, and why that is right.
OTHER_VERDICT: dict[str, str] = {
    "s0487": "its VM has two memory dumps, which the webhook of VMs refuses; the harness made it",
    "s0679": "its VM has two memory dumps, which the webhook of VMs refuses; the harness made it",
    "m2051": "the harness binds PVCs that wait for the first consumer; the VM was never started",
}
# Restores whose ending differs, as "state/restore", and why that is right.
OTHER_ENDING: dict[str, str] = {}
# Manifests that are judged differently, and why that is right.
OTHER_ADMISSION: dict[str, str] = {
    **dict.fromkeys(
        ("a00215", "a01343"), "a clone whose target has no apiGroup makes a restore that is refused"
    ),
    "a01089": "a clone with a patch of a value with colons makes a restore that is refused",
    "a00605": "a content that is not about the volume of its VM does not hold the data",
    **dict.fromkeys(
        ("a00963", "a01239"), "admitted, and the PVC that CDI then makes is refused: its volumeMode"
    ),
}


class Share(NamedTuple):
    """How many of the rows agree, and those that do not and have no reason."""

    agreed: int
    total: int
    unexplained: list[str]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, bool]], explained: dict[str, str]) -> Share:
        """The share of the rows, each with whether it agrees."""
        rows = list(rows)
        wrong = [name for name, agrees in rows if not agrees]
        known = [name for name in wrong if name not in explained]
        return cls(len(rows) - len(wrong), len(rows), known)

    @property
    def percent(self) -> float:
        """How many of a hundred agree."""
        return 100 * self.agreed / self.total


def test_the_verdicts_of_snapshots() -> None:
    rows = []
    for state in json.loads((TRUTH / "random.json").read_text()):
        plan = _plan(state)
        rows.append((state["id"], plan.verdict is _verdict(state)))
    share = Share.of(rows, OTHER_VERDICT)
    assert share.percent >= 99, share
    assert share.unexplained == []


def test_the_volumes_of_snapshots() -> None:
    rows = []
    for state in json.loads((TRUTH / "random.json").read_text()):
        if state["phase"] != "Succeeded":
            continue
        volumes = {volume.name: volume for volume in _plan(state).volumes}
        for name, snapshot_class in state["included"].items():
            volume = volumes.get(name)
            agrees = volume is not None and volume.included is True
            if agrees and volume is not None:
                agrees = volume.snapshot_class in (snapshot_class, None)
            rows.append((f"{state['id']}/{name}", agrees))
        for name in state["excluded"]:
            left = name in volumes and volumes[name].included is False
            rows.append((f"{state['id']}/{name}", left))
    share = Share.of(rows, {})
    assert share.percent >= 99, share


@pytest.mark.parametrize("name", ["restores.jsonl", "patches.jsonl"])
def test_the_endings_of_restores(name: str) -> None:
    rows = []
    for state in _rows(name):
        run = engine.plan(("-",), state["yaml"].encode(), STATE)
        plans = {plan.name: plan for plan in run.plans.restores}
        for restore in state["restores"]:
            plan = plans[restore["name"]]
            waits = any(re.search(r"\bwaits\b", reason) for reason in plan.reasons)
            agrees = _ending(plan.verdict) == _told(restore["ending"])
            if restore["ending"] == "waits":
                agrees = waits or plan.verdict is Verdict.UNKNOWN
            rows.append((f"{state['id']}/{restore['name']}", agrees))
    share = Share.of(rows, OTHER_ENDING)
    assert share.percent >= 97, share
    assert share.unexplained == []


def test_what_is_admitted() -> None:
    rows = [(row["id"], row["accepted"] is not bool(_errors(row))) for row in _rows(MUTANTS)]
    share = Share.of(rows, OTHER_ADMISSION)
    assert share.percent >= 99, share
    assert share.unexplained == []


def test_a_key_that_is_written_twice_is_an_error() -> None:
    """By design: kubectl hides it, and the API server's strict decoding refuses it."""
    rows = [row for row in _rows(SPECIAL) if row["special"] == "duplicate-key"]
    told = {"duplicate-key", "separator-missing"}
    assert rows
    assert [row["id"] for row in rows if told.isdisjoint(_errors(row))] == []


def test_objects_without_a_separator_are_told_once() -> None:
    rows = [row for row in _rows(SPECIAL) if row["mutation"] == "missing ---"]
    assert rows
    assert {tuple(_errors(row)).count("separator-missing") for row in rows} == {1}
    assert not any("duplicate-key" in _errors(row) for row in rows)


def test_a_placeholder_is_no_error() -> None:
    """What stands there once it is filled in is not known, so that the verdict says nothing."""
    rows = [row for row in _rows(SPECIAL) if row["special"] == "placeholder"]
    assert rows
    assert {row["id"]: _errors(row) for row in rows if _errors(row)} == {}


def _errors(row: dict[str, Any]) -> list[str]:
    """The rules whose errors a manifest has."""
    report = engine.lint(("-",), row["yaml"].encode(), MANIFEST).report
    return [it.rule for it in report.findings if it.severity is Severity.ERROR]


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TRUTH / name).read_text().splitlines()]


def _plan(state: dict[str, Any]) -> SnapshotPlan:
    settings = STATE
    run = engine.plan(("-",), state["yaml"].encode(), settings)
    return next(plan for plan in run.plans.snapshots if plan.name == "snap")


def _verdict(state: dict[str, Any]) -> Verdict:
    if state["phase"] != "Succeeded":
        return Verdict.STUCK
    if "PartialSnapshot" in (state["indications"] or ()):
        return Verdict.PARTIAL
    return Verdict.COMPLETE if state["included"] else Verdict.EMPTY


def _told(ending: str) -> str:
    return "blocked" if ending in ("stuck", "rejected") else ending


def _ending(verdict: Verdict) -> str:
    if verdict.value in COMPLETES:
        return "complete"
    return "blocked" if verdict.value in ("stuck", "rejected", "failed") else verdict.value
