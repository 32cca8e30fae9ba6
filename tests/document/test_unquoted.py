"""A text without quotes is read in a quick way where that is sure to say what the reader says."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.document.unquoted import unquoted

_TEXTS = st.text(st.sampled_from("ab1.0-+: #~{}[]$\"'|>&*!%@,?_\\\t\r\u00e9\u2028"), max_size=12)


@examples(600)
@given(_TEXTS)
@example("12")
@example("yes")
@example("a: b")
@example("a # b")
@example("|")
@example("")
@example("x" * 500)
def test_it_is_what_the_reader_says(text: str) -> None:
    source = document.read("", f"value: {text}\n".encode())
    values = [part.value for part in source.documents]
    if source.faults or len(values) != 1 or values[0].keys() != {"value"}:
        with pytest.raises(ValueError, match="value"):
            unquoted(text)
    else:
        assert repr(unquoted(text)) == repr(values[0]["value"])


@pytest.mark.parametrize(
    ("text", "value"),
    [("${A}-b", "${A}-b"), ("a:b", "a:b"), ("12", 12), ("on", True), ("a # b", "a"), ("", None)],
)
def test_it_is_the_value_of_yaml(text: str, value: object) -> None:
    assert unquoted(text) == value


@pytest.mark.parametrize("text", ["a: b", "[", "'", "*a"])
def test_what_is_no_value_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="value"):
        unquoted(text)
