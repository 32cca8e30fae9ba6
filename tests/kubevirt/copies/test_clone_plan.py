"""A clone ends as its snapshot and its restore do, and its findings say why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import (
    claim,
    content,
    saved,
    snap,
    snapshot_class,
    storage_class,
    vm,
    volume,
    world,
)  # fmt: skip
from tests.effort import quickest
from vmsnap_lint.core.kinds import CLONE
from vmsnap_lint.kubevirt.copies.clone_cause import CloneCause
from vmsnap_lint.kubevirt.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan

BOUND = claim(spec={"volumeName": "pv"}, status={"phase": "Bound"})
FAST = (storage_class(), snapshot_class(), BOUND)
VM_GROUP = {"kind": "VirtualMachine", "apiGroup": "kubevirt.io"}
SNAPSHOT_GROUP = {"kind": "VirtualMachineSnapshot", "apiGroup": "snapshot.kubevirt.io"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


def copy(
    source: str = "web",
    group: Mapping[str, str] = VM_GROUP,
    target: str = "copy",
    name: str = "twin",
    status: Any = None,
    **spec: Any,
) -> dict[str, Any]:
    """A clone."""
    value: dict[str, Any] = {
        "apiVersion": "clone.kubevirt.io/v1beta1",
        "kind": "VirtualMachineClone",
        "metadata": {"name": name},
        "spec": {"source": {**group, "name": source}, "target": {**VM_GROUP, "name": target}},
    }
    value["spec"].update(spec)
    return value if status is None else {**value, "status": status}


def planned(*objects: dict[str, Any], kubevirt: str = "1.9", **more: Any) -> ClonePlan:
    """The plan of the first clone."""
    seen = world(objects, kubevirt, **more)
    return seen.copies.clone_plan(seen.workspace.of(CLONE)[0])


def causes(*objects: dict[str, Any], kubevirt: str = "1.9", **more: Any) -> set[object]:
    """Why the first clone does not complete."""
    seen = world(objects, kubevirt, **more)
    return {blocker.cause for blocker in seen.copies.blockers(seen.workspace.of(CLONE)[0])}


def test_a_clone_of_a_vm_has_new_claims() -> None:
    plan = planned(vm(), *FAST, copy())
    assert plan.verdict is Verdict.COMPLETE
    assert [volume.claim for volume in plan.volumes] == ["restore-<uid>-root"]
    assert (plan.source, plan.source_kind, plan.target) == ("web", "VirtualMachine", "copy")


def test_a_prefix_policy_names_the_claims_after_the_target() -> None:
    plan = planned(vm(), *FAST, copy(volumeNamePolicy="PrefixTargetName"))
    assert [volume.claim for volume in plan.volumes] == ["copy-root"]


def test_a_claim_of_the_new_name_is_not_overwritten() -> None:
    clone = copy(volumeNamePolicy="PrefixTargetName")
    assert planned(vm(), *FAST, claim("copy-root"), clone).verdict is Verdict.PARTIAL


def test_a_clone_of_a_snapshot_ends_as_that_snapshot() -> None:
    of_snapshot = copy("nightly", SNAPSHOT_GROUP)
    assert planned(vm(), *FAST, snap(), of_snapshot).verdict is Verdict.COMPLETE
    local = storage_class(provisioner="x.example.com/dir")
    plan = planned(local, claim(), vm(), snap(), of_snapshot)
    assert plan.verdict in (Verdict.FAILED, Verdict.STUCK)


def test_a_clone_needs_every_disk() -> None:
    objects = (storage_class(provisioner="example.com/dir"), BOUND, vm(), copy())
    plan = planned(*objects)
    assert plan.verdict is Verdict.STUCK
    assert "cannot be cloned" in plan.reasons[0]
    assert causes(*objects) == {CloneCause.VOLUME_UNSNAPSHOTTABLE}
    assert planned(*objects, kubevirt="1.5").verdict is Verdict.STUCK
    assert planned(*objects, kubevirt="1.4").verdict is Verdict.REJECTED


def test_a_vm_without_disks_is_cloned_without_data() -> None:
    plan = planned(vm(volume("root", containerDisk={"image": "x"})), copy())
    assert plan.verdict is Verdict.EMPTY


@pytest.mark.parametrize(
    ("kubevirt", "verdict"),
    [("1.4.1", Verdict.REJECTED), ("1.5", Verdict.FAILED), ("1.6", Verdict.FAILED)],
)
def test_persistent_state_is_not_cloned(kubevirt: str, verdict: Verdict) -> None:
    source = vm(domain={"devices": {"tpm": {"persistent": True}}})
    assert planned(source, *FAST, copy(), kubevirt=kubevirt).verdict is verdict


def test_a_source_that_does_not_exist_is_waited_for() -> None:
    assert causes(vm(name="db"), copy("bd")) == {CloneCause.SOURCE_MISSING}
    assert planned(vm(name="db"), copy("bd")).verdict is Verdict.STUCK
    assert planned(vm(name="db"), copy("bd"), kubevirt="1.5").verdict is Verdict.STUCK
    assert planned(vm(name="db"), copy("bd"), kubevirt="1.4").verdict is Verdict.REJECTED
    unseen = planned(copy("bd"), complete=frozenset())
    assert unseen.verdict is Verdict.UNKNOWN
    assert unseen.reasons == ('VirtualMachine "bd" is not in the input',)


@pytest.mark.parametrize(
    ("kubevirt", "verdict"), [("1.5", Verdict.REJECTED), ("1.6", Verdict.STUCK)]
)
def test_the_webhook_looks_at_a_snapshot_up_to_1_5(kubevirt: str, verdict: Verdict) -> None:
    of_snapshot = copy("nihgtly", SNAPSHOT_GROUP)
    plan = planned(vm(), *FAST, snap("nightly"), of_snapshot, kubevirt=kubevirt)
    assert plan.verdict is verdict


def test_a_clone_may_make_the_source_of_another() -> None:
    first = copy("web", target="middle")
    second = copy("middle", name="second")
    seen = world([second, first, vm()], complete=frozenset())
    assert seen.copies.blockers(seen.workspace.of(CLONE)[0]) == ()


def test_a_target_that_exists() -> None:
    objects = (vm(), *FAST, copy())
    assert causes(*objects, vm(name="copy")) == {CloneCause.TARGET_EXISTS}
    made = vm(name="copy", metadata={"annotations": {
        "restore.kubevirt.io/lastRestoreUID": "tmp-restore-u1-r1"
    }})  # fmt: skip
    clone = copy(status={"phase": "RestoreInProgress"})
    clone["metadata"]["uid"] = "u1"
    assert causes(vm(), *FAST, clone, made) == set()


@pytest.mark.parametrize(
    ("mac", "cause"),
    [
        ("02-00-00-00-00-01", None),
        ("0200.0000.0001", None),
        ("", None),
        ("${MAC}", None),
        ("02:00:00:00:00:01", CloneCause.MAC_COLONS),
        ("02:00-00:00:00:01", CloneCause.MAC_INVALID),
        ("02-00-00-00-00", CloneCause.MAC_INVALID),
        ("02-00-00-00-00-00-00-01", CloneCause.MAC_INVALID),
        ("0200000000001", CloneCause.MAC_INVALID),
        ("02-00-00-00-00-0G", CloneCause.MAC_INVALID),
    ],
)
def test_new_addresses(mac: str, cause: CloneCause | None) -> None:
    objects = (vm(), *FAST, copy(newMacAddresses={"lan": mac}))
    assert causes(*objects) == ({cause} if cause else set())
    assert causes(*objects, kubevirt="1.3") == set()


@pytest.mark.parametrize(
    ("patch", "verdict"),
    [
        ('{"op": "add", "path": "/spec/template/spec/hostname", "value": "x"}', Verdict.COMPLETE),
        ('{"op": "remove", "path": "/spec/preference"}', Verdict.STUCK),
        ('{"op": "replace", "path": "/spec/runStrategy", "value": "Never"}', Verdict.STUCK),
        (
            '{"op": "replace", "path": "/spec/template/spec/hostname", "value": "a:b"}',
            Verdict.STUCK,
        ),
        ('{"op": "replace", "path": "/metadata/name", "value": "x"}', Verdict.STUCK),
        ('{"op": "remove", "path": "/metadata/labels/app"}', Verdict.COMPLETE),
        ("{op: remove}", Verdict.REJECTED),
        ('{"op": "add", "path": "/spec/x", "value": NaN}', Verdict.REJECTED),
        ("[" * 100_000, Verdict.REJECTED),
        ("[]", Verdict.STUCK),
        ('{"op": "remove"}', Verdict.STUCK),
        ("{{ .Values.patch }}", Verdict.COMPLETE),
    ],
)
def test_patches(patch: str, verdict: Verdict) -> None:
    assert planned(vm(), *FAST, copy(patches=[patch])).verdict is verdict


@pytest.mark.parametrize(
    ("patch", "cause"),
    [
        ('{"op": "remove", "path": "/spec/preference"}', CloneCause.PATCH_INAPPLICABLE),
        ('{"op": "add", "path": "/spec/x", "value": "a:b"}', CloneCause.PATCH_COLON),
        ('{"op": "add", "path": "/status/x", "value": "y"}', CloneCause.PATCH_PATH),
    ],
)
def test_the_restore_of_a_clone_has_its_patches(patch: str, cause: CloneCause) -> None:
    assert causes(vm(), *FAST, copy(patches=[patch])) == {cause}


def test_a_patch_of_what_kubevirt_patches_first_is_not_judged() -> None:
    """A clone empties the MAC addresses, so that there is one to remove."""
    lan = {"name": "lan", "masquerade": {}}
    source = vm()
    source["spec"]["template"]["spec"]["domain"]["devices"]["interfaces"] = [lan]
    path = "/spec/template/spec/domain/devices/interfaces/0/macAddress"
    clone = copy(patches=[f'{{"op": "remove", "path": "{path}"}}'])
    assert CloneCause.PATCH_INAPPLICABLE not in causes(source, *FAST, clone)


def test_a_clone_of_a_snapshot_without_its_content_fails() -> None:
    ready = {"readyToUse": True, "virtualMachineSnapshotContentName": "kept"}
    of_snapshot = copy("nightly", SNAPSHOT_GROUP)
    objects = (vm(), *FAST, snap(status=ready), of_snapshot)
    assert planned(*objects, complete=frozenset(("all",))).verdict is Verdict.FAILED
    kept = content(vm(), saved("root"))
    assert planned(*objects, kept, complete=frozenset()).verdict is Verdict.COMPLETE


def test_a_clone_of_a_snapshot_whose_data_is_gone_waits() -> None:
    """Only what the content does not list makes it fail."""
    ready = {"readyToUse": True, "virtualMachineSnapshotContentName": "kept"}
    kept = content(vm(), saved("root"))
    of_snapshot = copy("nightly", SNAPSHOT_GROUP)
    assert planned(vm(), *FAST, snap(status=ready), kept, of_snapshot).verdict is Verdict.STUCK


@pytest.mark.parametrize("text", ["", "!", "a!", "*b"])
def test_filters(text: str) -> None:
    assert causes(vm(), *FAST, copy(labelFilters=[text])) == {CloneCause.FILTER_SYNTAX}


def test_the_status_of_a_clone_is_quoted() -> None:
    waits = {"conditions": [
        {"type": "Progressing", "status": "False", "reason": "Pending"},
        {"type": "Ready", "status": "False", "reason": "volume root does not support snapshots"},
    ]}  # fmt: skip
    plan = planned(vm(), *FAST, copy(status=waits))
    assert plan.verdict is Verdict.STUCK
    assert "volume root does not support snapshots" in plan.reasons[0]
    assert planned(vm(), *FAST, copy(status={**waits, "phase": "Failed"})).verdict is Verdict.FAILED
    done = copy(status={"phase": "Succeeded", "targetName": "copy"})
    assert planned(vm(), *FAST, vm(name="copy"), done).verdict is Verdict.COMPLETE


def test_a_disabled_gate_rejects_a_clone() -> None:
    gates = {"developerConfiguration": {"disabledFeatureGates": ["Snapshot"]}}
    kubevirt = {
        "apiVersion": "kubevirt.io/v1", "kind": "KubeVirt", "metadata": {"name": "kubevirt"},
        "spec": {"configuration": gates},
    }  # fmt: skip
    assert planned(vm(), *FAST, copy(), kubevirt).verdict is Verdict.REJECTED


@given(JSON, JSON, JSON)
@settings(max_examples=80, deadline=None)
def test_no_field_makes_it_crash(status: Any, spec: Any, field: Any) -> None:
    value = {**copy(), "status": status, "spec": spec}
    conditions = {"conditions": field, "phase": field}
    for clone in (value, copy(status=conditions, patches=field, newMacAddresses=field)):
        seen = world([vm(), *FAST, clone])
        for one in seen.workspace.of(CLONE):
            seen.copies.clone_plan(one)


def test_thousands_of_clones_of_one_vm() -> None:
    volumes = [volume(f"d{number}") for number in range(20)]
    objects = [vm(*volumes), *(claim(f"d{number}") for number in range(20))]
    clones = [copy(target=f"t{number}", name=f"c{number}") for number in range(2_000)]

    def look() -> None:
        seen = world([*objects, storage_class(), snapshot_class(), *clones])
        for clone in seen.workspace.of(CLONE):
            seen.copies.blockers(clone)

    assert quickest(look, 4) <= 4
