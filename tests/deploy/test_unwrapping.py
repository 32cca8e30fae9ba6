"""What is inside other objects is part of their cluster, or of none that is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.builders import in_namespace, manifests_of, snap, vm
from vmsnap_lint import document
from vmsnap_lint.core.kinds import SNAPSHOT, VM
from vmsnap_lint.deploy.units import Separate, Unit, Unwrapped, around
from vmsnap_lint.deploy.unwrapping import unwrapped

if TYPE_CHECKING:
    from typing import Any

Object = dict[str, "Any"]


def template(*objects: Object, name: str = "t") -> Object:
    return {
        "apiVersion": "template.openshift.io/v1",
        "kind": "Template",
        "metadata": {"name": name},
        "objects": list(objects),
    }


def work(*objects: Object) -> Object:
    return {
        "apiVersion": "work.open-cluster-management.io/v1",
        "kind": "ManifestWork",
        "metadata": {"name": "w"},
        "spec": {"workload": {"manifests": list(objects)}},
    }


def release(*objects: Object) -> Object:
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "r"},
        "spec": {"values": {"resources": list(objects)}},
    }


def opened(*objects: Object, tasks: Any = None) -> Unwrapped:
    unit = Unit(("",), tuple(manifests_of("all.yaml", *objects)), ())
    playbook = document.read("tasks.yaml", json.dumps(tasks).encode()) if tasks else None
    return unwrapped([unit], playbook.documents if playbook else ())


def kinds(unit: Unit) -> list[str]:
    return [manifest.kind for manifest in unit.manifests]


def test_without_wrappers_nothing_changes() -> None:
    unit = Unit(("",), tuple(manifests_of("all.yaml", vm(), snap())), ())
    found = unwrapped([unit])
    assert found.units[0] is unit
    assert not any(found[1:])


def test_what_a_release_makes_is_in_its_cluster() -> None:
    found = opened(release(snap()))
    assert [kinds(unit) for unit in found.units] == [["HelmRelease", "VirtualMachineSnapshot"]]
    assert found.separate == ()


def test_what_is_there_anyway_is_not_there_twice() -> None:
    """As of a chart that is rendered with the values of its release."""
    found = opened(release(snap()), snap())
    assert kinds(found.units[0]) == ["HelmRelease", "VirtualMachineSnapshot"]


def test_releases_of_two_namespaces_make_two_objects() -> None:
    first, second = release(snap()), release(snap())
    first["metadata"]["namespace"], second["metadata"]["namespace"] = "a", "b"
    found = opened(first, second, in_namespace("c", snap())[0])
    homes = [m.namespace for m in found.units[0].manifests if m.group_kind == SNAPSHOT]
    assert homes == ["c", "a", "b"]


def test_what_a_play_makes_joins_the_plain_files() -> None:
    task = {"k8s": {"definition": [vm(), vm(), snap()]}}
    found = opened(snap(name="other"), tasks=[task])
    names = ["VirtualMachineSnapshot", "VirtualMachine", "VirtualMachineSnapshot"]
    assert kinds(found.units[0]) == names
    assert [kinds(unit) for unit in found.separate] == [["VirtualMachine"]]


def test_a_template_is_a_unit_of_its_own() -> None:
    found = opened(template(vm(), snap()), template(vm(), name="u"), work(vm()), work(snap()))
    assert [(kinds(unit), unit.separate) for unit in found.separate] == [
        (["VirtualMachine", "VirtualMachineSnapshot"], Separate.TEMPLATE),
        (["VirtualMachine"], Separate.TEMPLATE),
        (["VirtualMachine", "VirtualMachineSnapshot"], Separate.ELSEWHERE),
    ]
    assert kinds(found.units[0]) == ["Template", "Template", "ManifestWork", "ManifestWork"]


def test_what_a_template_may_make_is_a_gap_elsewhere() -> None:
    (gap,) = opened(template(vm(), vm(name="${NAME}"))).gaps
    assert (gap.what, gap.is_seen) == ('Template "t"', True)
    assert (gap.kinds, gap.names) == (frozenset({VM}), frozenset({"web"}))
    assert gap.may_make(VM, "any", "web")
    assert not gap.may_make(VM, "any", "wbe")


def test_what_a_template_does_not_hold_may_be_beside_it() -> None:
    ((gap,),) = [unit.gaps for unit in opened(template(snap())).separate]
    assert gap.may_make(VM, None, "web")
    assert not gap.may_make(SNAPSHOT, None, "x")


def test_facts_of_others_hold_for_templates_but_not_elsewhere() -> None:
    found = opened(template(vm()), work(vm()), {
        "apiVersion": "kubevirt.io/v1", "kind": "KubeVirt", "metadata": {"name": "kubevirt"},
    })  # fmt: skip
    units = (*found.units, *found.separate)
    assert [[m.kind for m in facts] for facts in around(units)] == [[], ["KubeVirt"], []]


def test_very_many_templates_cost_few_units() -> None:
    many = [template(snap(name=f"s{n}"), name=f"t{n}") for n in range(1_000)]
    found = opened(*many)
    assert len(found.separate) == 201
    assert sum(len(unit.manifests) for unit in found.separate) == 1_000
    assert len(found.gaps) == 201
