"""The two validators agree on everything, and neither reaches outside the schema."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.schema.samples import SAMPLES, sample
from vmsnap_lint.core.kinds import SNAPSHOT, Kind
from vmsnap_lint.core.values import Release, holds_placeholder
from vmsnap_lint.schema import KINDS, is_valid, problems
from vmsnap_lint.schema.breaches import breaches
from vmsnap_lint.schema.bundled import schema_for
from vmsnap_lint.schema.crds.shape import _validator as validator
from vmsnap_lint.schema.validate import compiled

BY_NAME = sorted(KINDS)
RELEASES = [None, Release(1, 0, 1), Release(1, 3, 1), Release(1, 6, 6), Release(1, 9, 0)]
WORDS = {"additionalProperties", "instance", "schema", "$ref", "None", "True", "regex", "pattern"}

leaves = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6)
    | st.sampled_from(["1Gi", "1Gi\n", "4GiB", "Delete", "Pull", "Block", "yes"])
)  # fmt: skip
names = st.sampled_from(["name", "spec", "kind", "namespace", "source", "claimName", "status", "x"])
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)
)


@st.composite
def mutated(draw: st.DrawFn, kind: Kind) -> dict[str, Any]:
    """A sound object after a few changes at places of its own."""
    whole = copy.deepcopy(sample(kind))
    for _ in range(draw(st.integers(1, 3))):
        node, key = draw(st.sampled_from(slots(whole)))
        change = draw(st.sampled_from(["set", "drop", "add", "rename"]))
        if change == "set" or isinstance(node, list):
            node[key] = draw(values)
        elif change == "drop":
            del node[key]
        elif change == "add":
            node[draw(names)] = draw(values)
        else:
            node[draw(st.sampled_from([key.upper(), key + "s", key[:-1]]))] = node.pop(key)
    return whole


def slots(node: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a value."""
    keys = list(node.keys() if isinstance(node, dict) else range(len(node)))
    found = [(node, key) for key in keys]
    for key in keys:
        if isinstance(node[key], dict | list):
            found += slots(node[key])
    return found


def holds_unrendered(value: Any) -> bool:
    texts = (text for node, key in slots(value) for text in (key, node[key]))
    return any(isinstance(text, str) and holds_placeholder(text) for text in texts)


def test_every_schema_has_a_sample() -> None:
    assert set(SAMPLES) == KINDS


@pytest.mark.parametrize("release", RELEASES[1:])
@pytest.mark.parametrize("kind", BY_NAME, ids=lambda kind: kind.kind)
def test_samples_are_sound_at_every_release(kind: Kind, release: Release) -> None:
    assert problems(sample(kind), kind, release, status=True) == ()


@pytest.mark.parametrize("kind", BY_NAME, ids=lambda kind: kind.kind)
@examples(40)
@given(data=st.data())
def test_the_fast_gate_and_the_explainer_agree(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(mutated(kind))
    release = data.draw(st.sampled_from(RELEASES))
    status = data.draw(st.booleans())
    schema = schema_for(kind, release, status)
    assert schema is not None
    assert compiled(schema)(value) == (not list(breaches(value, schema)))
    found = problems(value, kind, release, status)
    sound = is_valid(value, kind, release, status)
    assert bool(found) == (not sound) or holds_unrendered(value)
    assert not (found and sound)


@pytest.mark.parametrize("kind", BY_NAME, ids=lambda kind: kind.kind)
@examples(25)
@given(data=st.data())
def test_problems_stand_in_the_object_and_speak_plainly(kind: Kind, data: st.DataObject) -> None:
    value = data.draw(mutated(kind))
    before = copy.deepcopy(value)
    found = problems(value, kind, data.draw(st.sampled_from(RELEASES)))
    assert value == before
    assert list(found) == sorted(found, key=lambda it: ([str(key) for key in it.path], it))
    for problem in found:
        node: Any = value
        for step in problem.path:
            node = node[step]  # raises where the path does not exist
        assert not WORDS & set(problem.message.split())
        assert not problem.message.endswith(".")


@pytest.mark.parametrize("uri", ["https://example.com/x.json", "file:///etc/passwd", "x.json"])
def test_a_reference_outside_is_refused_by_both(uri: str) -> None:
    schema = {"$ref": uri}
    with pytest.raises(Exception, match=r"(?i)x\.json|passwd") as fast:
        compiled(schema)
    assert type(fast.value).__name__ in ("ReferencingError", "ValidationError")
    with pytest.raises(Exception, match="Unresolvable") as slow:
        list(validator(schema).iter_errors({}))
    assert type(slow.value).__name__ == "_WrappedReferencingError"


def test_what_is_not_json_is_not_sound() -> None:
    assert not is_valid({"spec": {1: b""}}, SNAPSHOT)


def test_kinds_without_a_schema_are_never_faulted() -> None:
    stranger = Kind("../../etc", "passwd")
    assert problems({"spec": 1}, stranger) == ()
    assert is_valid({"spec": 1}, stranger)
