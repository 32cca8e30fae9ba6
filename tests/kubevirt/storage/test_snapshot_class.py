"""KubeVirt's choice of a snapshot class, held against a plain writing-down of its algorithm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import (
    DEFAULT,
    RBD,
    profile,
    snapshot_class,
    storage_class,
    world,
)
from vmsnap_lint.core.kinds import STORAGE_CLASS
from vmsnap_lint.kubevirt.storage import StorageCause
from vmsnap_lint.kubevirt.storage.snapshot_class import choose

if TYPE_CHECKING:
    from vmsnap_lint.kubevirt.storage import Choice

Object = dict[str, Any]

DRIVERS = (RBD, "cephfs.csi.ceph.com", "driver.longhorn.io")
few = settings(max_examples=60, deadline=None)
marks = st.sampled_from([None, {}, {DEFAULT: "true"}, {DEFAULT: "false"}])
classes = st.lists(
    st.builds(snapshot_class, st.sampled_from("abcdef"), st.sampled_from(DRIVERS), marks),
    max_size=5,
    unique_by=lambda one: one["metadata"]["name"],
)
profiles = st.sampled_from([
    [], [profile()], [profile(status={"snapshotClass": ""})],
    [profile(spec={"snapshotClass": "a"})], [profile(status={"snapshotClass": "a"})],
    [profile(status={"snapshotClass": "zz"})],
])  # fmt: skip
releases = st.sampled_from(["0.58", "1.3", "1.4.0", "1.4.1", "1.5.0", "1.9"])


def chosen(objects: list[Object], kubevirt: str = "1.9", **more: Any) -> Choice:
    seen = world([storage_class(), *objects], kubevirt, **more)
    (near,) = seen.workspace.of(STORAGE_CLASS)
    return choose(seen.cluster, "fast", near)


def decision(choice: Choice) -> tuple[str | None, bool | None, bool]:
    return choice.snapshot_class, choice.included, choice.blocks


def by_the_book(objects: list[Object], kubevirt: str) -> tuple[set[str], bool]:
    """The classes that may be taken, and whether the controller makes an error of it."""
    held = {one["metadata"]["name"]: one for one in objects if one["kind"] != "StorageProfile"}
    reads_profile = kubevirt in ("1.4.1", "1.5.0", "1.9")
    for one in objects if reads_profile else ():
        named = one.get("status", {}).get("snapshotClass", "")
        if named:
            return {named} & set(held), False
    matching = {name for name, one in held.items() if one["driver"] == RBD}
    if len(matching) < 2:
        return matching, False
    keyed = {name for name in matching if DEFAULT in held[name]["metadata"].get("annotations", {})}
    return keyed, not keyed


@few
@given(classes, profiles, releases)
def test_the_choice_is_that_of_the_controller(
    held: list[Object], profile_: list[Object], kubevirt: str
) -> None:
    objects = held + profile_
    may_be, is_error = by_the_book(objects, kubevirt)
    choice = chosen(objects, kubevirt)
    held_drivers = {one["metadata"]["name"]: one["driver"] for one in held}
    # the controller takes it, but its driver refuses the VolumeSnapshot
    is_foreign = held_drivers.get(choice.snapshot_class or "", RBD) != RBD
    assert choice.blocks is (is_error or is_foreign)
    if may_be:
        assert choice.included is True
        assert choice.snapshot_class in may_be
    elif not is_error:
        assert choice.included is False
        assert choice.causes != ()


@few
@given(classes, profiles, st.randoms(use_true_random=False))
def test_the_order_of_objects_never_matters(
    held: list[Object], profile_: list[Object], random: Any
) -> None:
    objects = held + profile_
    shuffled = list(objects)
    random.shuffle(shuffled)
    assert decision(chosen(objects)) == decision(chosen(shuffled))


@few
@given(classes, profiles, marks)
def test_a_class_of_another_driver_never_changes_a_choice(
    held: list[Object], profile_: list[Object], mark: dict[str, str] | None
) -> None:
    other = snapshot_class("unrelated", "nfs.csi.k8s.io", mark)
    assert decision(chosen([*held, *profile_])) == decision(chosen([*held, *profile_, other]))


@few
@given(classes, profiles)
def test_what_is_certain_stays_so_with_less_said_to_be_complete(
    held: list[Object], profile_: list[Object]
) -> None:
    whole, part = chosen([*held, *profile_]), chosen([*held, *profile_], complete=frozenset())
    if part.included is False:
        assert whole.included is False
    assert not any(
        cause.severity is None
        and cause.kind in (StorageCause.NO_SNAPSHOT_CLASS, StorageCause.PROFILE_DANGLING)
        for cause in part.causes
    )


def test_of_two_defaults_one_is_taken_for_certain_but_not_which() -> None:
    marked = [snapshot_class(name, annotations={DEFAULT: "true"}) for name in "ab"]
    assert chosen(marked).included is True
    assert chosen(marked).snapshot_class in ("a", "b")


@pytest.mark.parametrize(
    ("wishes", "taken"),
    [([{DEFAULT: "false"}, {DEFAULT: "true"}], "b"), ([None, {DEFAULT: "false"}], "a")],
)
def test_where_cdi_runs_only_true_marks_a_default(
    wishes: list[dict[str, str] | None], taken: str
) -> None:
    held = [snapshot_class(n, annotations=w) for n, w in zip("ab", wishes, strict=True)]
    other = profile("other")  # shows that CDI is there; the profile of the class is not
    assert chosen([*held, other], complete=frozenset()).snapshot_class == taken


@pytest.mark.parametrize(
    ("objects", "complete", "severity"),
    [
        ([], (), "info"),
        ([snapshot_class(driver="x.csi")], (), "warning"),
        ([snapshot_class(driver="x.csi")], ("VolumeSnapshotClass",), "None"),
        ([], ("VolumeSnapshotClass",), "None"),
    ],
)
def test_the_evidence_decides_the_severity(
    objects: list[Object], complete: tuple[str, ...], severity: str
) -> None:
    (cause,) = chosen(objects, complete=frozenset(complete)).causes
    assert cause.kind is StorageCause.NO_SNAPSHOT_CLASS
    assert str(cause.severity) == severity


@pytest.mark.parametrize("provisioner", ["kubernetes.io/aws-ebs", "rancher.io/local-path"])
def test_a_hopeless_provisioner_is_certain_without_any_class(provisioner: str) -> None:
    seen = world([storage_class(provisioner=provisioner)], complete=frozenset())
    (near,) = seen.workspace.of(STORAGE_CLASS)
    choice = choose(seen.cluster, "fast", near)
    assert choice.included is False
    assert [cause.severity for cause in choice.causes] == [None]
