"""Our verdicts agree with what KubeVirt's own snapshot controller did, scenario by scenario."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared import SHARED, needs_shared
from vmsnap_lint import engine
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan

pytestmark = needs_shared

RESULTS = SHARED / "controller" / "results.jsonl"
SCENARIOS = (
    [json.loads(line) for line in RESULTS.read_text().splitlines()] if RESULTS.is_file() else []
)
# The controller picks the class at random here: which one its cache lists first.
RANDOM_CLASS = {"07-two-defaults"}
# Its CSI driver is always ready at once; a real one refuses a class of another driver.
REFUSED_BY_THE_DRIVER = {"12-profile-other-driver"}


def _plans(scenario: str) -> dict[str, SnapshotPlan]:
    path = str(SHARED / "controller" / scenario)
    run = engine.plan((path,), None, Settings(complete=frozenset(("all",))))
    return {plan.name: plan for plan in run.plans.snapshots}


def _verdict(snapshot: dict[str, Any]) -> Verdict:
    if snapshot["phase"] in ("InProgress", "Failed", None, ""):
        return Verdict.STUCK
    if "PartialSnapshot" in (snapshot["indications"] or ()):
        return Verdict.PARTIAL
    return Verdict.COMPLETE if snapshot["volumeBackups"] else Verdict.EMPTY


@pytest.mark.parametrize("result", SCENARIOS, ids=lambda result: result["scenario"])
def test_the_verdict_is_what_the_controller_did(result: dict[str, Any]) -> None:
    plans = _plans(result["scenario"])
    assert set(plans) == {snapshot["name"] for snapshot in result["snapshots"]}
    for snapshot in result["snapshots"]:
        plan = plans[snapshot["name"]]
        is_refused = result["scenario"] in REFUSED_BY_THE_DRIVER
        verdict = Verdict.STUCK if is_refused else _verdict(snapshot)
        assert plan.verdict is verdict, plan.reasons


@pytest.mark.parametrize("result", SCENARIOS, ids=lambda result: result["scenario"])
def test_the_volumes_are_those_that_the_controller_took(result: dict[str, Any]) -> None:
    plans = _plans(result["scenario"])
    for snapshot in result["snapshots"]:
        lists = snapshot["snapshotVolumes"]
        if not lists:
            continue
        volumes = plans[snapshot["name"]].volumes
        taken = {volume.name for volume in volumes if volume.included}
        assert taken == set(lists.get("includedVolumes") or ())
        left = {volume.name for volume in volumes if volume.included is False}
        assert left == set(lists.get("excludedVolumes") or ())


@pytest.mark.parametrize("result", SCENARIOS, ids=lambda result: result["scenario"])
def test_the_classes_are_those_that_the_controller_chose(result: dict[str, Any]) -> None:
    plans = _plans(result["scenario"])
    for snapshot in result["snapshots"]:
        volumes = {volume.name: volume for volume in plans[snapshot["name"]].volumes}
        for backup in snapshot["volumeBackups"] or ():
            volume = volumes[backup["volume"]]
            assert (volume.claim, volume.storage_class) == (backup["pvc"], backup["storageClass"])
            if result["scenario"] not in RANDOM_CLASS:
                assert volume.snapshot_class == backup["volumeSnapshotClass"]
