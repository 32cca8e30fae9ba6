"""Whatever a CRD holds, it is refused with its line or used; nothing in between breaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties import examples
from tests.schema.crds.made import crd, crds, object_of
from vmsnap_lint.core.errors import UsageError

if TYPE_CHECKING:
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.schema import SchemaProblem

WORDS = [
    "additionalProperties", "allOf", "anyOf", "default", "enum", "exclusiveMaximum", "format",
    "items", "maxItems", "maxLength", "maximum", "minLength", "minProperties", "multipleOf", "not",
    "nullable", "oneOf", "pattern", "properties", "required", "type",
    "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string", "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
]  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers(-2, 3) | st.just(10**400) | st.floats(-1, 1)
    | st.sampled_from(["a", "array", "date-time", "map", "object", "set", "string", "integer", "("])
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from([*WORDS, "a", "b"]), inner, max_size=4)
    ),
    max_leaves=10,
)
# Mostly right, so that it is taken often, with anything as any word.
NODES = st.recursive(
    st.sampled_from([{"type": "string"}, {"type": "integer"}, {"type": "number"}]),
    lambda inner: st.one_of(
        st.builds(lambda a, b: {"type": "object", "properties": {"a": a, "b": b}}, inner, inner),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda node, word, value: {**node, word: value}, inner,
                  st.sampled_from(WORDS), ANYTHING),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(examples(150), suppress_health_check=list(HealthCheck))
@given(NODES, ANYTHING)
def test_any_schema_is_used_or_refused(schema: object, value: object) -> None:
    one = object_of("{}")
    one.value["spec"] = value
    assert all(problem.message for problem in _problems(json.dumps(schema), one))


def _problems(schema: str, one: Manifest) -> tuple[SchemaProblem, ...]:
    try:
        return crds(crd(schema)).problems(one)
    except UsageError:
        return ()
