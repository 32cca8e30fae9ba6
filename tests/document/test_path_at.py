"""The path at a place is the innermost one whose span holds the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document.texts import near_plain, yamlish
from tests.properties import examples
from vmsnap_lint import document
from vmsnap_lint.document.encoding import decode
from vmsnap_lint.document.positions import Inset, Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items: Any = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, item in items:
        yield from _paths(item, (*path, key))


def _agree(text: str) -> None:
    """Each place that a span begins at is that of its path, or of one with the same span.

    Of keys that occur twice only the last one has a path.
    """
    source = document.read("f.yaml", text.encode())
    if source.faults:
        return
    for part in source.documents:
        for path in _paths(part.value):
            for key in (False, True):
                span = part.span(path, key)
                found = part.path_at(span.line, span.column)
                assert found is not None, (path, key, span)
                if span[:2] != span[2:]:  # an empty value may be behind the end of the text
                    assert part.span(*found)[:2] == span[:2], (path, key, found)


@examples(400)
@given(st.one_of(near_plain, yamlish))
def test_the_place_of_each_path_leads_back(text: str) -> None:
    _agree(decode(text.encode("utf-8", "surrogatepass")))


_TEXT = """\
# head
kind: A
list:
- a: [b, {c: d}]
  e: f
-
- "g h"   # note
empty:
text: |
  one
  two
last: 1
"""


@pytest.mark.parametrize(
    ("shown", "path", "is_key"),
    [
        ("kind", ("kind",), True),
        ("A", ("kind",), False),
        (": A", ("kind",), True),
        ("\nlist", ("kind",), False),
        ("b,", ("list", 0, "a", 0), False),
        ("c:", ("list", 0, "a", 1, "c"), True),
        ("d}", ("list", 0, "a", 1, "c"), False),
        ("}]", ("list", 0, "a", 1, "c"), False),
        ("]\n", ("list", 0, "a", 1), False),
        ("e:", ("list", 0, "e"), True),
        ("g h", ("list", 2), False),
        ("two", ("text",), False),
        ("1", ("last",), False),
    ],
)
def test_the_innermost_value_or_key(shown: str, path: Path, is_key: bool) -> None:
    (part,) = document.read("f.yaml", _TEXT.encode()).documents
    index = _TEXT.index(shown)
    line, column = _TEXT.count("\n", 0, index) + 1, index - _TEXT.rfind("\n", 0, index)
    assert part.path_at(line, column) == (path, is_key)


def test_comments_and_what_is_outside_hold_nothing() -> None:
    (part,) = document.read("f.yaml", _TEXT.encode()).documents
    assert part.path_at(1, 3) is None
    assert part.path_at(99, 1) is None
    assert part.path_at(0, 0) is None
    assert part.path_at(7, 14) == ((), False)


def test_an_extent_ends_with_its_last_part() -> None:
    (part,) = document.read("f.yaml", _TEXT.encode()).documents
    assert part.extent(("list",)) == (4, 1, 7, 8)
    assert part.extent(("list", 0)) == (4, 3, 5, 7)
    assert part.extent(("list", 0, "a")) == (4, 6, 4, 17)
    assert part.extent(()) == (2, 1, 12, 8)


@examples(200)
@given(
    st.text(st.sampled_from("ab\n\ré "), max_size=40),
    st.integers(-1, 9),
    st.integers(-1, 9),
)
def test_an_index_leads_back_to_its_place(text: str, line: int, column: int) -> None:
    """The end of a line stands for all columns behind it."""
    lines = Lines(text)
    index = lines.nearest(line, column)
    if index is not None:
        assert lines.span(index, index)[:2] == (
            line, min(max(column, 1), len(lines.line(line)) + 1)
        )  # fmt: skip


def test_an_index_in_a_part_of_a_page() -> None:
    page = Lines("first\n  > ab\n  > cd\n")
    lines = Lines("ab\ncd", Inset(page, 2, (4, 4)))
    assert [lines.nearest(2, 5), lines.nearest(3, 6), lines.nearest(1, 1)] == [
        0,
        4,
        None,
    ]
    assert [lines.nearest(2, 4), lines.nearest(4, 5)] == [None, None]
    assert Lines("ab", Inset(page, 2, (4,), exact=False)).nearest(2, 5) is None
