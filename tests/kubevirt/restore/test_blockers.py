"""What keeps a restore from its end is in its verdict and, with the same words, a finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings

from tests.builders import claim, data_volume, restore, saved, snap, storage_class, vm, volume
from tests.kubevirt.restore.exported import (
    BOUND,
    CLASSES,
    JSON,
    NEWEST,
    READY,
    ROOT,
    TPM,
    VS_ROOT,
    Object,
    base,
    ended,
    exported,
    kept,
    machine,
)
from vmsnap_lint.config.settings import Settings
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan


def test_nothing_is_in_its_way() -> None:
    plan, _ = ended(*base(), restore())
    assert (plan.verdict, plan.reasons) == (Verdict.COMPLETE, ())


@pytest.mark.parametrize(
    ("conditions", "verdict", "reason"),
    [
        ([{"type": "Failure", "status": "True", "reason": "it broke"}], "failed", '"it broke"'),
        ([{"type": "Failure", "status": "False", "message": "why"}], "failed", '"why"'),
        ([{"type": "Failure"}], "failed", "the restore failed: it"),
        ([{"type": "Progressing", "status": "False", "reason": "no PVC"}], "stuck", '"no PVC"'),
        ([{"type": "Ready", "status": "False", "reason": "no PVC"}], "stuck", '"no PVC"'),
    ],
)
def test_its_own_status_ends_it(conditions: list[Object], verdict: str, reason: str) -> None:
    plan, errors = ended(*base(), restore(status={"complete": False, "conditions": conditions}))
    assert plan.verdict is Verdict(verdict)
    assert reason in plan.reasons[0]
    assert "restore-failed" in errors


@pytest.mark.parametrize(
    "conditions",
    [
        [{"type": "Progressing", "status": "True", "reason": "Creating new PVCs"}],
        [{"type": "Ready", "status": "False", "reason": "Waiting for new PVCs"}],
        [{"type": "Progressing", "status": "False", "reason": "VMSnapshot prod/s not ready"}],
        [{"type": "Progressing", "status": "False", "reason": ""}],
        [{"type": "Progressing", "status": "False"}],
    ],
)
def test_progress_is_no_error(conditions: list[Object]) -> None:
    plan, errors = ended(*base(), restore(status={"conditions": conditions}))
    assert plan.verdict is Verdict.COMPLETE
    assert "restore-failed" not in errors


def test_a_vm_made_anew_under_its_name_is_no_other_vm() -> None:
    anew = machine(metadata={"uid": "new"})
    objects = (*CLASSES, BOUND, anew, READY, kept(ROOT), VS_ROOT)
    plan, errors = ended(*objects, restore())
    assert plan.verdict is Verdict.COMPLETE
    assert not errors & {"restore-target-is-other-vm", "content-mismatch"}


@pytest.mark.parametrize(
    ("target", "verdict"), [("web", "stuck"), ("copy", "rejected")], ids=["same", "new"]
)
def test_a_content_that_is_gone(target: str, verdict: str) -> None:
    plan, errors = ended(*CLASSES, BOUND, machine(), READY, restore(target=target))
    assert plan.verdict is Verdict(verdict)
    assert "content-missing" in errors


def test_an_entry_without_a_volume_snapshot() -> None:
    plan, errors = ended(*base({**ROOT, "volumeSnapshotName": None}), restore())
    assert plan.verdict is Verdict.STUCK
    assert "content-entry-unusable" in errors


def test_a_volume_snapshot_that_is_gone() -> None:
    plan, errors = ended(*base()[:-1], restore())
    assert plan.verdict is Verdict.STUCK
    assert "waits" in plan.reasons[0]
    assert "volumesnapshot-missing" in errors


def _of_class(name: str) -> Object:
    entry: Object = json.loads(json.dumps(ROOT))
    entry["persistentVolumeClaim"]["spec"]["storageClassName"] = name
    return entry


def test_a_class_that_is_gone_matters_where_a_claim_is_made() -> None:
    objects = base(_of_class("gone"))
    plan, errors = ended(*objects, restore())
    assert plan.verdict is Verdict.STUCK
    assert "content-entry-unusable" in errors
    there = [{"volumeName": "root", "restoreName": "web-root"}]
    assert ended(*objects, restore(volumeRestoreOverrides=there))[0].verdict is Verdict.PARTIAL


@pytest.mark.parametrize(
    ("phase", "mode", "verdict"),
    [
        ("Pending", "Immediate", "stuck"), ("Pending", None, "stuck"), ("Lost", None, "stuck"),
        ("Pending", "WaitForFirstConsumer", "partial"), ("Bound", None, "partial"),
    ],
)  # fmt: skip
def test_a_claim_that_is_used_as_it_is(phase: str, mode: str | None, verdict: str) -> None:
    slow = {**storage_class("slow"), **({"volumeBindingMode": mode} if mode else {})}
    other = claim("other", "slow") | {"status": {"phase": phase}}
    renamed = [{"volumeName": "root", "restoreName": "other"}]
    plan, errors = ended(*base(), slow, other, restore(volumeRestoreOverrides=renamed))
    assert plan.verdict is Verdict(verdict)
    assert "restore-name-collision" in errors


def test_a_data_volume_of_that_name_is_taken_for_its_claim() -> None:
    renamed = [{"volumeName": "root", "restoreName": "other"}]
    other = data_volume("other") | {"status": {"phase": "Succeeded"}}
    plan, errors = ended(*base(), other, restore(volumeRestoreOverrides=renamed))
    assert plan.verdict is Verdict.PARTIAL
    assert "restore-name-collision" in errors


def test_in_place_makes_a_claim_that_is_gone() -> None:
    objects = [each for each in base() if each is not BOUND]
    plan, _ = ended(*objects, restore(volumeRestorePolicy="InPlace"))
    assert [volume.outcome.value for volume in plan.volumes] == ["created"]


STATE = saved("persistent-state-for-web", "persistent-state-for-web-x1")
VS_STATE = exported("VolumeSnapshot", STATE["volumeSnapshotName"], status={"readyToUse": True})


def with_state(**spec: Any) -> tuple[RestorePlan, set[str]]:
    objects = (
        *CLASSES, BOUND, machine(domain=TPM), READY, kept(ROOT, STATE, domain=TPM), VS_ROOT,
    )  # fmt: skip
    return ended(*objects, VS_STATE, restore(**spec))


def test_a_state_is_lost_in_place() -> None:
    plan, errors = with_state(volumeRestorePolicy="InPlace")
    assert plan.verdict is Verdict.STUCK
    assert "restore-inplace-state" in errors
    renamed = [{"volumeName": STATE["volumeName"], "restoreName": "state-2"}]
    plan, errors = with_state(volumeRestorePolicy="InPlace", volumeRestoreOverrides=renamed)
    assert plan.verdict is Verdict.COMPLETE
    assert "restore-inplace-state" not in errors


def test_the_old_state_is_deleted() -> None:
    plan, _ = with_state()
    assert plan.verdict is Verdict.COMPLETE
    (state,) = (each for each in plan.volumes if each.name == STATE["volumeName"])
    assert state.reason == 'a new PVC; the old one, "persistent-state-for-web-x1", is deleted'


def test_a_state_onto_another_vm_is_rejected_at_once() -> None:
    for target in ("copy", "api"):
        api = vm(volume("root", "api-root"), name="api")
        objects = (*CLASSES, machine(domain=TPM), api, READY, kept(ROOT, STATE, domain=TPM))
        plan, _ = ended(*objects, VS_ROOT, VS_STATE, restore(target=target))
        assert plan.verdict is Verdict.REJECTED


@pytest.mark.parametrize(("holder", "verdict"), [("gone", "stuck"), ("back", "complete")])
def test_a_lock_that_is_left(holder: str, verdict: str) -> None:
    locked = machine(status={"restoreInProgress": holder})
    plan, _ = ended(*CLASSES, BOUND, locked, READY, kept(ROOT), VS_ROOT, restore())
    assert plan.verdict is Verdict(verdict)


def test_a_revision_that_does_not_exist() -> None:
    source = kept(ROOT)
    source["spec"]["source"]["virtualMachine"]["spec"]["instancetype"] = {
        "name": "u1.small", "revisionName": "nightly-u1.small-1",
    }  # fmt: skip
    objects = (*CLASSES, BOUND, machine(), READY, source, VS_ROOT, restore())
    plan, errors = ended(*objects)
    assert plan.verdict is Verdict.STUCK
    assert "restore-instancetype-missing" in errors
    plan, errors = ended(*objects, settings=Settings(kubevirt=NEWEST))
    assert "restore-instancetype-missing" not in errors


@given(JSON, JSON, JSON)
@settings(max_examples=40, deadline=None)
def test_any_status_has_a_plan(own: Any, of_snapshot: Any, of_target: Any) -> None:
    objects = (*CLASSES, BOUND, machine(status=of_target), snap(status=of_snapshot), kept(ROOT))
    conditions = own if isinstance(own, list) else [own]
    for status in (own, {"conditions": conditions, "restores": conditions, "complete": own}):
        plan, _ = ended(*objects, restore(status=status))
        assert plan.verdict in Verdict
