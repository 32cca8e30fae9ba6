"""A PVC and a DataVolume of one name: CDI takes the PVC over, or rejects the DataVolume."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import claim, data_volume, snap, the_plan, vm, volume
from vmsnap_lint.kubevirt.verdict import Verdict

WEB = vm(volume("root", dataVolume={"name": "root"}))
OWNER = {"kind": "DataVolume", "name": "root", "controller": True}
CDI = {
    "apiVersion": "cdi.kubevirt.io/v1beta1",
    "kind": "CDI",
    "metadata": {"name": "cdi"},
    "spec": {"config": {"featureGates": ["DataVolumeClaimAdoption"]}},
}
HCO = {"apiVersion": "hco.kubevirt.io/v1beta1", "kind": "HyperConverged", "metadata": {"name": "h"}}


def _named(one: dict[str, Any], **annotations: str) -> dict[str, Any]:
    of_cdi = {f"cdi.kubevirt.io/{key}": value for key, value in annotations.items()}
    return {**one, "metadata": {**one["metadata"], "annotations": of_cdi}}


def _told(*objects: dict[str, Any]) -> bool:
    plan = the_plan(WEB, snap(), *objects)
    told = any("already exists" in reason for reason in plan.reasons)
    told = told or any("already exists" in one.reason for one in plan.volumes)
    assert not (told and plan.verdict is Verdict.COMPLETE)
    return told


def test_a_pvc_that_nobody_made_keeps_the_datavolume_out() -> None:
    assert _told(claim(), data_volume())


@pytest.mark.parametrize(
    "objects",
    [
        (claim(metadata={"ownerReferences": [OWNER]}), data_volume()),
        (claim(), _named(data_volume(), allowClaimAdoption="true")),
        (_named(claim(), **{"storage.populatedFor": "root"}), data_volume()),
        (claim(), data_volume(), CDI),
        (claim(), data_volume(), HCO),
        (claim(status={"phase": "Bound"}), data_volume()),
        (claim(), {**data_volume(), "status": {"phase": "Succeeded"}}),
    ],
)
def test_one_that_is_its_own_or_may_be_taken_over_does_not(
    objects: tuple[dict[str, Any], ...],
) -> None:
    assert not _told(*objects)


@pytest.mark.parametrize("value", ["false", "yes", ""])
def test_the_annotation_stands_above_the_gate(value: str) -> None:
    assert _told(claim(), _named(data_volume(), allowClaimAdoption=value), CDI)
