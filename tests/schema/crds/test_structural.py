"""A CRD that an API server would not take is a mistake of the caller, with file and line."""

from __future__ import annotations

import pytest

from tests.schema.crds.made import crd, crds
from vmsnap_lint.core.errors import UsageError

FAULTS = [
    ("{type: object, properties: {a: {}}}", "properties.a): the type is missing"),
    ("{type: thing}", 'type): "thing" is not a type'),
    ("{type: array}", "items must be an object"),
    ("{type: object, additionalProperties: false}", "additionalProperties must not be false"),
    ("{type: object, properties: {a: {type: string}}, additionalProperties: {type: string}}",
     "additionalProperties is forbidden with properties"),
    ("{type: array, uniqueItems: true, items: {type: string}}", "uniqueItems is forbidden"),
    ("{type: array, x-kubernetes-list-type: map, items: {type: object}}",
     "x-kubernetes-list-map-keys is missing"),
    ("{type: object, $ref: other}", "$ref is forbidden"),
    ("{type: object, anyOf: [{properties: {a: {minimum: 1}}}]}",
     '"a" must also be specified outside of the junctor'),
    ("{type: object, properties: {a: {type: string}}, not: {properties: {a: {type: string}}}}",
     "type is forbidden inside of allOf, anyOf, oneOf and not"),
    ("{type: object, required: [1]}", "an item of required must be a string"),
    ("{type: string, maxLength: long}", "maxLength has a value of the wrong type"),
    ("{type: string, maxLength: -1}", "maxLength must be an integer from 0 to 2^53"),
    ("{type: number, multipleOf: 0}", "multipleOf must be above 0"),
    ("{type: object, x-kubernetes-list-type: set}", "x-kubernetes-list-type is for the type array"),
    ("{type: object, properties: [a]}", "properties has a value of the wrong type"),
    ("{type: object, properties: {a: b}}", "properties.a must be an object"),
    ("{type: object, allOf: [a]}", "an item of allOf must be an object"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "reason"), FAULTS)
def test_a_schema_that_is_not_structural_is_refused(schema: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        crds(crd(schema))
    message = str(caught.value)
    assert message.startswith("crd.yaml:16: the schema is not structural (spec.versions[0]")
    assert reason in message


FINE = [
    "{x-kubernetes-int-or-string: true}",
    "{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}",
    ("{x-kubernetes-int-or-string: true, allOf: [{anyOf: [{type: integer}, {type: string}]}, "
     "{pattern: a}]}"),
    "{type: string, x-kubernetes-int-or-string: true}",
    "{x-kubernetes-preserve-unknown-fields: true}",
    "{type: object, properties: {a: {type: integer}}, anyOf: [{properties: {a: {minimum: 1}}}]}",
]  # fmt: skip


@pytest.mark.parametrize("schema", FINE)
def test_a_structural_schema_is_taken(schema: str) -> None:
    assert crds(crd(schema)).defines(("example.org", "Gadget"))


@pytest.mark.parametrize(("text", "message"), [
    ("kind: Pod\napiVersion: v1\n", "crd.yaml:1: this is v1 Pod, not a CustomResourceDefinition"),
    ("a: 1\n", "crd.yaml:1: this is an object without a kind, not a CustomResourceDefinition"),
    (crd("{type: object}").replace("  group: example.org\n", ""),
     "crd.yaml:5: spec.group must be a string that is not empty"),
    (crd("{type: object}").partition("  versions:")[0] + "  versions: []\n",
     "crd.yaml:8: the CRD has no versions"),
    (crd("{type: object}").partition("      schema:")[0],
     "crd.yaml:9: version 'v1' has no schema: spec.versions[].schema.openAPIV3Schema"),
    (f'{crd("{type: object}")}---\n{crd("{type: object}")}',
     "crd.yaml:19: Gadget of example.org is already defined by crd.yaml"),
])  # fmt: skip
def test_what_is_no_crd_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        crds(text)
    assert str(caught.value).startswith(message)
