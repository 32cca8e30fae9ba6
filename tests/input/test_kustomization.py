"""The paths of a kustomization, with keys as kustomize compares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.input.kustomization import folded, may_name, named, read, spelled


@pytest.mark.parametrize("key", ["resources", "Resources", "RESOURCES", "re\u017fource\u017f"])
def test_keys_count_in_any_case(key: str) -> None:
    assert [entry.text for entry in named({key: ["a"]})] == ["a"]
    assert read("/k/kustomization.yaml", f"{key}: [a]".encode()).resources == {"/k/a"}


@pytest.mark.parametrize("key", ["resource", "ressources", "re\u00dfources", "resources "])
def test_other_keys_stay_unknown(key: str) -> None:
    assert list(named({key: ["a"]})) == []


def test_the_kelvin_sign_is_a_letter() -> None:
    assert (folded("\u212aind"), folded("KIND")) == ("kind", "kind")
    assert spelled({"\u212aind": "Component"}) == ({"kind": "Component"}, "")


def test_keys_of_entries_count_in_any_case_but_those_of_maps_do_not() -> None:
    value = {
        "Patches": [{"PATH": "p", "Target": {}}],
        "configMapGenerator": [{"Files": ["a=b=c", "d"], "ENVS": ["e"]}],
        "openapi": {"Path": "no"},
    }
    assert {entry.text for entry in named(value)} == {"p", "b=c", "d", "e"}
    assert spelled(value)[0]["patches"] == [{"path": "p", "target": {}}]


@pytest.mark.parametrize(
    ("value", "twice"),
    [
        ({"Resources": [], "resources": []}, "resources"),
        ({"Resources": [], "RESOURCES": []}, "resources"),
        ({"patches": [{"path": "a", "Path": "b"}]}, "path"),
        ({"resources": [], "Crds": []}, ""),
    ],
)
def test_a_key_in_two_cases_is_told(value: dict[str, object], twice: str) -> None:
    assert spelled(value)[1] == twice


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("patches: [{path: p.yaml}]", True), ("Patche\u017f: [{path: p.yaml}]", True),
        ("resources: [p.yaml]", False), ("patches: [{path: q.yaml}]", False),
        ('"patch\\u0065s": [{path: p.yaml}]', True),
    ],
)  # fmt: skip
def test_files_are_recognized_by_their_bytes(text: str, expected: bool) -> None:
    assert may_name(text.encode(), {b"p.yaml"}) is expected
    assert may_name(text.encode("utf-16"), {b"p.yaml"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    max_leaves=8,
)
KEYS = st.sampled_from(["resources", "Patches", "openapi", "configMapGenerator", "Files", "path"])


@given(st.dictionaries(KEYS | st.text(), JSON))
def test_any_value_has_a_spelling(value: dict[str, object]) -> None:
    fixed, _ = spelled(value)
    assert spelled(fixed) == (fixed, "")
    assert all(isinstance(entry.text, str) for entry in named(value))
