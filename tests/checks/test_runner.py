"""Of a unit with others around it only what is about the unit itself is reported."""

from __future__ import annotations

from tests.builders import claim, snap, vm, world
from vmsnap_lint.checks.runner import _own
from vmsnap_lint.core.kinds import PVC, SNAPSHOT, VM
from vmsnap_lint.deploy.units import Unit
from vmsnap_lint.objects.problem import Problem


def test_problems_of_what_stands_around_are_left_to_its_own_unit() -> None:
    seen = world((snap(), vm(), claim()))
    mine, *others = [one for kind in (SNAPSHOT, VM, PVC) for one in seen.workspace.of(kind)]
    found = [("a-rule", Problem(one.at("metadata", "name"), "x")) for one in (mine, *others)]
    unit = Unit(("here",), (mine,), (), outside=tuple(others))
    assert list(_own(found, unit, seen)) == found[:1]
    turned = unit._replace(manifests=tuple(others), outside=(mine,))
    assert list(_own(found, turned, seen)) == found[1:]
