"""A claim that names no class gets the one that admission would give it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import (
    claim,
    data_volume,
    snap,
    storage_class,
    the_plan,
    vm,
    volume,
)

K8S = "storageclass.kubernetes.io/is-default-class"
VIRT = "storageclass.kubevirt.io/is-default-virt-class"
OLD, YOUNG = "2024-01-01T00:00:00Z", "2026-01-01T00:00:00Z"


def marked(name: str, *keys: str, value: str = "true", age: str = "") -> dict[str, Any]:
    metadata: dict[str, Any] = {"annotations": dict.fromkeys(keys, value)}
    if age:
        metadata["creationTimestamp"] = age
    return storage_class(name, metadata=metadata)


def given_class(*objects: dict[str, Any], complete: tuple[str, ...] = ()) -> str | None:
    plan = the_plan(snap(), *objects, complete=frozenset(complete))
    return plan.volumes[0].storage_class


PVC = (vm(), claim(cls=None))
DV = (vm(volume("root", dataVolume={"name": "root"})), data_volume(cls=None))


@pytest.mark.parametrize("disk", [PVC, DV], ids=["claim", "DataVolume"])
def test_the_default_of_kubernetes_is_taken(disk: tuple[dict[str, Any], ...]) -> None:
    assert given_class(*disk, marked("a"), marked("b", K8S)) == "b"


def test_the_old_mark_counts_for_claims_that_kubernetes_completes() -> None:
    old = marked("b", "storageclass.beta.kubernetes.io/is-default-class")
    assert given_class(*PVC, marked("a"), old) == "b"
    assert given_class(*DV, marked("a"), old) is None


def test_the_default_of_cdi_comes_first_for_data_volumes_alone() -> None:
    both = (marked("a", K8S), marked("b", VIRT))
    assert given_class(*DV, *both) == "b"
    assert given_class(*PVC, *both) == "a"


@pytest.mark.parametrize(
    "near_miss",
    [
        marked("a", K8S, value="True"),
        marked("a", "storageclass.cdi.kubevirt.io/is-default-virt-class"),
        marked("a", "storageclass.kubernetes.io/default-class"),
        marked("a", "storageclass.beta.kubernetes.io/is-default-virt-class"),
    ],
)
def test_a_mark_that_only_looks_like_one_is_none(near_miss: dict[str, Any]) -> None:
    assert given_class(*DV, near_miss) is None


def test_of_several_the_youngest_is_taken() -> None:
    assert given_class(*PVC, marked("a", K8S, age=OLD), marked("b", K8S, age=YOUNG)) == "b"
    assert given_class(*PVC, marked("b", K8S, age=OLD), marked("a", K8S, age=OLD)) == "a"


def test_of_several_whose_age_is_not_known_none_is() -> None:
    both = (marked("b", K8S), marked("a", K8S))
    assert given_class(*PVC, *both) is None
    assert given_class(*PVC, *both, complete=("StorageClass",)) == "a"


def test_a_bound_claim_keeps_what_it_has() -> None:
    bound = claim(cls=None, status={"phase": "Bound"})
    assert given_class(vm(), bound, marked("a", K8S)) is None
