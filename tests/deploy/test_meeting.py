"""Parts of one cluster become one, by what they name and by their namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    backup,
    claim,
    clone,
    data_volume,
    in_namespace,
    manifests_of,
    pod,
    snap,
    storage_class,
    vm,
)
from vmsnap_lint.core import kinds
from vmsnap_lint.deploy.meeting import joined
from vmsnap_lint.deploy.units import Unit

if TYPE_CHECKING:
    from random import Random
    from typing import Any

    from vmsnap_lint.objects.manifest import Manifest

SNAPSHOT, VM, POD = in_namespace("a", snap(), vm(), pod())
FAST, SLOW = storage_class("fast"), storage_class("slow")


def part(name: str, *objects: dict[str, Any]) -> Unit:
    return Unit((name,), tuple(manifests_of(f"{name}/all.yaml", *objects)), ())


def names(objects: tuple[Manifest, ...]) -> list[tuple[str, str]]:
    return [(one.file, one.name) for one in objects]


def roots(parts: list[Unit]) -> list[tuple[str, ...]]:
    return [one.roots for one in parts]


def doubts(unit: Unit) -> list[tuple[list[str], str | None, list[str]]]:
    """What may be declared by another unit for the same cluster."""
    assert all(gap.is_seen for gap in unit.gaps)
    return [
        (sorted(kind.kind for kind in gap.kinds), gap.namespace, sorted(gap.names))
        for gap in unit.gaps
    ]


def test_a_snapshot_joins_the_one_part_that_has_its_vm() -> None:
    parts = [part("", SNAPSHOT), part("x", pod()), part("y", VM)]
    assert roots(joined(parts)) == [("", "y"), ("x",)]


def test_of_two_parts_none_is_joined_and_the_kind_is_in_doubt() -> None:
    found = joined([part("", SNAPSHOT), part("x", VM), part("y", VM)])
    assert roots(found) == [("",), ("x",), ("y",)]
    assert doubts(found[0]) == [(["VirtualMachine"], "a", ["web"])]
    assert doubts(found[1]) == []


def test_what_a_part_declares_itself_is_not_looked_for_elsewhere() -> None:
    found = joined([part("x", SNAPSHOT, VM), part("y", VM)])
    assert list(map(doubts, found)) == [[], []]


def test_parts_that_declare_the_same_object_stay_apart() -> None:
    found = joined([part("", SNAPSHOT, POD), part("x", VM, POD)])
    assert roots(found) == [("",), ("x",)]
    assert doubts(found[0]) == [(["VirtualMachine"], "a", ["web"])]


def test_another_namespace_is_no_match_and_an_unset_one_is() -> None:
    assert len(joined([part("", SNAPSHOT), part("x", *in_namespace("b", vm()))])) == 2
    assert len(joined([part("", SNAPSHOT), part("x", vm())])) == 1


KUSTOMIZED = in_namespace("a", vm(name="db"))


def test_parts_with_objects_of_one_namespace_are_one() -> None:
    parts = [part("", SNAPSHOT), part("x", *KUSTOMIZED), part("y", *in_namespace("b", pod()))]
    assert roots(joined(parts)) == [("", "x"), ("y",)]


def test_a_namespace_that_is_not_known_joins_none() -> None:
    parts = [part("", *in_namespace("${NS}", snap())), part("x", *in_namespace("${NS}", pod()))]
    assert roots(joined(parts)) == [("",), ("x",)]
    parts = [part("", snap()), part("x", pod())]
    assert roots(joined(parts)) == [("",), ("x",)]


def test_plain_files_of_several_clusters_are_joined_by_names_alone() -> None:
    parts = [part("", SNAPSHOT), part("x", *KUSTOMIZED), part("y", POD)]
    assert roots(joined(parts, whole=False)) == [("",), ("x", "y")]
    assert roots(joined([part("", SNAPSHOT), part("x", VM)], whole=False)) == [("", "x")]


def test_overlays_of_one_base_stand_apart_and_others_of_the_namespace_meet() -> None:
    parts = [part("", SNAPSHOT), part("x", VM), part("y", VM), part("z", POD)]
    found = joined(parts)
    assert roots(found) == [("", "z"), ("x",), ("y",)]
    (gap,) = found[0].gaps
    why = "whether it is for the same cluster is unknown"
    assert gap.explain("It") == f'It is declared by "x"; {why}'
    assert gap.may_make(kinds.VM, "a", "web")
    assert not gap.may_make(kinds.VM, "a", "db")


def test_equal_classes_of_one_base_are_no_contradiction() -> None:
    one, two = in_namespace("a", vm(name="db"), pod())
    assert roots(joined([part("x", one, FAST), part("y", two, FAST)])) == [("x", "y")]
    other = storage_class("fast", "other.csi.example.org")
    assert roots(joined([part("x", one, FAST), part("y", two, other)])) == [("x",), ("y",)]


@pytest.mark.parametrize("kind", ["clone", "export", "backup", "source"])
def test_every_reference_joins(kind: str) -> None:
    source = {"source": {"kind": "VirtualMachine", "name": "web"}}
    objects: dict[str, dict[str, Any]] = {
        "clone": clone("web"),
        "export": {"apiVersion": "export.kubevirt.io/v1", "kind": "VirtualMachineExport",
                   "metadata": {"name": "e"}, "spec": source},
        "backup": backup("b", "web"),
        "source": {**data_volume("copy"), "spec": {"source": {"pvc": {"name": "root"}}}},
    }  # fmt: skip
    assert len(joined([part("", objects[kind]), part("x", vm(), claim())])) == 1


def test_a_reference_into_another_namespace_joins() -> None:
    copied = data_volume("copy")
    copied["spec"] = {"source": {"pvc": {"name": "golden", "namespace": "images"}}}
    (golden,) = in_namespace("images", claim("golden"))
    parts = [part("", *in_namespace("a", copied)), part("x", golden)]
    assert len(joined(parts)) == 1
    parts = [part("", *in_namespace("a", copied)), part("x", *in_namespace("b", claim("golden")))]
    assert len(joined(parts)) == 2


OBJECTS = st.sampled_from([
    *in_namespace("a", snap(), vm(), vm(name="db"), claim()),
    *in_namespace("b", snap(), vm(), pod()), vm(), FAST, SLOW,
])  # fmt: skip


@given(st.lists(st.lists(OBJECTS, min_size=1, max_size=3), min_size=1, max_size=5), st.randoms())
def test_the_order_of_the_parts_does_not_matter(
    contents: list[list[dict[str, Any]]], random: Random
) -> None:
    parts = [part(f"p{number}", *objects) for number, objects in enumerate(contents)]
    shuffled = random.sample(parts, len(parts))

    def groups(units: list[Unit]) -> set[tuple[object, ...]]:
        return {(frozenset(one.roots), frozenset(map(str, doubts(one)))) for one in joined(units)}

    assert groups(parts) == groups(shuffled)
    assert sorted(root for unit in joined(parts) for root in unit.roots) == [
        root for unit in parts for root in unit.roots
    ]
