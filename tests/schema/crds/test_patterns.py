"""Patterns of a CRD are read as Go reads them, and cost no more than their text is long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import quickest
from tests.properties import examples
from vmsnap_lint.schema.crds.patterns import matcher, rewritten


@pytest.mark.parametrize(("pattern", "good", "bad"), [
    (r"^[[:alnum:]_]+$", "a_1", "a-1"),
    (r"^[^[:digit:]]$", "a", "1"),
    (r"^\d+$", "12", "١٢"),
    (r"^a\sb$", "a b", "a\u00a0b"),
    (r"^[\s-]$", " ", "a"),
    (r"^\S$", "\u00a0", " "),
    (r"^[]a]$", "]", "b"),
    (r"^[^]a]$", "b", "]"),
    (r"^[a[b]$", "[", "c"),
    (r"^(?i)abc$", "ABC", "abd"),
    (r"^a$", "a", "a\n"),
    (r"\Aa\z", "a", "ab"),
])  # fmt: skip
def test_a_pattern_means_what_it_means_to_go(pattern: str, good: str, bad: str) -> None:
    ours = rewritten(pattern)
    assert ours is not None
    assert (matcher(ours)(good), matcher(ours)(bad)) == (True, False)


@pytest.mark.parametrize("pattern", [
    r"(?=a)b", r"(a)\1", r"\Qa.b\E", "(", "[[:vowel:]]", "a{1000}{1000}{1000}", "a" * 10_001,
])  # fmt: skip
def test_what_cannot_be_decided_is_no_pattern(pattern: str) -> None:
    assert rewritten(pattern) is None


def test_a_hostile_pattern_is_cheap() -> None:
    ours = rewritten(r"^(a+)+$")
    assert ours is not None
    fits = matcher(ours)
    assert not fits("a" * 100_000 + "b")
    assert quickest(lambda: fits("a" * 100_000 + "b"), 5) <= 5


@examples(80)
@given(st.text("ab[]^-\\sSdQ:alph()+*$.", max_size=12))
def test_any_text_is_a_pattern_or_none(text: str) -> None:
    ours = rewritten(text)
    assert ours is None or matcher(ours)("a") in {True, False}
