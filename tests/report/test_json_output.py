"""JSON is ASCII in which no CI system finds a command, and still the same value."""

from __future__ import annotations

import inspect
import json

from hypothesis import given
from hypothesis import strategies as st

from tests.properties import examples
from tests.report.hostile import TEXTS
from vmsnap_lint.core.model import Severity
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
def test_the_value_stays_and_is_inert(value: object) -> None:
    for text in ("\n".join(json_lines(value)), json_line(value)):
        assert json.loads(text) == value
        assert text.isascii()
        assert not COMMAND.search(text)
        assert all(line.isprintable() for line in text.split("\n"))


def test_there_is_a_line_for_each_value_or_one_for_all() -> None:
    value = {"a": [1, "##vso[x]"], "level": Severity.ERROR}
    assert list(json_lines(value)) == [
        "{", '  "a": [', "    1,", '    "\\u0023#vso[x]"', "  ],", '  "level": 3', "}",
    ]  # fmt: skip
    assert json_line(value) == '{"a": [1, "\\u0023#vso[x]"], "level": 3}'
