"""Of a unit with others around it only what is about the unit itself is reported."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.builders import claim, snap, vm, world
from vmsnap_lint.checks import runner
from vmsnap_lint.checks.runner import _own, problems_of
from vmsnap_lint.core import workers
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


def test_objects_of_the_largest_unit_are_judged_before_others_can_help(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = world((snap(), *(vm(name=f"vm-{n}") for n in range(4)), claim()))
    manifests = tuple(one for kind in (SNAPSHOT, VM, PVC) for one in seen.workspace.of(kind))
    units = (Unit(("small",), manifests[:1], ()), Unit(("large",), manifests, ()))
    loaded = SimpleNamespace(units=units, sources=(), texts=())
    given: list[tuple[list[float], int]] = []

    def spread(
        parts: list[object], _: object, costs: list[float], __: object, alone: int
    ) -> list[object]:
        given.append((costs, alone))
        return parts

    monkeypatch.setattr(runner, "_BLOCK", 2)
    monkeypatch.setattr(workers, "spread", spread)
    with pytest.raises(TypeError):  # parts are no problems
        list(problems_of(loaded, (seen, seen), ()))  # type: ignore[arg-type]
    [(seconds, alone)] = given
    _, _, of_run, *of_objects = seconds
    assert alone == 3
    assert of_run > 0  # else it would be done with them
    assert of_objects[0] == of_objects[1] == of_objects[2] > 0
