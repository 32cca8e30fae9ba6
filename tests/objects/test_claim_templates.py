"""Harvester's annotation of a VM becomes the PVCs that it makes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import claim, in_namespace, manifests_of, restore, vm
from vmsnap_lint.core.kinds import PVC
from vmsnap_lint.objects.claim_templates import claims_of, restored_by

KEY = "harvesterhci.io/volumeClaimTemplates"
SPEC = {"accessModes": ["ReadWriteMany"], "storageClassName": "longhorn"}


def annotated(text: str, namespace: str = "lab") -> dict[str, Any]:
    (machine,) = in_namespace(namespace, vm())
    machine["metadata"]["annotations"] = {KEY: text}
    return machine


def test_each_template_is_a_claim_of_the_namespace() -> None:
    text = json.dumps([{"metadata": {"name": "one"}, "spec": SPEC}, {"metadata": {"name": "two"}}])
    one, two = claims_of(manifests_of("vm.yaml", annotated(text)))
    assert (one.group_kind, one.namespace, one.name) == (PVC, "lab", "one")
    assert one.get("spec") == SPEC
    assert two.name == "two"


def test_its_place_is_the_annotation() -> None:
    objects = manifests_of("vm.yaml", annotated('[{"metadata": {"name": "one"}}]'))
    (one,) = claims_of(objects)
    (machine,) = objects
    own = machine.document.span((*machine.root, "metadata", "annotations", KEY))
    assert one.document.span((*one.root, "metadata", "name")) == own
    assert one.document.span((*one.root, "spec", "storageClassName")) == own


def test_a_claim_of_the_input_counts_more() -> None:
    objects = [annotated('[{"metadata": {"name": "root"}}]'), *in_namespace("lab", claim("root"))]
    assert claims_of(manifests_of("vm.yaml", *objects)) == ()
    twice = annotated('[{"metadata": {"name": "a"}}, {"metadata": {"name": "a"}}]')
    assert len(claims_of(manifests_of("vm.yaml", twice))) == 1


def test_a_restore_makes_claims_of_its_own_names() -> None:
    overrides = [{"restoreName": "a"}, {"restoreName": "a"}, {"restoreName": "${X}"}, 1, {}]
    objects = in_namespace("lab", restore(volumeRestoreOverrides=overrides), vm())
    (gap,) = restored_by(manifests_of("all.yaml", *objects))
    assert gap.namespace == "lab"
    assert gap.kinds == {PVC}
    assert gap.names == {"a"}


@pytest.mark.parametrize(
    "text",
    ["", "[", "{}", "[1]", '[{"metadata": 1}]', '[{"metadata": {"name": ""}}]', "- a: &x [*x]",
     '[{"metadata": {"name": "${X}"}}]', "[" * 5000],
)  # fmt: skip
def test_what_is_no_list_of_claims_makes_none(text: str) -> None:
    assert claims_of(manifests_of("vm.yaml", annotated(text))) == ()


@given(st.text(alphabet='[]{}":,ametdnspc \n', max_size=60))
def test_no_annotation_makes_it_raise(text: str) -> None:
    claims_of(manifests_of("vm.yaml", annotated(text)))
