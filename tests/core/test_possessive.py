"""Possessive groups match alike on every Python."""

from __future__ import annotations

import re

import pytest

from tests.shared import ROOT
from vmsnap_lint.core.possessive import atomic, possessive

_BEHIND_A_GROUP = re.compile(r"\)(?:[*+?]|\{[0-9]*,?[0-9]*\})\+")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"(?:a|b)*+c", r"(?>(?:a|b)*)c"),
        (r"(?:x(?:y|\))++)?+", r"(?>(?:x(?>(?:y|\))+))?)"),
        (r"(?:[]a)]|\()*+", r"(?>(?:[]a)]|\()*)"),
        (r"(?:[^]\\]|\\.)*+", r"(?>(?:[^]\\]|\\.)*)"),
        (r"[^(]*+a{2,}+", r"[^(]*+a{2,}+"),
    ],
)
def test_a_possessive_group_becomes_an_atomic_one(pattern: str, expected: str) -> None:
    assert atomic(pattern) == expected
    re.compile(expected)


def test_a_group_that_looks_ahead_is_matched() -> None:
    comment = re.compile(possessive(r"/\*(?:(?!\*/).)*+\*/"))
    assert comment.findall("a /* b */ c") == ["/* b */"]


def test_every_such_pattern_is_asked_for() -> None:
    """A file with a possessive group uses `possessive`."""
    for path in sorted((ROOT / "vmsnap_lint").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if _BEHIND_A_GROUP.search(text):
            assert "import possessive" in text or path.name == "possessive.py", path
