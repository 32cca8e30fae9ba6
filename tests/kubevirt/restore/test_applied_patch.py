"""Operations are applied as evanphx/json-patch v4 applies them, oddities included."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmsnap_lint.kubevirt.restore.applied_patch import (
    InapplicableError,
    PatchedObject,
    PatchSizeError,
)

Json = dict[str, Any]
NAMES = st.sampled_from(["a", "b", "-", "0", "1", "-1", "~0", "~1", "", "x/y", "+1", "٣", "1_0"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
)  # fmt: skip
PATHS = st.lists(NAMES, max_size=4).map("/".join) | st.lists(NAMES, max_size=3).map(
    lambda names: "".join(f"/{name}" for name in names)
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "copy", "move", "remove", "replace", "test"]), "path": PATHS,
     "from": PATHS},
    optional={"value": VALUES},
)  # fmt: skip


def patched(document: Json, *operations: Json) -> Json:
    target = PatchedObject(document)
    for operation in operations:
        target.apply(operation)
    return document


def op(kind: str, path: str, **rest: Any) -> Json:
    return {"op": kind, "path": path, **rest}


def sample() -> Json:
    return {"a": {"b": 1, "n": None}, "l": ["x", "y", "z"], "s": "text", "x/y": {"~": 2}}


@pytest.mark.parametrize(
    ("operation", "path", "value"),
    [
        (op("add", "/a/c", value=2), ("a", "c"), 2),
        (op("add", "/l/-", value="w"), ("l",), ["x", "y", "z", "w"]),
        (op("add", "/l/3", value="w"), ("l",), ["x", "y", "z", "w"]),
        (op("add", "/l/-1", value="w"), ("l",), ["x", "y", "z", "w"]),
        (op("add", "/l/-4", value="w"), ("l",), ["w", "x", "y", "z"]),
        (op("add", "/l/+1", value="w"), ("l",), ["x", "w", "y", "z"]),
        (op("add", "/a/c"), ("a", "c"), None),  # without a value
        (op("replace", "/a/new", value=3), ("a", "new"), 3),  # it need not be there
        (op("replace", "/l/-1", value="w"), ("l",), ["x", "y", "w"]),
        (op("remove", "/l/-3"), ("l",), ["y", "z"]),
        (op("copy", "/a/c", **{"from": "/a/none"}), ("a", "c"), None),
        (op("copy", "/a/c", **{"from": "/l"}), ("a", "c"), ["x", "y", "z"]),
        (op("move", "/l/0", **{"from": "/l/2"}), ("l",), ["z", "x", "y"]),
        (op("move", "/a/c", **{"from": "/a/b"}), ("a",), {"n": None, "c": 1}),
        (op("add", "/x~1y/~0", value=3), ("x/y", "~"), 3),
        (op("add", "/a/~01", value=3), ("a", "~1"), 3),
        (op("add", "q/z", value=3), ("z",), 3),  # what stands before the first slash is nothing
        (op("test", "/a/n", value=None), ("a", "b"), 1),
        (op("test", "/a/none"), ("a", "b"), 1),
        (op("test", "/l", value=["x", "y", "z"]), ("a", "b"), 1),
    ],
)
def test_an_operation_that_applies(operation: Json, path: tuple[str, ...], value: object) -> None:
    found: Any = patched(sample(), operation)
    for step in path:
        found = found[step]
    assert found == value


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (op("add", "/none/c", value=2), '"/none" is not there'),
        (op("add", "/a/n/c", value=2), '"/a/n" is not there'),
        (op("add", "/s/c", value=2), '"/s" is no object'),
        (op("add", "/l/4", value=2), "the array has 3 entries"),
        (op("add", "/l/-5", value=2), "the array has 3 entries"),
        (op("add", "/l/x", value=2), "no index of an array"),
        (op("add", "/l/1_0", value=2), "no index of an array"),
        (op("replace", "/l/3", value=2), "the array has 3 entries"),
        (op("replace", "/l/-", value=2), "no index of an array"),
        (op("remove", "/a/none"), 'there is no "/a/none"'),
        (op("remove", "/l/3"), "the array has 3 entries"),
        (op("remove", ""), '"" is not a path'),
        (op("copy", "/a/c", **{"from": "/l/9"}), "the array has 3 entries"),
        (op("move", "/a/c", **{"from": "/a/none"}), 'there is no "/a/none"'),
        (op("move", "/a/b/c", **{"from": "/a"}), '"/a" is not there'),
        (op("test", "/a/b", value=True), "is not the value"),
        (op("test", "/a/b", value="1"), "is not the value"),
        (op("test", "/a/b"), "is not the value"),
        (op("test", "/a", value={"b": 1}), "is not the value"),
        (op("test", "/l", value=["x"]), "is not the value"),
        (op("test", "/none/b", value=None), '"/none" is not there'),
    ],
)
def test_an_operation_that_does_not_apply(operation: Json, why: str) -> None:
    with pytest.raises(InapplicableError) as raised:
        patched(sample(), operation)
    assert why in str(raised.value)


def test_a_copy_is_a_value_of_its_own() -> None:
    copied = op("copy", "/c", **{"from": "/a"})
    document = patched(sample(), copied, op("add", "/a/b", value=9))
    assert document["c"]["b"] == 1


@given(VALUES, st.lists(OPERATIONS, max_size=6))
@settings(max_examples=400)
def test_any_operations_apply_or_do_not(value: Any, operations: list[Json]) -> None:
    with suppress(InapplicableError):
        patched({"a": value, "b": {"a": value}}, *operations)


def test_copies_of_copies_are_followed_up_to_a_limit() -> None:
    document = {"a": {"l": [0] * 100}}
    twice = [op("copy", f"/a/{number}", **{"from": "/a"}) for number in range(10_000)]
    with pytest.raises(PatchSizeError):
        patched(document, *twice)


def test_a_value_may_be_nested_deeply() -> None:
    deep: Any = 1
    for _ in range(50_000):
        deep = [deep]
    document = patched({"a": deep}, op("copy", "/b", **{"from": "/a"}))
    patched(document, op("test", "/b", value=deep))
