"""Drivers for LVM: which StorageClasses have snapshots."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import claim, snap, snapshot_class, storage_class, the_plan, vm
from vmsnap_lint.kubevirt.verdict import Verdict

TOPOLVM, LINSTOR = "topolvm.io", "linstor.csi.linbit.com"
KEYS = {TOPOLVM: "topolvm.io/device-class", LINSTOR: f"{LINSTOR}/storagePool"}


def _lvms(device_class: object) -> dict[str, Any]:
    return {
        "apiVersion": "lvm.topolvm.io/v1alpha1",
        "kind": "LVMCluster",
        "metadata": {"name": "lvm"},
        "spec": {"storage": {"deviceClasses": [device_class]}},
    }


def _linstor(pool: object) -> dict[str, Any]:
    return {
        "apiVersion": "piraeus.io/v1",
        "kind": "LinstorSatelliteConfiguration",
        "metadata": {"name": "pools"},
        "spec": {"storagePools": [pool]},
    }


def _verdict(
    driver: str, *owners: dict[str, Any], name: str = "fast", pool: str = "vg1"
) -> Verdict:
    parameters = {KEYS[driver]: pool} if pool else {}
    return the_plan(
        snap(), vm(), claim(cls=name, status={"phase": "Bound"}),
        storage_class(name, driver, parameters=parameters),
        snapshot_class("lvm", driver), *owners,
    ).verdict  # fmt: skip


@pytest.mark.parametrize(
    ("driver", "owner", "verdict"),
    [
        (TOPOLVM, _lvms({"name": "vg1"}), Verdict.STUCK),
        (TOPOLVM, _lvms({"name": "vg1", "thinPoolConfig": {"name": "t"}}), Verdict.COMPLETE),
        (TOPOLVM, _lvms({"name": "vg2"}), Verdict.COMPLETE),
        (LINSTOR, _linstor({"name": "vg1", "lvmPool": {}}), Verdict.STUCK),
        (LINSTOR, _linstor({"name": "vg1", "lvmThinPool": {}}), Verdict.COMPLETE),
        (LINSTOR, _linstor({"name": "vg1", "zfsPool": {}}), Verdict.COMPLETE),
        (LINSTOR, _linstor({"name": "other", "lvmPool": {}}), Verdict.COMPLETE),
    ],
)
def test_thick_volumes_are_never_snapshotted(
    driver: str, owner: dict[str, Any], verdict: Verdict
) -> None:
    assert _verdict(driver, owner) is verdict


def test_lvms_names_its_classes_after_the_device_class() -> None:
    thick = _lvms({"name": "vg1"})
    assert _verdict(TOPOLVM, thick, name="lvms-vg1", pool="") is Verdict.STUCK


def test_one_node_with_a_thin_pool_may_be_the_one() -> None:
    pools = _linstor({"name": "vg1", "lvmPool": {}}), _linstor({"name": "vg1", "zfsPool": {}})
    assert _verdict(LINSTOR, *pools) is Verdict.COMPLETE
    assert _verdict(LINSTOR, pools[0], pool="${POOL}") is Verdict.COMPLETE


def test_a_class_that_lvms_makes_need_not_be_in_the_input() -> None:
    def reasons(device_class: dict[str, Any]) -> str:
        objects = snap(), vm(), claim(cls="lvms-vg1", status={"phase": "Bound"})
        plan = the_plan(*objects, _lvms(device_class), complete=frozenset())
        assert plan.verdict is Verdict.UNKNOWN
        return " ".join(volume.reason for volume in plan.volumes) + " ".join(plan.reasons)

    assert "thick LVM" in reasons({"name": "vg1"})
    assert "thick LVM" not in reasons({"name": "vg1", "thinPoolConfig": {}})
    assert "thick LVM" not in reasons({"name": "vg2"})


_ANY = st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)


@given(_ANY | st.dictionaries(st.sampled_from(["name", "lvmPool"]), _ANY))
def test_no_type_makes_it_fail(entry: object) -> None:
    _verdict(TOPOLVM, _lvms(entry))
    _verdict(LINSTOR, _linstor(entry))
