"""The parts of a graph: what is broken, what is folded, and what fits."""

from __future__ import annotations

import pytest

from tests.builders import claim, snap, snapshot_class, storage_class, vm, volume
from tests.effort import quickest
from tests.report.pictures.drawn import graph, many
from vmsnap_lint.report.pictures.chosen import broken, fitting, folded
from vmsnap_lint.report.pictures.graph_of_plans import graph_of

BASE = (storage_class(), snapshot_class(), claim(), vm(), snap())


def test_what_is_broken_is_a_part_of_its_own() -> None:
    found = broken(graph_of(many(30, broken_of=10)))
    assert sorted(node.name for node in found.nodes if node.verdict) == [
        "snap0",
        "snap10",
        "snap20",
    ]
    assert {node.name for node in found.nodes if node.kind == "Volume"} == {"v1"}
    assert all(found.edges[at] for chain in found.chains for at in chain.edges)
    assert {edge.start for edge in found.edges} <= {node.id for node in found.nodes}


def test_of_complete_chains_nothing_is_broken() -> None:
    assert broken(graph(*BASE, vm(volume("s", containerDisk={"image": "x"}), name="b"))).nodes == ()


def test_complete_chains_are_counted_where_they_are_many() -> None:
    found = folded(graph_of(many(100, broken_of=10)))
    assert sum(fold.number for fold in found.folded) == 90
    assert [node.verdict for node in found.nodes if node.verdict] == ["partial"] * 10
    assert folded(graph_of(many(30, broken_of=2))).folded == ()


def test_what_does_not_fit_is_counted_and_the_broken_remains() -> None:
    found = fitting(graph_of(many(200, broken_of=4)), lambda each: len(each.nodes) <= 60)
    assert len(found.nodes) <= 60
    drawn = [node for node in found.nodes if node.verdict]
    assert {node.verdict for node in drawn} == {"partial"}
    assert sum(fold.number for fold in found.folded) + found.left_out + len(drawn) == 200


def test_nothing_fits_where_there_is_no_room() -> None:
    found = fitting(graph_of(many(5)), lambda each: not each.nodes)
    assert (found.nodes, found.left_out) == ((), 5)


@pytest.mark.slow
def test_ten_thousand_snapshots_take_no_two_seconds() -> None:
    every = many(10_000, broken_of=3)
    found = graph_of(every)
    assert len(folded(found).nodes) < len(found.nodes) == 80_006
    enough = 4  # 2 on a machine that does nothing else
    assert quickest(lambda: folded(graph_of(every)), enough) <= enough
