"""What the plain places tell is what the parser tells of the same path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from tests.document.texts import near_plain
from tests.properties import examples
from tests.shared import SHARED, needs_shared
from vmsnap_lint.document import Budget, plain, plain_places, split
from vmsnap_lint.document.compose import places
from vmsnap_lint.document.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.core.model import Path


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every path of a value, and some that it does not have."""
    yield path
    if isinstance(value, dict):
        yield (*path, "absent")
        yield (*path, 0)
        for key, item in value.items():
            yield from _paths(item, (*path, key))
    elif isinstance(value, list):
        yield (*path, len(value))
        yield (*path, -1)
        yield (*path, "name")
        for index, item in enumerate(value):
            yield from _paths(item, (*path, index))
    else:
        yield (*path, "below")
        yield (*path, 0, "below")


def _compare(text: str, data: bytes) -> tuple[int, int]:
    """Hold the two together for each path of what is plain; how many were asked for, and told."""
    asked = told = 0
    if not plain.is_simple(data, text):
        return 0, 0
    for piece in split.pieces(text):
        found = None if piece.json else plain.read(text[piece.start : piece.end], Budget())
        if found is None or found[0] is None:
            continue
        tree = places(text, piece)
        for path in _paths(found[0]):
            for key in (False, True):
                place = plain_places.find(text, piece.start, piece.end, path, key=key)
                asked += 1
                told += place is not None
                expected = tree.place(path, key=key)
                assert place is None or place == expected, (path, key, text[slice(*expected[:2])])
    return asked, told


@examples(600)
@given(near_plain)
def test_any_text(text: str) -> None:
    _compare(decode(text.encode()), text.encode())


@needs_shared
def test_all_that_was_collected() -> None:
    asked = told = 0
    for folder in ("corpus", "cases"):
        for path in sorted((SHARED / folder).rglob("*.y*ml"))[::7]:
            data = path.read_bytes()
            if len(data) < 20_000:
                further = _compare(decode(data), data)
                asked, told = asked + further[0], told + further[1]
    assert told > 0.9 * asked > 0


_TEXT = """\
# head
---
kind: A
"quoted key": "x y"  # note
'single': 'it''s'
empty:
list:
- a
-
- # nothing
- b: 1
  c: |
    # text
    b: 2

    more
  d: 2
- |-
  k: v
flow: {a: [b]}
none: {}
block: | # note
nested:
  # note

    deep:
      - x
08: last
"""


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("kind",), "A"),
        (("quoted key",), '"x y"'),
        (("single",), "'it''s'"),
        (("list", 0), "a"),
        (("list",), "- a"),
        (("list", 3), "b"),
        (("list", 3, "c"), "|\n    # text\n    b: 2\n\n    more"),
        (("list", 3, "d"), "2"),
        (("list", 4), "|-\n  k: v"),
        (("none", "x"), "{}"),
        (("flow",), "{a: [b]}"),
        (("8",), "last"),
        (("nowhere",), "kind"),
    ],
)
def test_some_places(path: Path, shown: str) -> None:
    text = _TEXT
    start = text.index("kind")
    found = plain_places.find(text, start, len(text), path, key=False)
    assert found is not None
    assert text[found[0] : found[1]] == shown
    assert found == places(text, split.Piece(start, len(text))).place(path, key=False)


@pytest.mark.parametrize("text", ["a: [b, c]\n", "a:\r\n  0: b\r\n"])
def test_brackets_and_other_breaks_are_declined(text: str) -> None:
    assert plain_places.find(text, 0, len(text), ("a", 0), key=False) is None
