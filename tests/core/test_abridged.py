"""Texts of a report are short, however long the names and values are that they quote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import quickest
from vmsnap_lint.core.abridged import LONGEST_TEXT, abridged, shortened
from vmsnap_lint.core.values import LONGEST_NAME

LONG = "n" * 100_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ('no VM "wbe" in namespace "prod"', 'no VM "wbe" in namespace "prod"'),
        (f'no VM "{LONG}" in namespace "prod"', f'no VM "{"n" * 250}..." in namespace "prod"'),
        (f'no VM "{"n" * 253}" is there', f'no VM "{"n" * 253}" is there'),
        (f'a "{"b c " * 90}" is wrong', f'a "{"b c " * 90}" is wrong'),
        (f'a "{"b c " * 900}" is wrong', f'a "{("b c " * 900)[:997]}..." is wrong'),
        (f"spec.{LONG} is unknown", f"spec.{'n' * 245}... is unknown"),
        (f'"{LONG}" or "{LONG}"', f'"{"n" * 250}..." or "{"n" * 250}..."'),
    ],
)  # fmt: skip
def test_names_and_values_are_cut_and_the_words_between_them_stay(text: str, expected: str) -> None:
    assert abridged(text) == expected


def test_of_a_text_of_many_words_the_middle_is_left_out() -> None:
    text = abridged("begins " + "word " * 9_000 + "and ends")
    assert len(text) == LONGEST_TEXT
    assert text.startswith("begins word")
    assert " ... " in text
    assert text.endswith("word and ends")


@given(st.text(st.sampled_from('a" \n'), max_size=60), st.integers(1, 400), st.text(max_size=9))
def test_every_text_is_bounded_and_short_ones_are_not_changed(
    piece: str, times: int, end: str
) -> None:
    text = piece * times + end
    assert len(abridged(text)) <= LONGEST_TEXT
    assert abridged(abridged(text)) == abridged(text)
    assert len(shortened(text)) <= LONGEST_TEXT
    if len(text) <= LONGEST_NAME:
        assert abridged(text) == text


@pytest.mark.parametrize("piece", ['"', '"a', "a ", "a", '" "', 'a"' * 100, " "])
def test_it_takes_linear_time(piece: str) -> None:
    text = piece * (2_000_000 // len(piece))
    assert quickest(lambda: abridged(text), 2) <= 2
