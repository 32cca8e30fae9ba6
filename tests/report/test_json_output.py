"""Indented JSON is what the standard library writes, but for what a CI system acts on."""

from __future__ import annotations

import inspect
import json

from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.report.hostile import TEXTS
from vmsnap_lint.report import json_output
from vmsnap_lint.report.terminal import COMMAND

# As they are: what the values are is not of interest here (tests.output_schemas).
json_lines, json_line = map(inspect.unwrap, (json_output.json_lines, json_output.json_line))

_SCALARS = st.none() | st.booleans() | st.integers() | TEXTS
VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=12
)


@examples(200)
@given(VALUES)
def test_the_text_is_that_of_the_standard_library(value: object) -> None:
    text = "\n".join(json_lines(value))
    assert text == COMMAND.sub(r"\\u0023", json.dumps(value, indent=2))
    assert json.loads(text) == json.loads(json_line(value)) == value
