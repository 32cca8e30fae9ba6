"""A field that a pointer adds to a kustomization is found in it, whatever else it holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.deploy.pointing import application, kustomization, release
from tests.properties import examples
from vmsnap_lint.deploy.kustomize_fields import patches
from vmsnap_lint.deploy.render.given_fields import field_in, patch_in, patches_in

PATCHES: dict[str, Any] = {
    "patches": [
        {"patch": "a", "target": {"kind": "Pod"}},
        {"patch": "a", "target": {"kind": "VirtualMachine", "unknown": "x"}},
    ],
    "patchesStrategicMerge": [{"kind": "Pod"}],
    "patchesJson6902": [{"patch": [{"op": "remove", "path": "/a"}], "target": {"kind": "Pod"}}],
}
PLACES = [
    ("patches", 0, "patch"), ("patches", 1, "patch"), ("patchesStrategicMerge", 0),
    ("patchesJson6902", 0, "patch"),
]  # fmt: skip
_KEYS = st.sampled_from(
    [
        "kustomize", "source", "sources", "postRenderers", "patches", "patch", "target", "spec",
        "patchesStrategicMerge", "patchesJson6902", "namespace", "commonMetadata", "labels",
    ]
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("pointer", "above"),
    [
        (kustomization(**PATCHES), ("spec",)),
        (application(source={"kustomize": PATCHES}), ("spec", "source", "kustomize")),
        (
            application(sources=[{"path": "x"}, {"kustomize": PATCHES}]),
            ("spec", "sources", 1, "kustomize"),
        ),
        (
            release(postRenderers=[{}, {"kustomize": PATCHES}]),
            ("spec", "postRenderers", 1, "kustomize"),
        ),
    ],
)
def test_a_patch_is_where_its_text_and_target_are(
    pointer: Any, above: tuple[str | int, ...]
) -> None:
    found = [patch_in(patches_in(pointer), patch) for patch in patches(PATCHES)]
    assert found == [(*above, *place) for place in PLACES]


def test_a_name_is_where_it_is_set_to_the_same() -> None:
    flux = kustomization(targetNamespace="shop", commonMetadata={"labels": {"a": "b"}})
    argo = application(source={"kustomize": {"namespace": "shop", "commonLabels": {"a": "b"}}})
    assert field_in(flux, "namespace", "shop") == ("spec", "targetNamespace")
    assert field_in(flux, "labels", [{}]) == ("spec", "commonMetadata", "labels")
    assert field_in(argo, "namespace", "shop") == ("spec", "source", "kustomize", "namespace")
    assert field_in(argo, "labels", [{}]) == ("spec", "source", "kustomize", "commonLabels")
    assert field_in(argo, "namespace", "other") is None


@examples(100)
@given(_JSON)
def test_no_pointer_makes_it_crash(spec: Any) -> None:
    pointer = kustomization(**spec) if isinstance(spec, dict) else kustomization(patches=spec)
    for patch in [*patches(spec), {"patch": "x"}]:
        place = patch_in(patches_in(pointer), patch)
        assert place is None or pointer.get(*place) is not None
    for field in ("namespace", "labels", "namePrefix"):
        place = field_in(pointer, field, "x")
        assert place is None or pointer.get(*place) == "x"
