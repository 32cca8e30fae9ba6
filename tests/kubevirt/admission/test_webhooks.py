"""What is rejected of a whole VM, pool or clone, beside the values that only the webhook knows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import manifests_of, vm
from vmsnap_lint.core.values import Release
from vmsnap_lint.kubevirt.admission.webhooks import rejections
from vmsnap_lint.kubevirt.cluster import Cluster
from vmsnap_lint.objects.partial import is_partial
from vmsnap_lint.objects.workspace import Workspace

Object = dict[str, Any]


def _messages(value: Object) -> list[str]:
    [manifest] = manifests_of("a.yaml", value)
    cluster = Cluster(Workspace([manifest]), Release.parse("1.9.0"))
    return [rejection.problem.message for rejection in rejections(cluster, manifest)]


def _with_metadata(metadata: object) -> Object:
    machine = vm()
    machine["spec"]["template"]["metadata"] = metadata
    return machine


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"lables": {}}, 'did you mean "labels"?'),
        ({"labels": None}, "is null"),
        ({"labels": {"app": None}}, "is null"),
        (None, "is null"),
    ],
)
def test_kubevirt_closes_the_metadata_of_a_template(metadata: object, text: str) -> None:
    assert any(text in message for message in _messages(_with_metadata(metadata)))


def test_metadata_as_an_encoder_writes_it_is_admitted() -> None:
    metadata = {"creationTimestamp": None, "labels": {"app": "web"}, "name": "web"}
    assert _messages(_with_metadata(metadata)) == []
    assert _messages(_with_metadata({"${KEY}": "x"})) == []


def test_a_status_without_what_its_schema_requires_is_dropped() -> None:
    assert _messages({**vm(), "status": {"conditions": [{"type": "Ready"}]}}) == []
    assert _messages({**vm(), "status": {"conditions": [{"type": 7}]}}) != []


@pytest.mark.parametrize(("others", "found"), [(0, 50), (998, 31), (9_998, 11)])
def test_where_there_are_many_objects_each_one_has_few_faults(others: int, found: int) -> None:
    machine = {**vm(), **{f"field{number}": 1 for number in range(50)}}
    manifests = manifests_of("a.yaml", machine, machine, *[vm()] * others)
    cluster = Cluster(Workspace(manifests), Release.parse("1.9.0"))
    for manifest in manifests[:2]:
        assert len([*rejections(cluster, manifest)]) == found


def test_a_vm_decodes_any_number_as_a_quantity() -> None:
    machine = vm()
    machine["spec"]["template"]["spec"]["domain"]["memory"] = {"guest": 12345678901234567890}
    assert _messages(machine) == []


def test_devices_without_fields_are_closed() -> None:
    machine = vm()
    machine["spec"]["template"]["spec"]["domain"]["devices"]["rng"] = {"disks": []}
    assert any("disks" in message for message in _messages(machine))


@pytest.mark.parametrize(
    "moved",
    [
        {"template": {}},
        {"metadata": {"name": "web", "spec": {}}},
        {"metadata": {"name": "web", "template": {}}},
        {"spec": {"name": {"template": {}}}},
        {"spec": {"templaate": {"metadata": {}, "spec": {}}}},
        {"spec": {"dataVolumeTemplates": [{"template": {}}]}},
    ],
)
def test_a_template_in_another_place_is_no_patch(moved: Object) -> None:
    patch: Object = {"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine"}
    patch |= {"metadata": {"name": "web"}, "spec": {"running": True}}
    assert is_partial(manifests_of("a.yaml", patch)[0])
    assert not is_partial(manifests_of("a.yaml", patch | moved)[0])


def test_labels_of_a_pool_in_other_letters_are_labels() -> None:
    template = {"metadata": {"Labels": {"a": "b"}}, "spec": vm()["spec"]}
    pool: Object = {
        "apiVersion": "pool.kubevirt.io/v1beta1", "kind": "VirtualMachinePool",
        "metadata": {"name": "web"},
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "virtualMachineTemplate": template},
    }  # fmt: skip
    assert _messages(pool) == []
    template["metadata"] = {"labels": {"a": "c"}}
    assert len(_messages(pool)) == 1
