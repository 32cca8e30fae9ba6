"""What is shown of a text does what it says, whatever the text holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmsnap_lint.report.terminal import ROOM, excerpt, folded, paint, visible, width

# Every kind of text, lone surrogates included: file names can hold them.
ANY_TEXT = st.text(st.characters(), max_size=300)


@settings(max_examples=100)
@given(ANY_TEXT)
def test_visible_text_is_printable(text: str) -> None:
    """No character is left that a terminal acts on, or that hides another."""
    assert visible(text).isprintable()


@settings(max_examples=100)
@given(ANY_TEXT, st.integers(0, 310), st.integers(0, 310))
def test_an_excerpt_fits_and_its_marks_stand_below_it(text: str, start: int, stop: int) -> None:
    """However long and odd the line, the marks are under text that is shown, or just behind it."""
    shown = excerpt(text, start, stop)
    assert shown.text.isprintable()
    assert width(shown.text) <= ROOM + len("......")
    assert shown.marks >= 1
    assert shown.indent + shown.marks <= width(shown.text) + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain 虚拟机 é", "plain 虚拟机 é"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("pass\u202eword", "pass\\u202eword"),
        ("no\xa0break", "no\\xa0break"),
        ("\udc80", "\\udc80"),
    ],
)
def test_characters_are_escaped_only_where_needed(text: str, expected: str) -> None:
    assert visible(text) == expected


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("虚拟机", 6), ("e\u0301", 1), ("한", 2), ("ｱ", 1), ("", 0)]
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("line", "start", "stop", "expected"),
    [
        ("  name: web", 8, 11, ("  name: web", 8, 3)),
        ("\tname: web", 7, 10, ("    name: web", 10, 3)),
        ("虚: 拟机", 3, 5, ("虚: 拟机", 4, 4)),
        ("e\u0301: web", 4, 7, ("e\u0301: web", 3, 3)),
        ("\x1b: web", 3, 6, ("\\x1b: web", 6, 3)),
        ("name:", 5, 5, ("name:", 5, 1)),
        ("name:", 50, 60, ("name:", 5, 1)),
        ("web", 2, 1, ("web", 2, 1)),
    ],
)
def test_marks_stand_under_their_characters(
    line: str, start: int, stop: int, expected: tuple[str, int, int]
) -> None:
    """Tabs, wide and combining characters and escapes take the columns that they are shown in."""
    assert tuple(excerpt(line, start, stop)) == expected


def test_prose_is_folded_anew_and_items_stay_apart() -> None:
    """Cards are written in lines of their own length, which is not the terminal's."""
    text = "one two\nthree four five\n\nsix:\n- seven\n- eight\x1b\n  nine"
    assert folded(text, 14) == (
        "one two three",
        "four five",
        "",
        "six:",
        "- seven",
        "- eight\\x1b",
        "  nine",
    )


def test_a_long_line_is_cut_around_its_marks() -> None:
    shown = excerpt("a" * 5000 + "WEB" + "b" * 5000, 5000, 5003)
    assert shown.text.startswith("...a")
    assert shown.text.endswith("b...")
    assert shown.text[shown.indent : shown.indent + shown.marks] == "WEB"


def test_paint_is_silent_without_colour() -> None:
    assert paint("x", "error", color=False) == "x"
    assert paint("x", "error", color=True) == "\x1b[1;31mx\x1b[0m"
