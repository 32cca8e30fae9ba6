"""What a value breaks of our schemas is what a validator that knows all words finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry

from tests.properties import examples
from tests.schema.test_agreement import BY_NAME, RELEASES, mutated
from vmsnap_lint.schema.breaches import WORDS, Breach, breaches
from vmsnap_lint.schema.bundled import schema_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.kinds import Kind

NOTES = {"$comment", "$defs", "$schema", "title"}
NAMED = ("$defs", "properties")


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    yield node
    for word, value in node.items():
        inner = value.values() if word in NAMED else [value]
        for below in inner if word in WORDS or word in NAMED else ():
            if isinstance(below, dict):
                yield from nodes(below)


def expected(value: Any, schema: dict[str, Any]) -> list[Breach]:
    errors = Draft202012Validator(schema, registry=Registry()).iter_errors(value)
    return [
        Breach(str(each.validator), tuple(each.absolute_path), each.instance,
               each.validator_value, each.schema)
        for each in errors
    ]  # fmt: skip


def in_order(found: list[Breach]) -> list[str]:
    """Texts of all in one order: the other validator takes further fields in any."""
    return sorted(map(repr, found))


@pytest.mark.parametrize("status", [False, True])
@pytest.mark.parametrize("kind", BY_NAME, ids=lambda kind: kind.kind)
def test_our_schemas_use_no_other_word(kind: Kind, status: bool) -> None:
    for release in RELEASES:
        for node in nodes(schema_for(kind, release, status)):
            others = {word for word in node if not word.startswith("x-")} - WORDS - NOTES
            assert others == set()
            assert node.get("additionalProperties") is not True
            assert all(isinstance(value, str) for value in node.get("enum", ()))
            assert isinstance(node.get("const", ""), str)
            assert ("if" in node) == ("then" in node)


@pytest.mark.parametrize("kind", BY_NAME, ids=lambda kind: kind.kind)
@examples(60)
@given(data=st.data())
def test_the_same_is_found(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(mutated(kind))
    schema = schema_for(kind, data.draw(st.sampled_from(RELEASES)), data.draw(st.booleans()))
    assert schema is not None
    found = list(breaches(value, schema))
    assert in_order(found) == in_order(expected(value, schema))


SMALL = [
    ({"type": "integer"}, [1, 1.0, 1.5, True, "1", None]),
    ({"type": ["integer", "null"]}, [1, 2.0, False, None, []]),
    ({"type": "number"}, [1, 1.5, True]),
    ({"minimum": 1, "maximum": 2}, [0, 1, 2, 3, 0.5, 2.5, True, False, "0"]),
    ({"minItems": 1, "maxItems": 1}, [[], [1], [1, 2], {}, ""]),
    ({"minProperties": 1, "maxProperties": 1}, [{}, {"a": 1}, {"a": 1, "b": 2}, [], ""]),
    ({"minLength": 2}, ["", "a", "ab", "é", [], 1]),
    ({"pattern": "^a.$"}, ["ab", "a", "ab\n", 1]),
    ({"enum": ["a", "b"]}, ["a", "c", 1, None, ["a"]]),
    ({"const": "a"}, ["a", "b", True]),
    ({"not": {"type": "string"}}, ["a", 1]),
    ({"required": ["a", "b"]}, [{}, {"a": 1}, {"a": 1, "b": 2}, []]),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, [{}, {"a": 1}, {"a": 1, "b": 2}]),
    ({"properties": {"a": {"type": "string"}}, "additionalProperties": False},
     [{"a": 1}, {"b": 1}, {"a": "", "c": 1, "b": 2}, [], "a"]),
    ({"additionalProperties": {"type": "string"}}, [{"a": 1, "b": "", "c": 2}, {}]),
    ({"items": {"items": {"type": "string"}}}, [[["a", 1], [2]], {}, [1]]),
    ({"$ref": "#/$defs/a", "type": "string", "$defs": {"a": {"minLength": 3}}}, ["ab", "abc", 1]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "values"), SMALL)
def test_each_word_means_the_same(schema: dict[str, Any], values: list[Any]) -> None:
    for value in values:
        assert in_order(list(breaches(value, schema))) == in_order(expected(value, schema))
