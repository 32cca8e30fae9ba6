"""Places that an editor names are those of its own count, in texts of any length."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("pygls")

from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.editor import client_positions, open_text
from vmsnap_lint.editor.client_positions import ClientPositions
from vmsnap_lint.editor.open_text import OpenText

TEXTS = st.text(st.sampled_from("a\n\r\u2028é😋e\u0301\ud800"), max_size=40)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def units(text: str, encoding: str) -> int:
    """The length of a text in an encoding."""
    name, size = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[
        encoding
    ]
    return len(text.encode(name, "surrogatepass")) // size


@given(text=TEXTS, line=st.integers(0, 45), encoding=ENCODINGS, stride=st.integers(1, 9))
def test_a_place_is_found_as_the_editor_counts_it(
    text: str, line: int, encoding: str, stride: int
) -> None:
    lines = re.split(r"(\r\n|\n|\r)", text)
    before, own = "".join(lines[: 2 * line]), "".join(lines[2 * line : 2 * line + 1])
    opened = OpenText("file:///x.yaml", "/x.yaml", 1, text)
    count = ClientPositions(encoding).index
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_text, "_STRIDE", stride)
        patch.setattr(client_positions, "_STRIDE", stride)
        for index in range(len(own) + 1):
            at = units(own[:index], encoding)
            assert opened.offset(line, at, count) == len(before) + index
        assert opened.offset(line, 10**9, count) == len(before) + len(own)
    assert opened.line(line + 1) == own


def test_a_place_at_the_end_of_a_long_text_is_found_at_once() -> None:
    number = 3_000_000
    text = OpenText("file:///x.yaml", "/x.yaml", 1, "a: é\n" * number + "é" * number)
    assert text.is_too_long
    changed = text.changed(2, (number, number - 1), (number, number), "x",
                           ClientPositions("utf-16").index)  # fmt: skip
    assert (changed.version, changed.text[-3:]) == (2, "ééx")
