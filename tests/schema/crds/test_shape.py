"""A CRD's own schema judges the objects of its kind, feature by feature."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.schema.crds.made import crd, crds, messages, object_of
from vmsnap_lint.schema import SchemaFault
from vmsnap_lint.schema.crds.formats import FORMATS

ANY = "{type: object, x-kubernetes-preserve-unknown-fields: true}"
INT_OR_STRING = "{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}"
PORTS = (
    "{type: object, properties: {ports: {type: array, x-kubernetes-list-type: map, "
    "x-kubernetes-list-map-keys: [port, protocol], items: {type: object, properties: "
    "{port: {type: integer}, protocol: {type: string, default: TCP}}}}}}"
)


def fields(*parts: str, more: str = "") -> str:
    return "{type: object, properties: {" + ", ".join(parts) + "}" + more + "}"


FINE = [
    (fields("size: {type: integer, format: int32}"), "{size: 5000000000}"),
    (fields("size: {type: integer}"), "{size: null}"),
    (fields("size: {type: integer, nullable: true}", more=", required: [size]"), "{size: null}"),
    (fields("size: {type: integer, default: 3}", more=", required: [size]"), "{}"),
    (fields("size: {type: number, minimum: 0, exclusiveMinimum: true}"), "{size: 0.5}"),
    (fields(f"size: {INT_OR_STRING}"), "{size: 10%}"),
    (fields(f"size: {INT_OR_STRING}"), "{size: 10}"),
    (fields(f"raw: {ANY}"), "{raw: {a: [1, {b: null}]}}"),
    (fields("raw: {x-kubernetes-preserve-unknown-fields: true}"), "{raw: 5}"),
    (fields("map: {type: object, additionalProperties: {type: string}}"), "{map: {a: b}}"),
    (fields("time: {type: string, format: date-time}"), "{time: '2026-01-31T12:00:00.5+01:00'}"),
    (fields("name: {type: string, format: our-own}"), "{name: whatever}"),
    (fields("name: {type: string, maxLength: 3}"), "{name: '${NAME_OF_IT}'}"),
    (fields("name: {type: string, pattern: '^[[:alpha:]]+$'}"), "{name: abc}"),
    (fields("name: {type: string, pattern: '(?=a)'}"), "{name: b}"),  # no engine of Go's has it
    (fields("names: {type: array, x-kubernetes-list-type: set, items: {type: string}}"),
     "{names: [a, b]}"),
    (PORTS, "{ports: [{port: 53, protocol: UDP}, {port: 53}]}"),
    (fields("a: {type: string}", "b: {type: string}",
            more=", oneOf: [{required: [a]}, {required: [b]}]"), "{b: x}"),
    (fields("it: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: "
            "{type: object, x-kubernetes-preserve-unknown-fields: true}}}"),
     "{it: {apiVersion: v1, kind: Pod, metadata: {name: a, labels: {b: c}}, spec: {x: y}}}"),
]  # fmt: skip

WRONG = [
    (fields("size: {type: integer}"), "{siez: 3}", "field-unknown",
     'spec.siez is not a field of Gadget (did you mean "size"?)'),
    (fields("size: {type: integer}"), '{size: "3"}', "field-type-wrong",
     'spec.size is "3", expected an integer; write it without quotes'),
    (fields("size: {type: integer}", more=", required: [size]"), "{}", "required-missing",
     "spec.size is missing, and Gadget requires it"),
    (fields("size: {type: integer}", more=", required: [size]"), "{size: null}",
     "required-missing", "spec.size has no value, and Gadget requires it"),
    (fields("sizes: {type: array, items: {type: integer}}"), "{sizes: [null]}",
     "field-type-wrong", "spec.sizes[0] is null, expected an integer"),
    (fields("size: {type: integer, minimum: 1}"), "{size: 0}", "value-not-allowed",
     "spec.size is the number 0, expected an integer from 1 up"),
    (fields("size: {type: number, maximum: 1, exclusiveMaximum: true}"), "{size: 1}",
     "value-not-allowed", "spec.size is the number 1, expected a number below 1"),
    (fields("size: {type: integer, multipleOf: 4}"), "{size: 6}", "value-not-allowed",
     "spec.size is the number 6, expected a multiple of 4"),
    (fields("size: {type: integer, enum: [1, 2]}"), "{size: 3}", "value-not-allowed",
     "spec.size is the number 3, expected the number 1 or the number 2"),
    (fields("mode: {type: string, enum: [Push, Pull]}"), "{mode: push}", "value-not-allowed",
     'spec.mode is "push", expected "Push" or "Pull"'),
    (fields("mode: {type: string, nullable: true, enum: [Push]}"), "{mode: null}",
     "value-not-allowed", 'spec.mode is null, expected "Push"'),
    (fields("name: {type: string, maxLength: 3}"), "{name: abcd}", "value-not-allowed",
     "spec.name has 4 characters, expected at most 3"),
    (fields("name: {type: string, minLength: 3}"), "{name: ab}", "value-not-allowed",
     "spec.name has 2 characters, expected at least 3"),
    (fields("name: {type: string, pattern: '^[a-z]+$'}"), "{name: A}", "value-not-allowed",
     'spec.name is "A", expected a string that matches ^[a-z]+$'),
    (fields("name: {type: string, pattern: '^[[:alpha:]]+$'}"), "{name: '1'}",
     "value-not-allowed", 'spec.name is "1", expected a string that matches ^[[:alpha:]]+$'),
    (fields("time: {type: string, format: date-time}"), "{time: yesterday}", "value-not-allowed",
     'spec.time is "yesterday", expected a time such as "2026-01-31T12:00:00Z"'),
    (fields(f"size: {INT_OR_STRING}"), "{size: true}", "field-type-wrong",
     "spec.size is the boolean true, expected an integer or a string"),
    (fields("map: {type: object, additionalProperties: {type: string}}"), "{map: {a: 1}}",
     "field-type-wrong", "spec.map.a is the number 1, expected a string; quote it"),
    (fields("names: {type: array, x-kubernetes-list-type: set, items: {type: string}}"),
     "{names: [a, b, a]}", "value-not-allowed",
     'spec.names[2] and spec.names[0] are both "a"'),
    (PORTS, "{ports: [{port: 53, protocol: TCP}, {port: 53}]}", "value-not-allowed",
     'spec.ports[1] and spec.ports[0] have the same port "53", protocol "TCP"'),
    (fields("a: {type: string}", "b: {type: string}",
            more=", oneOf: [{required: [a]}, {required: [b]}]"), "{a: x, b: x}",
     "value-not-allowed",
     "spec fits none or several of the forms allowed, expected one of a or b"),
    (fields("a: {type: string, not: {enum: [root]}}"), "{a: root}", "value-not-allowed",
     'spec.a is "root", and that is a form its schema does not allow'),
    (fields("it: {type: object, x-kubernetes-embedded-resource: true, "
            "x-kubernetes-preserve-unknown-fields: true}"), "{it: {apiVersion: v1}}",
     "required-missing", "spec.it.kind is missing, and Gadget requires it"),
    (fields("it: {type: object, x-kubernetes-embedded-resource: true, "
            "x-kubernetes-preserve-unknown-fields: true}"),
     "{it: {apiVersion: v1, kind: Pod, metadata: {nam: a}}}", "field-unknown",
     'spec.it.metadata.nam is not a field of Gadget (did you mean "name"?)'),
    (fields("name: {type: string}", more=", x-kubernetes-preserve-unknown-fields: true"),
     "{other: {a: 1}, name: 1}", "field-type-wrong",
     "spec.name is the number 1, expected a string; quote it"),
    ("{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {in: {type: object}}}",
     "{in: {a: 1}}", "field-unknown", "spec.in.a is not a field of Gadget"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "spec"), FINE)
def test_what_fits_has_no_problem(schema: str, spec: str) -> None:
    assert messages(schema, spec) == []


@pytest.mark.parametrize(("schema", "spec", "rule", "message"), WRONG)
def test_what_does_not_fit_is_reported_once(
    schema: str, spec: str, rule: str, message: str
) -> None:
    assert messages(schema, spec) == [(rule, message)]


@pytest.mark.parametrize(
    ("more", "refused"), [("      subresources: {status: {}}\n", False), ("", True)]
)
def test_a_status_that_is_a_subresource_is_dropped(more: str, refused: bool) -> None:
    text = crd("{type: object}", more).replace(
        "            spec: {type: object}\n",
        "            spec: {type: object}\n"
        "            status: {type: object, properties: {ready: {type: boolean}}}\n",
    )
    one = object_of("{}\nstatus: {ready: soon}")
    assert bool(crds(text).problems(one)) is refused


def test_metadata_is_that_of_kubernetes() -> None:
    given = crds(crd("{type: object}"))
    one = object_of("{}", "apiVersion: example.org/v1")
    assert given.problems(one) == ()
    one.value["metadata"]["lables"] = {}
    assert [problem.fault for problem in given.problems(one)] == [SchemaFault.UNKNOWN_FIELD]


def test_the_name_may_be_narrowed() -> None:
    text = crd("{type: object}").replace(
        "          properties:\n",
        "          properties:\n            metadata: {type: object, properties: {name: "
        "{type: string, maxLength: 2}}}\n",
    )
    [problem] = crds(text).problems(object_of("{}"))
    assert problem.message == "metadata.name has 3 characters, expected at most 2"


def test_a_version_that_is_not_served_is_reported() -> None:
    text = crd("{type: object}").replace("served: true", "served: false")
    fault = crds(text).version_fault(object_of("{}"))
    assert fault == 'the given CRD does not serve Gadget at "v1"'
    fault = crds(crd("{type: object}")).version_fault(object_of("{}", "apiVersion: example.org/v2"))
    assert fault == 'the given CRD does not serve Gadget at "v2", write "example.org/v1"'


def test_an_old_crd_keeps_what_it_does_not_know() -> None:
    text = """\
apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
spec:
  group: example.org
  version: v1
  names: {kind: Gadget}
  validation: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
"""
    assert crds(text).problems(object_of("{a: 1}")) == ()
    strict = crds(text + "  preserveUnknownFields: false\n").problems(object_of("{a: 1}"))
    assert [problem.fault for problem in strict] == [SchemaFault.UNKNOWN_FIELD]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("a:%", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=8,
)
EVERYTHING = fields(
    f"a: {INT_OR_STRING}", f"b: {ANY}",
    "c: {type: array, x-kubernetes-list-type: set, items: {type: string, pattern: '^a'}}",
)  # fmt: skip
_EVERYTHING = crds(crd(EVERYTHING))


@examples(60)
@given(VALUES)
def test_any_object_is_judged(value: object) -> None:
    """Whatever stands there, it is refused with a reason, or let in."""
    one = object_of("{}")
    one.value["spec"] = value
    problems = _EVERYTHING.problems(one)
    assert all(problem.message and problem.path[0] == "spec" for problem in problems)


@examples(60)
@given(st.text(max_size=20))
def test_formats_judge_any_text(text: str) -> None:
    assert {has_format(text) for has_format in FORMATS.values()} <= {True, False}


@pytest.mark.parametrize(("name", "good", "bad"), [
    ("byte", "YQ==", "YQ="),
    ("cidr", "10.0.0.0/8", "10.0.0.0/33"),
    ("date", "2026-01-31", "2026-13-01"),
    ("date-time", "2026-01-31T12:00:00Z", "2026-01-31 12:00"),
    ("duration", "3 days", "soon"),
    ("email", "a@b.org", "a@"),
    ("hexcolor", "#abc", "#abcd"),
    ("hostname", "a.example.org", "-a"),
    ("ipv4", "10.0.0.1", "10.0.0.256"),
    ("ipv6", "fe80::1", "10.0.0.1"),
    ("mac", "02:00:00:00:00:01", "02:00"),
    ("uri", "https://example.org/a", "no uri"),
    ("uuid", "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b"),
    ("uuid4", "0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-369f-a165-70867728950e"),
])  # fmt: skip
def test_formats_are_those_of_the_api_server(name: str, good: str, bad: str) -> None:
    assert (FORMATS[name](good), FORMATS[name](bad)) == (True, False)
