"""What is known of a cluster stands around its other parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.builders import in_namespace, manifests_of, snap, storage_class, vm
from vmsnap_lint.deploy.units import Unit, around

if TYPE_CHECKING:
    from typing import Any

    from vmsnap_lint.objects.manifest import Manifest

SNAPSHOT, VM = in_namespace("a", snap(), vm())
FAST, SLOW = storage_class("fast"), storage_class("slow")


def part(name: str, *objects: dict[str, Any]) -> Unit:
    return Unit((name,), tuple(manifests_of(f"{name}/all.yaml", *objects)), ())


def names(objects: tuple[Manifest, ...]) -> list[tuple[str, str]]:
    return [(one.file, one.name) for one in objects]


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


def test_facts_of_another_cluster_are_not_around() -> None:
    staging, prod = part("x", VM)._replace(cluster="staging"), part("y", FAST)
    assert list(map(len, around([staging, prod._replace(cluster="prod")]))) == [0, 0]
    assert list(map(len, around([staging, prod._replace(cluster="staging")]))) == [1, 0]
    assert list(map(len, around([part("", VM), prod._replace(cluster="prod")]))) == [1, 0]
