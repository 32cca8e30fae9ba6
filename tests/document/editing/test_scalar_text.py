"""Scalars are written in the style that they take the place of, or in the quotes that they need."""

from __future__ import annotations

import pytest

from vmsnap_lint.document.editing.scalar_text import scalar_text
from vmsnap_lint.document.nodes import Style


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("24h", "24h"),
        ("yes", '"yes"'),
        ('{"op": "remove"}', """'{"op": "remove"}'"""),
        ("a\\b: c", "'a\\b: c'"),
        ('it\'s: \t"so"', '"it\'s: \\t\\"so\\""'),  # single quotes cannot hold a tab
    ],
)
def test_what_cannot_be_without_quotes_gets_those_that_need_no_escapes(
    value: str, expected: str
) -> None:
    assert scalar_text(value, Style.PLAIN) == expected
