"""An export holds the PVCs of its source, and its findings say why it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from tests.builders import (
    claim,
    data_volume,
    pod,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    world,
)  # fmt: skip
from tests.kubevirt.copies.test_clone_plan import BOUND, FAST, JSON, SNAPSHOT_GROUP, VM_GROUP
from vmsnap_lint.core.kinds import EXPORT
from vmsnap_lint.core.model import Severity
from vmsnap_lint.kubevirt.copies.export_cause import ExportCause
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan

CLAIM_GROUP = {"kind": "PersistentVolumeClaim", "apiGroup": ""}


def export(
    source: str = "web", group: Mapping[str, str] = VM_GROUP, name: str = "out", status: Any = None
) -> dict[str, Any]:
    """An export."""
    value = {
        "apiVersion": "export.kubevirt.io/v1",
        "kind": "VirtualMachineExport",
        "metadata": {"name": name},
        "spec": {"source": {**group, "name": source}},
    }
    return value if status is None else {**value, "status": status}


def planned(*objects: dict[str, Any], kubevirt: str = "1.9", **more: Any) -> ExportPlan:
    """The plan of the only export."""
    seen = world(objects, kubevirt, **more)
    return seen.copies.export_plan(seen.workspace.of(EXPORT)[0])


def causes(*objects: dict[str, Any], kubevirt: str = "1.9", **more: Any) -> set[object]:
    """Why the only export does not become ready."""
    seen = world(objects, kubevirt, **more)
    return {blocker.cause for blocker in seen.copies.blockers(seen.workspace.of(EXPORT)[0])}


def test_an_export_needs_no_snapshot_class() -> None:
    plan = planned(vm(), BOUND, export())
    assert plan.verdict is Verdict.COMPLETE
    assert [(volume.claim, volume.included) for volume in plan.volumes] == [("root", True)]


def test_an_export_of_a_claim() -> None:
    plan = planned(BOUND, export("root", CLAIM_GROUP))
    assert (plan.verdict, len(plan.volumes)) == (Verdict.COMPLETE, 1)


def test_an_export_of_a_snapshot_has_what_it_has() -> None:
    of_snapshot = export("nightly", SNAPSHOT_GROUP)
    assert planned(vm(), *FAST, snap(), of_snapshot).verdict is Verdict.COMPLETE
    empty = vm(volume("root", containerDisk={"image": "x"}))
    plan = planned(empty, snap(), of_snapshot)
    assert plan.verdict is Verdict.EMPTY
    assert causes(empty, snap(), of_snapshot) == {ExportCause.EMPTY}


def test_a_missing_claim_is_left_out_and_a_datavolume_is_waited_for() -> None:
    volumes = (volume("root"), volume("data"))
    plan = planned(vm(*volumes), BOUND, export())
    assert plan.verdict is Verdict.PARTIAL
    assert "leaves it out" in plan.reasons[0]
    filled = volume("data", dataVolume={"name": "data"})
    assert planned(vm(volumes[0], filled), BOUND, export()).verdict is Verdict.STUCK


def test_a_datavolume_that_is_not_filled() -> None:
    filling = data_volume(status={"phase": "ImportInProgress"})
    source = vm(volume("root", dataVolume={"name": "root"}))
    plan = planned(source, filling, export())
    assert plan.verdict is Verdict.STUCK
    assert "the export waits for it" in plan.reasons[0]


@pytest.mark.parametrize(
    ("source", "group"), [("we", VM_GROUP), ("nihtly", SNAPSHOT_GROUP), ("rot", CLAIM_GROUP)]
)
def test_a_source_that_does_not_exist(source: str, group: Mapping[str, str]) -> None:
    objects = (vm(), *FAST, snap(), export(source, group))
    assert causes(*objects) == {ExportCause.SOURCE_MISSING}
    assert planned(*objects).verdict is Verdict.STUCK
    assert planned(export(source, group), complete=frozenset()).verdict is Verdict.UNKNOWN


def test_a_claim_that_may_be_uploaded_is_only_guessed() -> None:
    objects = (claim(), export("golden", CLAIM_GROUP))
    seen = world(objects, complete=frozenset())
    (blocker,) = seen.copies.blockers(seen.workspace.of(EXPORT)[0])
    assert blocker.problem.severity is Severity.WARNING
    assert planned(*objects, complete=frozenset()).verdict is Verdict.UNKNOWN


def test_what_runs_keeps_an_export_waiting() -> None:
    running = vm(strategy="Always")
    assert causes(running, BOUND, export(), complete=frozenset()) == {ExportCause.VM_RUNNING}
    of_claim = export("root", CLAIM_GROUP)
    assert causes(running, BOUND, of_claim, complete=frozenset()) == {ExportCause.VM_RUNNING}
    assert causes(vm(), BOUND, of_claim) == set()
    assert causes(BOUND, pod("p", "root"), of_claim) == {ExportCause.VM_RUNNING}
    plan = planned(running, BOUND, export(), complete=frozenset())
    assert plan.verdict is Verdict.STUCK


@pytest.mark.parametrize(
    ("first", "second", "kubevirt", "found"),
    [
        ("root", "root", "1.9", {ExportCause.CLAIM_TWICE}),
        ("root", "root", "1.5", {ExportCause.CLAIM_TWICE}),
        ("a.b", "a-b", "1.9", {ExportCause.CLAIM_TWICE}),
        ("a.b", "a-b", "1.5", {ExportCause.NAME_LENGTH}),
        ("root", "data", "1.9", set()),
    ],
)
def test_volumes_that_are_one(first: str, second: str, kubevirt: str, found: set[object]) -> None:
    claims = [claim(name) for name in dict.fromkeys((first, second))]
    source = vm(volume("x", first), volume("y", second))
    assert causes(source, *claims, export(), kubevirt=kubevirt) == found


@pytest.mark.parametrize(("kubevirt", "found"), [("1.3", True), ("1.4", False)])
def test_the_own_name_of_an_export(kubevirt: str, found: bool) -> None:
    named = causes(vm(), BOUND, export(name="n" * 64), kubevirt=kubevirt)
    assert (ExportCause.NAME_LENGTH in named) is found


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ({"phase": "Ready"}, Verdict.COMPLETE),
        ({"phase": "Terminated"}, Verdict.COMPLETE),
        ({"phase": "Pending"}, Verdict.COMPLETE),
        ({"phase": "Failed"}, Verdict.FAILED),
        ({"phase": "Unknown"}, Verdict.FAILED),
        ({"phase": "Skipped"}, Verdict.EMPTY),
        (
            {"conditions": [{"type": "Ready", "status": "False", "reason": "InUse"}]},
            Verdict.STUCK,
        ),
        (
            {"conditions": [{"type": "Ready", "status": "False", "reason": "PodPending"}]},
            Verdict.COMPLETE,
        ),
        (
            {"conditions": [{"type": "PVCReady", "status": "False", "reason": "PVCPending"}]},
            Verdict.COMPLETE,
        ),
        (
            {"conditions": [{"type": "Failure", "status": "True", "message": "no quota"}]},
            Verdict.FAILED,
        ),
    ],
)
def test_the_status_of_an_export(status: dict[str, Any], verdict: Verdict) -> None:
    objects = (vm(), BOUND, export(status=status))
    assert planned(*objects).verdict is verdict
    is_told = ExportCause.NOT_READY in causes(*objects)
    assert is_told is (verdict is not Verdict.COMPLETE)


@given(JSON, JSON, JSON)
@settings(max_examples=60, deadline=None)
def test_no_field_makes_it_crash(status: Any, spec: Any, field: Any) -> None:
    source = {"source": {"kind": field, "name": field, "apiGroup": field}}
    for change in ({"spec": spec, "status": status}, {"spec": source}):
        seen = world([vm(), storage_class(), snapshot_class(), {**export(), **change}])
        for one in seen.workspace.of(EXPORT):
            seen.copies.export_plan(one)
