"""The words of a DataVolume that does not get on reach the plan, whatever is in its status."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import data_volume, manifests_of, snap, the_plan, vm, volume
from vmsnap_lint.kubevirt.storage.data_volume_status import obstacle_of

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab-1", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab-1", max_size=4), inner),
    max_leaves=6,
)


def _condition(kind: str, status: str, reason: str, message: str = "") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def _obstacle(*conditions: Any) -> str:
    (one,) = manifests_of("dv.yaml", {**data_volume(), "status": {"conditions": [*conditions]}})
    found = obstacle_of(one)
    return found.text if found is not None else ""


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ([_condition("Running", "False", "Error", "no space")], "no space"),
        ([_condition("Bound", "False", "ErrClaimNotValid")], "ErrClaimNotValid"),
        ([_condition("Running", "False", "Completed", "done")], ""),
        ([_condition("Running", "True", "Error", "was so")], ""),
        ([_condition("Bound", "False", "Pending", "PVC root Pending")], ""),
        ([_condition("Ready", "False", "TransferRunning")], ""),
        ([], ""),
    ],
)
def test_the_condition_that_is_not_met_is_quoted(
    conditions: list[dict[str, str]], told: str
) -> None:
    assert _obstacle(*conditions) == told


def test_the_fault_of_the_import_stands_above_that_of_the_pvc() -> None:
    bound = _condition("Bound", "False", "ClaimLost", "Claim Lost")
    running = _condition("Running", "Unknown", "Error", "pod is gone")
    assert _obstacle(bound, running) == "pod is gone"


def test_a_status_without_a_phase_that_names_a_fault_blocks_the_snapshot() -> None:
    told = [_condition("Bound", "False", "ErrClaimNotValid", "no accessMode")]
    machine = vm(volume("root", dataVolume={"name": "root"}))
    stuck = the_plan(machine, snap(), {**data_volume(), "status": {"conditions": told}})
    assert stuck.verdict.value == "stuck"
    assert 'has not begun ("no accessMode")' in stuck.reasons[0]


@given(ANY)
def test_no_status_is_too_odd(status: Any) -> None:
    (one,) = manifests_of("dv.yaml", {**data_volume(), "status": {"conditions": status}})
    obstacle_of(one)
    (one,) = manifests_of("dv.yaml", {**data_volume(), "status": status})
    obstacle_of(one)
