"""What certainly fits a schema fits it for the validator, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.schema.samples import sample
from tests.schema.test_agreement import BY_NAME, RELEASES, mutated, values
from vmsnap_lint.core.kinds import SNAPSHOT
from vmsnap_lint.schema import is_valid, validate
from vmsnap_lint.schema.bundled import schema_for
from vmsnap_lint.schema.certain import surely_fits
from vmsnap_lint.schema.validate import compiled

if TYPE_CHECKING:
    from vmsnap_lint.core.kinds import Kind

NUMBERS = [-1, 0, 1, 2, 1.0, True, 1 << 52, 1 << 53, 1 << 62, 1 << 63, 1 << 64, -(1 << 65)]


def _joined(nodes: tuple[Any, Any]) -> Any:
    return {**nodes[0], **nodes[1]} if all(isinstance(node, dict) for node in nodes) else nodes[0]


NODES = st.recursive(
    st.sampled_from([
        True, False, {}, {"$ref": "#/$defs/part"}, {"$ref": "#/$defs/else"}, {"const": 1},
        {"enum": ["a", "bc"]}, {"maxItems": 1}, {"maxProperties": 1}, {"maximum": 1},
        {"minItems": 1}, {"minLength": 2}, {"minProperties": 1}, {"minimum": 1}, {"not": {}},
        {"pattern": "^a.$"}, {"required": ["name"]}, {"title": "x", "x-since": "1.0"},
        {"type": ["integer", "null"]},
        *({"type": name} for name in ("array", "boolean", "integer", "number", "object", "string")),
    ]),
    lambda inner: st.fixed_dictionaries({}, optional={
        "additionalProperties": inner, "if": inner, "items": inner, "then": inner,
        "properties": st.dictionaries(st.sampled_from(["name", "spec"]), inner),
    }) | st.tuples(inner, inner).map(_joined),
    max_leaves=6,
)  # fmt: skip


@examples(300)
@given(
    st.sampled_from([*NUMBERS, "", "a", "ab", "ä", "a\n", None]) | values,
    NODES,
)
def test_no_value_fits_only_here(value: Any, node: Any) -> None:
    parts = {"part": {"type": ["string", "boolean"], "minLength": 1}}
    whole = {**node, "$defs": parts} if isinstance(node, dict) else node
    try:
        fits = compiled(whole)
    except jsonschema_rs.ValidationError:  # a part that is missing: no schema of ours
        return
    if surely_fits(value, node, parts):
        assert fits(value)


@pytest.mark.parametrize("kind", BY_NAME, ids=lambda kind: kind.kind)
@examples(30)
@given(data=st.data())
def test_no_object_fits_only_here(kind: Kind, data: st.DataObject) -> None:
    schema = schema_for(kind, data.draw(st.sampled_from(RELEASES)), data.draw(st.booleans()))
    assert schema is not None
    value = data.draw(mutated(kind))
    if surely_fits(value, schema, schema["$defs"]):
        assert compiled(schema)(value)


@pytest.mark.parametrize("kind", BY_NAME, ids=lambda kind: kind.kind)
def test_usual_objects_need_no_validator(kind: Kind) -> None:
    schema = schema_for(kind)
    assert schema is not None
    assert surely_fits(sample(kind), schema, schema["$defs"])


@pytest.mark.parametrize("node", [{"anyOf": [True]}, {"else": True}, {"maxLength": 9}])
def test_words_that_are_not_known_are_for_the_validator(node: dict[str, Any]) -> None:
    assert not surely_fits("a", node, {})


def test_many_objects_are_for_the_validator(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counting(schema: Any) -> Any:
        check = compiled(schema)

        def counted(value: Any) -> bool:
            asked.append(value)
            return check(value)

        return counted

    monkeypatch.setattr(validate, "compiled", counting)
    validate._judge.cache_clear()
    assert all(is_valid(sample(SNAPSHOT), SNAPSHOT) for _ in range(100))
    assert len(asked) == 70
    assert not is_valid({"spec": 1}, SNAPSHOT)
    validate._judge.cache_clear()
