"""Over the examples of all rules: the pictures say what the verdicts say, and where it is."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.expectations import settings_of
from tests.report.pictures.pages import page
from tests.test_cards import EXAMPLES
from vmsnap_lint import engine
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.kubevirt.copies.exported_volumes import ExportedVolume
from vmsnap_lint.kubevirt.snapshot.predicted import VolumePlan
from vmsnap_lint.kubevirt.storage.volume_trail import VOLUME
from vmsnap_lint.kubevirt.verdict import Verdict
from vmsnap_lint.report.look import Look
from vmsnap_lint.report.pictures.chosen import broken
from vmsnap_lint.report.pictures.graph_of_plans import graph_of
from vmsnap_lint.report.pictures.object_graph import State
from vmsnap_lint.report.plans import Plans, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.kubevirt.copies.clone_plan import ClonePlan
    from vmsnap_lint.kubevirt.copies.export_plan import ExportPlan
    from vmsnap_lint.kubevirt.restore.restore_plan import RestorePlan
    from vmsnap_lint.kubevirt.snapshot.predicted import SnapshotPlan
    from vmsnap_lint.report.pictures.object_graph import EdgeChain, ObjectGraph

    Plan = SnapshotPlan | RestorePlan | ClonePlan | ExportPlan

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
_FIELDS = ("snapshots", "vms", "restores", "clones", "exports")
_RED = (State.BROKEN, State.MISSING)
_FINE = (Verdict.COMPLETE, Verdict.EMPTY)


@cache
def _plans_of(example: Any) -> Plans:
    with suppress(UsageError):  # a pointer of a GitOps tool, and nothing that it applies
        settings = settings_of(example)._replace(all_vms=True)
        return engine.plan(("-",), example.encode(), settings).plans
    return Plans()


@cache
def _alone() -> tuple[tuple[str, Plan, ObjectGraph], ...]:
    """Each plan of the examples, and the graph of nothing else."""
    return tuple(
        (f"{param.id} {field} {plan.name}", plan, graph_of(Plans(**{field: (plan,)})))
        for param in EXAMPLES
        for field in _FIELDS
        for plan in getattr(_plans_of(param.values[2]), field) or ()
    )


def test_the_examples_have_each_verdict() -> None:
    assert len(_alone()) > 1_000
    assert {plan.verdict for _, plan, _ in _alone()} == set(Verdict)


def test_what_is_complete_is_not_red() -> None:
    red = {
        name: sum(node.state in _RED for node in graph.nodes)
        + sum(edge.state in _RED for edge in graph.edges)
        for name, plan, graph in _alone()
        if plan.verdict is Verdict.COMPLETE
    }
    assert {name: number for name, number in red.items() if number} == {}


def test_what_is_not_complete_is_drawn_with_a_reason() -> None:
    untold = [name for name, plan, graph in _alone() if plan.verdict not in _FINE
              if not _is_told(graph)]  # fmt: skip
    assert untold == []


def test_what_is_not_complete_is_in_the_picture_of_the_broken_as_well() -> None:
    assert {
        name: plan.verdict
        for name, plan, graph in _alone()
        if _is_told(broken(graph)) == (plan.verdict in _FINE)
    } == {}


def _is_told(graph: ObjectGraph) -> bool:
    """Whether the object is drawn as what is not complete, with the reason at a step or itself."""
    roots = [node for node in graph.nodes if node.verdict]
    if not all(node.state in (State.BROKEN, State.UNKNOWN) for node in roots):
        return False
    told = [edge for edge in graph.edges if edge.state not in (State.OK, State.SKIPPED)]
    return bool(roots) and (any(edge.reason for edge in told) or bool(roots[0].note))


def test_a_volume_that_is_left_out_is_the_one_that_is_broken() -> None:
    differing = [
        f"{name}: {volume}"
        for name, plan, graph in _alone()
        for volume in plan.volumes
        if isinstance(volume, VolumePlan | ExportedVolume)
        if volume.included is not None
        if bool(_broken_chains(graph, volume.name)) != _is_at_fault(plan, volume)
    ]
    assert differing == []


def _is_at_fault(plan: Plan, volume: VolumePlan | ExportedVolume) -> bool:
    """Whether a volume is why a plan is not complete: left out, or what the snapshot waits for."""
    if isinstance(volume, ExportedVolume):
        return volume.included is False and getattr(plan, "source_kind", "") == "VirtualMachine"
    is_waited_for = bool(volume.included) and bool(volume.trail.breaks_at)
    return volume.persistent and (not volume.included or is_waited_for)


def _broken_chains(graph: ObjectGraph, volume: str) -> list[EdgeChain]:
    """The chains through a volume that have a reason at a step."""
    owners = {node.id for node in graph.nodes if (node.kind, node.name) == (VOLUME, volume)}
    found = []
    for chain in graph.chains:
        steps = [graph.edges[at] for at in chain.edges]
        if chain.state in (State.BROKEN, State.UNKNOWN) and any(edge.reason for edge in steps):
            found += [chain] if any(edge.end in owners for edge in steps) else []
    return found


def test_each_object_stands_where_the_picture_says() -> None:
    wrong = [
        (param.id, node.kind, node.name, line)
        for param in EXAMPLES
        for node in graph_of(_plans_of(param.values[2])).nodes
        for line in _line_of(param.values[2], node.line)
        if node.name not in line and not re.search(r"persistent|name: .*\$|\*", line)
    ]
    assert wrong == []


def _line_of(example: Any, number: int | None) -> Iterator[str]:
    if number is not None:
        yield example.splitlines()[number - 1]


def test_the_page_and_the_json_have_the_same_verdicts() -> None:
    for param in EXAMPLES:
        plans = _plans_of(param.values[2])
        listed = Counter(
            plan.verdict.value for field in _FIELDS for plan in getattr(plans, field) or ()
        )
        told = Counter(re.findall(r'<article class="(\w+)"', page(plans)))
        value = json.loads("".join(render("json", plans, Look())))
        keys = ("snapshots", "machines", "restores", "clones", "exports")
        same = Counter(each["verdict"] for key in keys for each in value.get(key, ()))
        assert told == same == listed, param.id
