"""The selector of a pool and the labels of its template."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import manifests_of
from vmsnap_lint.kubevirt.admission.pool_selector import selector_refusals


def _messages(selector: Any, labels: Any) -> list[str]:
    template = {"metadata": {"labels": labels}, "spec": {}}
    [pool] = manifests_of("a.yaml", {
        "apiVersion": "pool.kubevirt.io/v1beta1", "kind": "VirtualMachinePool",
        "metadata": {"name": "p"},
        "spec": {"selector": selector, "virtualMachineTemplate": template},
    })  # fmt: skip
    return [refusal.problem.message for refusal in selector_refusals(pool)]


EXISTS = {"key": "pool", "operator": "Exists"}
ABSENT = {"key": "pool", "operator": "DoesNotExist"}


@pytest.mark.parametrize(
    ("selector", "labels"),
    [
        ({"matchLabels": {"pool": "a"}}, {"pool": "a", "tier": "b"}),
        ({"matchExpressions": [EXISTS]}, {"pool": "a"}),
        ({"matchExpressions": [ABSENT]}, {"tier": "a"}),
        ({"matchExpressions": [{"key": "pool", "operator": "In", "values": ["a"]}]}, {"pool": "a"}),
        ({"matchLabels": {"pool": "${NAME}"}}, {"pool": "a"}),
        ({"matchLabels": {"pool": "a"}}, {"pool": "${NAME}"}),
        ({}, {"pool": "a"}),
        ({"matchLabels": {"pool": 1}}, {"pool": "a"}),  # the schema tells
        (None, None),
        ("x", ["y"]),
    ],
)
def test_what_matches_or_may(selector: Any, labels: Any) -> None:
    assert _messages(selector, labels) == []


@pytest.mark.parametrize(
    ("selector", "labels", "text"),
    [
        ({"matchLabels": {"pool": "a"}}, {"pool": "b"}, 'wants "pool" to be "a"'),
        ({"matchLabels": {"pool": "a"}}, None, 'wants "pool" to be "a"'),
        ({"matchExpressions": [EXISTS]}, {"tier": "a"}, "more than matchLabels"),
        ({"matchExpressions": [ABSENT]}, {"pool": "a"}, "more than matchLabels"),
    ],
)
def test_what_does_not_match(selector: Any, labels: Any, text: str) -> None:
    [message] = _messages(selector, labels)
    assert text in message
