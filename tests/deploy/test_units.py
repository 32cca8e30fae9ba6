"""What is applied together is one part; the rest is around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.builders import in_namespace, manifests_of, pod, snap, storage_class, vm
from vmsnap_lint.deploy.units import Unit, around, joined

if TYPE_CHECKING:
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


def test_a_snapshot_joins_the_one_part_that_has_its_vm() -> None:
    parts = [part("", SNAPSHOT), part("x", pod()), part("y", VM)]
    assert roots(joined(parts)) == [("", "y"), ("x",)]


def test_of_two_parts_none_is_joined_and_the_kind_is_in_doubt() -> None:
    found = joined([part("", SNAPSHOT), part("x", VM), part("y", VM)])
    assert roots(found) == [("",), ("x",), ("y",)]
    assert found[0].doubtful == {"VirtualMachine"}
    assert not found[1].doubtful


def test_what_a_part_declares_itself_is_not_looked_for_elsewhere() -> None:
    found = joined([part("x", SNAPSHOT, VM), part("y", VM)])
    assert [one.doubtful for one in found] == [frozenset(), frozenset()]


def test_parts_that_declare_the_same_object_stay_apart() -> None:
    found = joined([part("", SNAPSHOT, POD), part("x", VM, POD)])
    assert roots(found) == [("",), ("x",)]
    assert found[0].doubtful == {"VirtualMachine"}


def test_another_namespace_is_no_match_and_an_unset_one_is() -> None:
    assert len(joined([part("", SNAPSHOT), part("x", *in_namespace("b", vm()))])) == 2
    assert len(joined([part("", SNAPSHOT), part("x", vm())])) == 1


def test_classes_of_others_stand_around_a_part_that_has_none_of_that_name() -> None:
    parts = [part("", FAST, SLOW), part("x", FAST), part("y", VM)]
    assert list(map(names, around(parts))) == [
        [],
        [("/all.yaml", "slow")],
        [("/all.yaml", "fast"), ("/all.yaml", "slow"), ("x/all.yaml", "fast")],
    ]


def test_a_class_that_many_trees_include_is_around_once() -> None:
    same = part("x", FAST)
    assert list(map(len, around([part("y", VM), same, same, same]))) == [1, 0, 0, 0]
