"""Entries that are removed together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint import document
from vmsnap_lint.document.editing.operations import EntryRemoved
from vmsnap_lint.document.editing.rewriting import drafted, edits_of, rewritten
from vmsnap_lint.document.source import HomeText

if TYPE_CHECKING:
    from collections.abc import Collection

FORMS = {
    "flow": ("a: {", ", ", "}\nz: 1\n"),
    "spread": ("a: {\n  ", ",\n  ", "\n}\nz: 1\n"),
    "commented": ("a: {\n  ", ",  # b\n  # c\n  ", "\n}\nz: 1\n"),
    "json": ('{"a": {', ", ", '}, "z": 1}\n'),
    "block": ("a:\n  ", "\n  ", "\nz: 1\n"),
    "last": ("z: 1\na:\n  ", "\n  ", "\n"),
}


@given(
    form=st.sampled_from([*FORMS]),
    number=st.integers(1, 6),
    gone=st.sets(st.integers(0, 5), min_size=1),
)
def test_all_of_them_go_and_the_others_stay(form: str, number: int, gone: set[int]) -> None:
    gone = {each for each in gone if each < number} or {0}
    start, separator, end = FORMS[form]
    text = start + separator.join(f'"k{each}": {each}' for each in range(number)) + end
    left = {f"k{each}": each for each in range(number) if each not in gone}
    (after,) = document.read("a.yaml", without(text, gone).encode()).documents
    assert after.value == {"a": left, "z": 1}


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ({0}, "# a\n  # on 1\n  k1: 1,  # of 1\n  # on 2\n  k2: 2 }"),
        ({1}, "# a\n  k0: 0,  # of 0\n  # on 1\n  # on 2\n  k2: 2 }"),
        ({2}, "# a\n  k0: 0,  # of 0\n  # on 1\n  k1: 1,  # of 1\n  # on 2\n }"),
        ({1, 2}, "# a\n  k0: 0,  # of 0\n  # on 1\n }"),
        ({0, 1}, "# a\n  # on 2\n  k2: 2 }"),
    ],
)
def test_comments_of_other_entries_stay_between_brackets(gone: set[int], left: str) -> None:
    entries = "k0: 0,  # of 0\n  # on 1\n  k1: 1,  # of 1\n  # on 2\n  k2: 2"
    assert without(f"a: {{ # a\n  {entries} }}\n", gone) == f"a: {{ {left}\n"


def without(text: str, numbers: Collection[int]) -> str:
    """The text without these entries of `a`."""
    (of,) = document.read("a.yaml", text.encode()).documents
    removed = [EntryRemoved(("a", f"k{number}")) for number in sorted(numbers, reverse=True)]
    draft = drafted(HomeText(of, ()), removed)
    assert draft is not None
    edits = edits_of(draft)
    assert edits
    lines = of.source.lines
    changes = sorted(
        (lines.index(*edit.span[:2]) or 0, lines.index(*edit.span[2:]) or 0, edit.text)
        for edit in edits
    )
    return rewritten(text, changes)
