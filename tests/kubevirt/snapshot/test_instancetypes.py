"""What a VM names as its instancetype, and what its absence does to a snapshot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import in_namespace, snap, vm, world
from vmsnap_lint.core.kinds import VM
from vmsnap_lint.kubevirt.blocker import Effect
from vmsnap_lint.kubevirt.snapshot.instancetypes import missing_types, unseen_revisions

PART: frozenset[str] = frozenset()
ALL = frozenset(("all",))
NAMESPACED = "VirtualMachineInstancetype"
CLUSTER = "VirtualMachineClusterInstancetype"


def _vm(**matchers: dict[str, Any]) -> dict[str, Any]:
    machine = vm()
    machine["spec"].update(matchers)
    return machine


def _type(name: str, kind: str = NAMESPACED, **metadata: Any) -> dict[str, Any]:
    api = "instancetype.kubevirt.io/v1beta1"
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **metadata}}


def _revision(name: str, **metadata: Any) -> dict[str, Any]:
    metadata = {"name": name, **metadata}
    return {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": metadata}


def _effects(
    machine: dict[str, Any],
    *others: dict[str, Any],
    complete: frozenset[str] = PART,
    kubevirt: str = "1.9",
) -> list[Effect | None]:
    seen = world(in_namespace("default", machine, snap(), *others), kubevirt, complete)
    (found,) = seen.workspace.of(VM)
    return [effect for effect, _ in missing_types(seen.cluster, found)]


PINNED = _vm(instancetype={"name": "u1.small", "revisionName": "web-1"})


def test_a_revision_that_is_lost_makes_the_snapshot_stuck() -> None:
    assert _effects(PINNED, complete=ALL) == [Effect.STUCK]
    assert _effects(PINNED, _revision("web-2", uid="1")) == [Effect.STUCK]
    both = _vm(
        instancetype={"name": "a", "revisionName": "x"},
        preference={"name": "b", "revisionName": "y"},
    )
    assert _effects(both, complete=ALL) == [Effect.STUCK, Effect.STUCK]
    assert _effects(PINNED, _revision("web-1"), complete=ALL) == []


def test_where_the_input_does_not_show_all_it_is_a_doubt_or_unknown() -> None:
    assert _effects(PINNED, _revision("other")) == [Effect.DOUBT]
    assert _effects(PINNED) == []
    seen = world(in_namespace("default", PINNED, snap()), complete=PART)
    (found,) = seen.workspace.of(VM)
    assert ["web-1" in it.message for it in unseen_revisions(seen.cluster, found)] == [True]


def test_before_0_59_snapshots_copy_no_revision() -> None:
    assert _effects(PINNED, complete=ALL, kubevirt="0.58") == [None]


@pytest.mark.parametrize(
    ("matcher", "others", "missing"),
    [
        ({"name": "tiny", "kind": NAMESPACED}, (_type("small"),), True),
        ({"name": "tiny", "kind": NAMESPACED.lower() + "s"}, (_type("small"),), True),
        ({"name": "tiny", "kind": NAMESPACED}, (_type("tiny"),), False),
        ({"name": "tiny", "kind": NAMESPACED}, (), False),
        ({"name": "tiny"}, (_type("tiny"),), False),
        ({"name": "web.tinny"}, (_type("web.tiny", CLUSTER),), True),
        ({"name": "web.big"}, (_type("web.tiny", CLUSTER),), False),
        ({"name": "u1.medium"}, (_type("u1.mediun", CLUSTER),), False),
        ({"name": "${SIZE}", "kind": NAMESPACED}, (_type("small"),), False),
        ({"name": "tiny", "kind": "Other"}, (_type("small"),), False),
        ({"inferFromVolume": "root"}, (_type("small"),), False),
    ],
)
def test_a_name_is_missing_only_where_the_input_shows_it(
    matcher: dict[str, Any], others: tuple[dict[str, Any], ...], missing: bool
) -> None:
    assert _effects(_vm(instancetype=matcher), *others) == ([None] if missing else [])


def test_what_is_complete_lacks_even_those_of_kubevirt() -> None:
    assert _effects(_vm(instancetype={"name": "u1.medium"}), complete=ALL) == [None]
    assert _effects(_vm(preference={"name": "fedora"}), complete=ALL) == [None]


@pytest.mark.parametrize("odd", [None, 1, "x", [], {"name": 3, "kind": []}, {"revisionName": {}}])
def test_no_matcher_is_too_odd(odd: Any) -> None:
    assert _effects(_vm(instancetype=odd, preference=odd), complete=ALL) == []
