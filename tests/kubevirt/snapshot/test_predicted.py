"""What becomes of a snapshot: the controller's rules, case by case and release by release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.builders import (
    DEFAULT,
    claim,
    content,
    data_volume,
    kubevirt_cr,
    pod,
    profile,
    snap,
    snapshot_class,
    storage_class,
    template,
    the_plan,
    vm,
    vmi,
    volume,
    world,
)
from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.kubevirt.world import World

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan

BASE = (storage_class(), snapshot_class(), snap())
TPM = {"devices": {"tpm": {"persistent": True}}}
EFI = {"devices": {}, "firmware": {"bootloader": {"efi": {"persistent": True}}}}
STATE = claim(
    "persistent-state-for-web-x7k2p", metadata={"labels": {"persistent-state-for": "web"}}
)
CD = volume("cd", containerDisk={"image": "fedora"})


def taken(plan: SnapshotPlan) -> dict[str, str | None]:
    return {one.name: one.snapshot_class for one in plan.volumes if one.included}


def left(plan: SnapshotPlan) -> set[str]:
    return {one.name for one in plan.volumes if one.included is False}


def bound(**rest: Any) -> dict[str, Any]:
    return claim(status={"phase": "Bound"}, **rest)


COMPLETE = {
    "a claim and its class": (vm(), claim()),
    "a Block claim for many nodes": (
        vm(), claim(spec={"volumeMode": "Block", "accessModes": ["ReadWriteMany"]}),
    ),
    "a claim that is mounted read-only": (
        vm(volume("root", persistentVolumeClaim={"claimName": "root", "readOnly": True})), claim(),
    ),
    "a hot-plugged DataVolume": (
        vm(volume("root", dataVolume={"name": "root", "hotpluggable": True})), data_volume(),
    ),
    "a template": (
        vm(volume("root", dataVolume={"name": "root"}), dataVolumeTemplates=[template()]),
    ),
    "a claim that uses a template": (vm(dataVolumeTemplates=[template()]),),
    "an import that has succeeded": (
        vm(volume("root", dataVolume={"name": "root"})), data_volume(status={"phase": "Succeeded"}),
    ),
    "a DataVolume that was collected": (vm(volume("root", dataVolume={"name": "root"})), bound()),
    "running: true without a VMI": (vm(running=True), claim()),
    "a VMI": (vm(strategy="Always"), claim(), vmi()),
    "a VMI that has failed, its pod still there": (
        vm(strategy="RerunOnFailure"), claim(), vmi(phase="Failed"),
        pod("root", phase="Failed"),
    ),
    "a pod that has succeeded": (vm(), claim(), pod("root", phase="Succeeded")),
    "a pod with another claim": (vm(), claim(), pod("other")),
    "a class that binds at first use": (vm(), claim()),
    "a claim that another VM mounts": (vm(), claim(), vm(name="db")),
    "a lock of a snapshot that exists": (vm(status={"snapshotInProgress": "nightly"}), claim()),
}  # fmt: skip


@pytest.mark.parametrize("objects", COMPLETE.values(), ids=COMPLETE.keys())
def test_all_disks_are_in_the_snapshot(objects: tuple[dict[str, Any], ...]) -> None:
    plan = the_plan(*BASE, *objects)
    assert plan.verdict is Verdict.COMPLETE, plan.reasons
    assert taken(plan) == {"root": "snap"}


STUCK = {
    "no DataVolume": (vm(volume("root", dataVolume={"name": "gone"})), claim()),
    "no claim": (vm(volume("root", "rot")), claim()),
    "a claim in another namespace": (vm(), claim(metadata={"namespace": "other"})),
    "a claim that is lost": (vm(), claim(status={"phase": "Lost"})),
    "a claim that is being deleted": (
        vm(), bound(metadata={"deletionTimestamp": "2026-05-01T10:00:00Z"}),
    ),
    "a claim whose class has no snapshots, but that is not bound": (
        vm(), claim(cls="gone", status={"phase": "Pending"}),
    ),
    "an import that waits for its first consumer": (
        vm(volume("root", dataVolume={"name": "root"})),
        data_volume(status={"phase": "WaitForFirstConsumer"}),
    ),
    "a claim whose DataVolume is gone": (
        vm(),
        bound(metadata={"ownerReferences": [
            {"kind": "DataVolume", "name": "root", "controller": True},
        ]}),
    ),
    "persistent EFI that was never started": (vm(domain=EFI), claim()),
    "a pod that has failed": (vm(), claim(), pod("root", phase="Failed")),
    "a pod that is pending": (vm(running=True), claim(), pod("root", phase="Pending")),
    "a lock that was left behind": (vm(status={"snapshotInProgress": "older"}), claim()),
    "no VM": (vm(name="other"), claim()),
    "the VM in another namespace": (vm(metadata={"namespace": "other"}), claim()),
}  # fmt: skip


@pytest.mark.parametrize("objects", STUCK.values(), ids=STUCK.keys())
def test_the_snapshot_waits_until_its_deadline(objects: tuple[dict[str, Any], ...]) -> None:
    plan = the_plan(*BASE, *objects)
    assert plan.verdict is Verdict.STUCK
    assert plan.reasons != ()


def test_an_empty_name_is_that_of_no_vm() -> None:
    assert the_plan(snap(source=""), vm(name=""), claim()).verdict is Verdict.STUCK


def owned(name: str, **owner: Any) -> dict[str, Any]:
    reference = {"kind": "DataVolume", "name": name, "uid": "u", "controller": True, **owner}
    return bound(metadata={"ownerReferences": [reference]})


@pytest.mark.parametrize(
    ("pvc", "verdict"),
    [
        (bound(), Verdict.COMPLETE),
        (owned("import"), Verdict.STUCK),
        (owned("import", controller=False), Verdict.COMPLETE),
        (owned("import", kind="VirtualMachine"), Verdict.COMPLETE),
        (owned("done"), Verdict.COMPLETE),
    ],
)
def test_the_data_volume_that_controls_a_claim_must_succeed(
    pvc: dict[str, Any], verdict: Verdict
) -> None:
    importing = data_volume("import", status={"phase": "ImportInProgress"})
    same_name = data_volume(status={"phase": "ImportInProgress"})
    done = data_volume("done", status={"phase": "Succeeded"})
    objects = (*BASE, vm(), pvc, importing, same_name, done)
    assert the_plan(*objects).verdict is verdict


def test_of_two_snapshots_each_gets_its_turn() -> None:
    objects = (*BASE, snap("hourly"), vm(status={"snapshotInProgress": "hourly"}), claim())
    for name in ("nightly", "hourly"):
        assert the_plan(*objects, snapshot=name).verdict is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("deadline", "verdict"),
    [("0", Verdict.COMPLETE), ("0s", Verdict.COMPLETE), ("1s", Verdict.COMPLETE),
     ("-1s", Verdict.STUCK), ("1ms", Verdict.STUCK), ("5", Verdict.REJECTED)],
)  # fmt: skip
def test_a_deadline_of_nothing_is_none(deadline: str, verdict: Verdict) -> None:
    objects = (storage_class(), snapshot_class(), vm(), claim())
    assert the_plan(*objects, snap(failureDeadline=deadline)).verdict is verdict


LOST = {
    "class is empty": claim(cls=""),
    "class was never set": claim(cls=None, status={"phase": "Bound"}),
    "class does not exist": claim(cls="gone"),
    "driver has no snapshot class": claim(cls="nfs"),
    "provisioner is no CSI driver": claim(cls="local-path"),
}


@pytest.mark.parametrize("data", LOST.values(), ids=LOST.keys())
def test_a_disk_is_left_out_in_silence(data: dict[str, Any]) -> None:
    data = {**data, "metadata": {"name": "data"}}
    more = (
        storage_class("nfs", "nfs.csi.k8s.io"),
        storage_class("local-path", "rancher.io/local-path"),
    )
    plan = the_plan(*BASE, *more, vm(volume("root"), volume("data"), CD), claim(), data)
    assert plan.verdict is Verdict.PARTIAL
    assert taken(plan) == {"root": "snap"}
    assert left(plan) == {"data", "cd"}


def test_a_snapshot_without_any_disk_is_partial_too() -> None:
    plan = the_plan(*BASE, vm(), claim(cls="gone"))
    assert plan.verdict is Verdict.PARTIAL


def test_volumes_that_are_no_claims_do_not_make_it_partial() -> None:
    others: dict[str, Any] = {
        "cloudInitNoCloud": {"userData": "x"}, "configMap": {"name": "c"},
        "containerDisk": {"image": "i"},
        "emptyDisk": {"capacity": "1Gi"}, "hostDisk": {"path": "/d", "type": "Disk"},
        "ephemeral": {"persistentVolumeClaim": {"claimName": "base"}},
        "secret": {"secretName": "s"},
        "sysprep": {"configMap": {"name": "c"}}, "serviceAccount": {"serviceAccountName": "a"},
    }  # fmt: skip
    volumes = [volume(kind.lower(), **{kind: source}) for kind, source in others.items()]
    plan = the_plan(*BASE, vm(volume("root"), *volumes), claim())
    assert plan.verdict is Verdict.COMPLETE
    assert left(plan) == {kind.lower() for kind in others}
    assert the_plan(*BASE, vm(*volumes)).verdict is Verdict.EMPTY


def test_two_volumes_on_one_claim_are_two_volume_snapshots() -> None:
    again = volume("again", "root")
    assert taken(the_plan(*BASE, vm(volume("root"), again), claim())) == {
        "root": "snap", "again": "snap",
    }  # fmt: skip


def test_the_profile_wins_whatever_its_driver_which_then_refuses() -> None:
    objects = (*BASE, snapshot_class("nfs", "nfs.csi.k8s.io"), vm(), claim())
    plan = the_plan(*objects, profile(status={"snapshotClass": "nfs"}))
    assert plan.verdict is Verdict.STUCK
    assert taken(plan) == {"root": "nfs"}


def test_a_profile_without_its_class_leaves_the_disk_out() -> None:
    plan = the_plan(*BASE, vm(), claim(), profile(status={"snapshotClass": "gone"}))
    assert plan.verdict is Verdict.PARTIAL


def test_up_to_1_4_0_no_profile_is_read() -> None:
    objects = (*BASE, vm(), claim(), profile(status={"snapshotClass": "gone"}))
    for kubevirt in ("1.2", "1.3", "1.4.0"):
        assert taken(the_plan(*objects, kubevirt=kubevirt)) == {"root": "snap"}
    for kubevirt in ("1.4.1", "1.5.0", "1.9"):
        assert taken(the_plan(*objects, kubevirt=kubevirt)) == {}


@pytest.mark.parametrize("value", ["true", "false", ""])
def test_of_several_classes_the_annotated_one_is_taken(value: str) -> None:
    more = snapshot_class("marked", annotations={DEFAULT: value})
    assert taken(the_plan(*BASE, more, vm(), claim())) == {"root": "marked"}


def test_several_classes_without_a_mark_are_an_error() -> None:
    plan = the_plan(*BASE, snapshot_class("other"), vm(), claim())
    assert plan.verdict is Verdict.STUCK
    assert "2 VolumeSnapshotClasses fit" in plan.reasons[0]


@pytest.mark.parametrize(
    "faulty",
    [
        (vm(), claim(status={"phase": "Pending"})),
        (vm(volume("root", "gone")), claim()),
    ],
)
def test_up_to_1_4_what_is_not_bound_is_left_out(faulty: tuple[dict[str, Any], ...]) -> None:
    for kubevirt in ("1.0", "1.3", "1.4.0", "1.4"):
        assert the_plan(*BASE, *faulty, kubevirt=kubevirt).verdict is Verdict.PARTIAL
    for kubevirt in ("1.5.0", "1.7", "1.9"):
        assert the_plan(*BASE, *faulty, kubevirt=kubevirt).verdict is Verdict.STUCK


def test_a_dying_claim_is_used_up_to_1_7_0() -> None:
    objects = (*BASE, vm(), bound(metadata={"deletionTimestamp": "2026-05-01T10:00:00Z"}))
    assert the_plan(*objects, kubevirt="1.7.0").verdict is Verdict.COMPLETE
    assert the_plan(*objects, kubevirt="1.7.1").verdict is Verdict.STUCK


@pytest.mark.parametrize("domain", [TPM, EFI], ids=["TPM", "EFI"])
def test_persistent_state_is_refused_then_saved(domain: dict[str, Any]) -> None:
    objects = (*BASE, vm(domain=domain), claim(), STATE)
    assert the_plan(*objects, kubevirt="1.4.0").verdict is Verdict.REJECTED
    for kubevirt in ("1.4.1", "1.5.0", "1.9"):
        assert taken(the_plan(*objects, kubevirt=kubevirt)) == {
            "root": "snap", "persistent-state-for-web": "snap",
        }  # fmt: skip


def test_persistent_efi_is_refused_from_1_1_on() -> None:
    objects = (*BASE, vm(domain=EFI), claim())
    assert the_plan(*objects, kubevirt="1.0").verdict is Verdict.UNKNOWN  # has no such field
    assert the_plan(*objects, kubevirt="1.1").verdict is Verdict.REJECTED


def test_an_unbound_state_claim_is_left_out_in_1_4_1_and_waited_for_in_1_5() -> None:
    state = {**STATE, "status": {"phase": "Pending"}}
    objects = (*BASE, vm(domain=TPM), claim(), state)
    assert left(the_plan(*objects, kubevirt="1.4.1")) == {"persistent-state-for-web"}
    assert the_plan(*objects, kubevirt="1.4.1").verdict is Verdict.PARTIAL
    assert the_plan(*objects, kubevirt="1.5.0").verdict is Verdict.STUCK


def test_tracked_blocks_need_a_state_claim_from_1_7_on() -> None:
    tracked = vm(status={"changedBlockTracking": {"state": "Enabled"}})
    assert the_plan(*BASE, tracked, claim(), kubevirt="1.6").verdict is Verdict.COMPLETE
    assert the_plan(*BASE, tracked, claim(), kubevirt="1.7").verdict is Verdict.STUCK
    assert taken(the_plan(*BASE, tracked, claim(), STATE)).keys() == {
        "root", "persistent-state-for-web",
    }  # fmt: skip


def test_a_memory_dump_is_saved_from_0_55_on() -> None:
    dump = volume("dump", memoryDump={"claimName": "dump"})
    objects = (*BASE, vm(volume("root"), dump), claim(), claim("dump"))
    assert taken(the_plan(*objects, kubevirt="0.54")).keys() == {"root"}
    assert taken(the_plan(*objects, kubevirt="0.55")).keys() == {"root", "dump"}


@pytest.mark.parametrize("running", [{"running": True}, {"strategy": "Manual"}])
def test_up_to_0_40_only_halted_vms_are_admitted(running: dict[str, Any]) -> None:
    objects = (snap(), storage_class(),
               snapshot_class(), vm(**running), claim(), vmi())  # fmt: skip
    assert the_plan(*objects, kubevirt="0.40").verdict is Verdict.REJECTED
    assert the_plan(*objects, kubevirt="0.41").verdict is Verdict.COMPLETE


def test_what_nobody_can_tell_is_no_verdict() -> None:
    nothing: frozenset[str] = frozenset()
    plan = the_plan(snap(), vm(), claim(), complete=nothing)
    assert plan.verdict is Verdict.UNKNOWN
    assert plan.volumes[0].included is None


def test_what_the_input_cannot_tell_the_status_of_the_vm_may() -> None:
    no = {"name": "data", "enabled": False, "reason": "PVC not found"}
    seen = {"volumeSnapshotStatuses": [{"name": "root", "enabled": True}, no]}
    objects = (snap(), vm(volume("root"), volume("data"), status=seen))
    plan = the_plan(*objects, complete=frozenset())
    assert left(plan) == {"data"}
    assert "PVC not found" in plan.volumes[1].reason
    assert left(the_plan(*objects, complete=frozenset(), kubevirt="0.34")) == set()


def test_what_the_input_tells_is_not_overruled_by_the_status_of_the_vm() -> None:
    seen = {"volumeSnapshotStatuses": [{"name": "root", "enabled": False, "reason": "stale"}]}
    plan = the_plan(*BASE, vm(status=seen), claim())
    assert taken(plan) == {"root": "snap"}
    assert plan.verdict is Verdict.UNKNOWN  # as vm-volume-unsnapshottable warns of it
    assert "stale" in plan.reasons[0]
    allowed = {"volumeSnapshotStatuses": [{"name": "root", "enabled": True}]}
    assert the_plan(*BASE, vm(status=allowed), claim()).verdict is Verdict.COMPLETE


POOL: dict[str, Any] = {
    "apiVersion": "pool.kubevirt.io/v1beta1", "kind": "VirtualMachinePool",
    "metadata": {"name": "web"}, "spec": {"replicas": 2, "virtualMachineTemplate": {}},
}  # fmt: skip


def test_a_vm_that_a_pool_makes_is_not_missing() -> None:
    """Its name ends in a number; which volumes it has is not known."""
    lone = (vm(name="db"), claim())
    plan = the_plan(*BASE[:2], snap(source="web-1"), *lone, POOL, complete=frozenset())
    assert plan.verdict is Verdict.UNKNOWN
    for source in ("web-x", "wob-1"):
        plan = the_plan(*BASE[:2], snap(source=source), *lone, POOL)
        assert plan.verdict is not Verdict.UNKNOWN


def test_a_plan_of_a_vm_without_a_snapshot_knows_the_feature_gate() -> None:
    for release, verdict in (("1.8", Verdict.REJECTED), ("1.9", Verdict.COMPLETE)):
        seen = world((*BASE, vm(), claim(), kubevirt_cr("Sidecar")), release)
        (machine,) = seen.workspace.of(VM)
        plan = seen.preview_plan(machine)
        assert (plan.source, plan.verdict) == ("web", verdict)
        assert any("Snapshot" in reason for reason in plan.reasons) == (release == "1.8")


# --- what check tells counts for the verdict

CEPH = {
    "clusterID": "a",
    "csi.storage.k8s.io/snapshotter-secret-name": "s",
    "csi.storage.k8s.io/snapshotter-secret-namespace": "ceph",
}
HETZNER = ("csi.hetzner.cloud", "csi.hetzner.cloud")
FAULTS = {
    "a driver without snapshots, with a class": (
        (storage_class(provisioner=HETZNER[0]), snapshot_class(driver=HETZNER[1]), vm(), claim()),
        Verdict.STUCK,
    ),
    "a driver without documented snapshots": (
        (storage_class(provisioner="HX-CSI"), snapshot_class(driver="HX-CSI"), vm(), claim()),
        Verdict.UNKNOWN,
    ),
    "a class without its secret": (
        (storage_class(), {**snapshot_class(), "parameters": {"clusterID": "a"}}, vm(), claim()),
        Verdict.STUCK,
    ),
    "a class of another Ceph cluster": (
        (
            storage_class(parameters={"clusterID": "b"}),
            {**snapshot_class(), "parameters": CEPH}, vm(), claim(),
        ),
        Verdict.STUCK,
    ),
    "a class of the same Ceph cluster": (
        (
            storage_class(parameters={"clusterID": "a"}),
            {**snapshot_class(), "parameters": CEPH}, vm(), claim(),
        ),
        Verdict.COMPLETE,
    ),
    "a claim that the first start binds": (
        (storage_class(volumeBindingMode="WaitForFirstConsumer"), snapshot_class(), vm(), claim()),
        Verdict.STUCK,
    ),
    "a claim that an earlier start has bound": (
        (
            storage_class(volumeBindingMode="WaitForFirstConsumer"), snapshot_class(),
            vm(volume("root"), volume("data")), claim("data"), bound(),
        ),
        Verdict.COMPLETE,
    ),
    "a VM that is being deleted": (
        (
            storage_class(), snapshot_class(), claim(),
            vm(metadata={"deletionTimestamp": "2026-05-01T10:00:00Z"}),
        ),
        Verdict.STUCK,
    ),
    "a VM that the API server rejects": (
        (storage_class(), snapshot_class(), claim(), {**vm(), "spce": {}}),
        Verdict.UNKNOWN,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("objects", "verdict"), FAULTS.values(), ids=FAULTS.keys())
def test_a_known_fault_makes_it_stuck_and_a_doubt_unknown(
    objects: tuple[dict[str, Any], ...], verdict: Verdict
) -> None:
    plan = the_plan(*objects, snap())
    assert plan.verdict is verdict, plan.reasons
    assert bool(plan.reasons) is (verdict is not Verdict.COMPLETE)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [("windows.11", Verdict.PARTIAL), ("windows.10", Verdict.COMPLETE), ("ours", Verdict.UNKNOWN)],
)
def test_state_that_a_preference_asks_for_is_not_saved(name: str, verdict: Verdict) -> None:
    machine = vm()
    machine["spec"]["preference"] = {"name": name}
    plan = the_plan(*BASE, machine, claim())
    assert plan.verdict is verdict
    assert taken(plan) == {"root": "snap"}


@pytest.mark.parametrize(
    ("strategy", "verdict"),
    [("Halted", Verdict.COMPLETE), ("Manual", Verdict.UNKNOWN), ("Always", Verdict.STUCK)],
)
def test_a_claim_of_another_vm_that_runs_cannot_be_locked(strategy: str, verdict: Verdict) -> None:
    objects = (*BASE, vm(), claim(), vm(name="db", strategy=strategy))
    assert the_plan(*objects, complete=frozenset(("PersistentVolumeClaim",))).verdict is verdict


def test_the_newest_state_claim_that_is_kept_counts() -> None:
    def state(name: str, created: str, **metadata: str) -> dict[str, Any]:
        labels = {"persistent-state-for": "web"}
        times = {"creationTimestamp": f"2026-05-0{created}T10:00:00Z", **metadata}
        return bound(name=name, metadata={"labels": labels, **times})

    dying = state("c", "3", deletionTimestamp="2026-05-04T10:00:00Z")
    objects = (*BASE, vm(domain=TPM), claim(), state("b", "2"), state("a", "1"), dying)
    plan = the_plan(*objects)
    assert plan.verdict is Verdict.COMPLETE, plan.reasons
    assert {one.claim for one in plan.volumes} == {"root", "b"}


def test_what_is_unknown_stands_beside_what_is_missing() -> None:
    some = frozenset(("StorageClass",))
    machine = vm(volume("root"), volume("data"))
    plan = the_plan(*BASE, machine, claim(cls="gone"), complete=some)
    assert plan.verdict is Verdict.UNKNOWN
    assert any('"gone"' in reason for reason in plan.reasons)
    assert any('"data"' in reason for reason in plan.reasons)


def test_a_data_volume_that_cdi_rejects_is_a_doubt() -> None:
    root, of_two = vm(volume("root", dataVolume={"name": "root"})), data_volume()
    of_two["spec"]["source"]["http"] = {"url": "https://images.example/root.img"}
    plan = the_plan(*BASE, root, of_two)
    assert plan.verdict is Verdict.UNKNOWN
    assert "several sources" in plan.reasons[0]
    assert the_plan(*BASE, root, data_volume()).verdict is Verdict.COMPLETE


def test_a_reason_is_told_once() -> None:
    web = vm(volume("root", dataVolume={"name": "root"}), dataVolumeTemplates=[template()])
    local = storage_class(provisioner="rancher.io/local-path")
    plan = the_plan(local, snapshot_class(), snap(), web, complete=frozenset())
    assert plan.verdict is Verdict.UNKNOWN
    assert "has no accessModes" in plan.reasons[0]
    assert "is left out" in plan.reasons[0]
    assert len(set(plan.reasons)) == len(plan.reasons)


def test_the_rejection_of_a_vm_is_told_in_one_sentence() -> None:
    web = vm(volume("root", "root"), domain={"devices": {"disks": [{"name": "rot", "disk": {}}]}})
    plan = the_plan(*BASE, web, claim())
    assert plan.verdict is Verdict.UNKNOWN
    (reason,) = plan.reasons
    assert reason.endswith('by the API server: no volume is named "rot" (did you mean "root"?)')


def test_a_disk_that_is_left_out_is_not_made_unknown_by_a_doubt() -> None:
    local = storage_class(provisioner="rancher.io/local-path")
    web = vm()
    web["spec"]["preference"] = {"kind": "VirtualMachinePreference", "name": "mine"}
    plan = the_plan(local, snapshot_class(), snap(), web, claim(), complete=frozenset())
    assert plan.verdict is Verdict.PARTIAL
    assert "is left out" in plan.reasons[0]
    assert 'VirtualMachinePreference "mine"' in plan.reasons[-1]


def test_what_kustomize_may_still_add_rejects_nothing() -> None:
    web = vm()
    del web["spec"]["template"]["spec"]["domain"]
    as_written = world((*BASE, web, claim()))
    (nightly,) = as_written.workspace.of(SNAPSHOT)
    assert "domain is missing" in as_written.plan(nightly).reasons[0]
    (source,) = as_written.workspace.of(VM)
    later = World(Cluster(as_written.workspace, rendered_later=frozenset({source.file})))
    assert later.plan(nightly).verdict is Verdict.COMPLETE


@pytest.mark.parametrize(
    ("gates", "verdict"),
    [(("Snapshot",), Verdict.UNKNOWN), (("Snapshot", "HostDisk"), Verdict.COMPLETE)],
)
def test_a_vm_that_a_gate_rejects_is_a_doubt(gates: tuple[str, ...], verdict: Verdict) -> None:
    disk = volume("local", hostDisk={"path": "/x", "type": "Disk"})
    objects = (*BASE, vm(volume("root"), disk), claim(), kubevirt_cr(*gates, version="1.8.0"))
    plan = the_plan(*objects, kubevirt="1.8.0")
    assert plan.verdict is verdict
    assert len(plan.reasons) == (verdict is Verdict.UNKNOWN)


def test_a_content_that_lacks_its_data_counts_without_a_status() -> None:
    entry = {
        "volumeName": "root", "volumeSnapshotName": "vs-root",
        "persistentVolumeClaim": {"metadata": {"name": "root"}, "spec": {}},
    }  # fmt: skip
    plan = the_plan(*BASE, vm(), claim(), content(vm(), entry))
    assert plan.verdict is Verdict.PARTIAL
    assert 'no VolumeSnapshot "vs-root"' in plan.reasons[0]
