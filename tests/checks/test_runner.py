"""Of a unit with others around it only what is about the unit itself is reported."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.builders import claim, snap, vm, world
from vmsnap_lint.checks import runner
from vmsnap_lint.checks.runner import _own, problems_of
from vmsnap_lint.core import workers
from vmsnap_lint.core.forked import _shares
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


def test_the_first_objects_are_judged_by_who_prepares_their_world(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = world((snap(), *(vm(name=f"vm-{n}") for n in range(4)), claim()))
    manifests = tuple(one for kind in (SNAPSHOT, VM, PVC) for one in seen.workspace.of(kind))
    loaded = SimpleNamespace(units=(Unit(("here",), manifests, ()),), sources=(), texts=())
    seconds: list[float] = []

    def spread(parts: list[object], _: object, costs: list[float], __: object) -> list[object]:
        seconds.extend(costs)
        return parts

    monkeypatch.setattr(runner, "_BLOCK", 2)
    monkeypatch.setattr(workers, "spread", spread)
    with pytest.raises(TypeError):  # parts are no problems
        list(problems_of(loaded, (seen,), ()))  # type: ignore[arg-type]
    of_run, *of_objects = seconds
    shares = _shares(range(len(seconds)), seconds, 2)
    assert of_run == 0
    assert of_objects[0] > of_objects[1] == of_objects[2] > 0
    assert list(shares[0]) == [0, 1]
