"""Times as people write them become the same times in Go's units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.core.spoken_durations import go_duration
from vmsnap_lint.core.values import parse_duration

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WORDS = {
    "w": ("w", "W", "week", " weeks"),
    "d": ("d", "D", "day", " days"),
    "h": ("h", "H", "hr", " hours"),
    "m": ("m", "min", " mins", " Minutes"),
    "s": ("s", "S", "sec", " seconds"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1d", "24h"),
        ("1d12h", "36h"),
        ("1.5d", "36h"),
        ("0.3d", "7.2h"),
        ("1w", "168h"),
        ("5 min", "5m"),
        ("90 minutes", "90m"),
        ("1h 30m", "1h30m"),
        ("2 hours and 5 minutes", "2h5m"),
        ("1 hour, 30 minutes", "1h30m"),
        ("1H", "1h"),
        ("PT10M", "10m"),
        ("P1DT2H", "26h"),
        (" 10m ", "10m"),
    ],
)
def test_units_are_written_out(text: str, expected: str) -> None:
    assert go_duration(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "600", "10M", "1mo", "1y", "1h30", "P1Y", "P", "PT", "5m", "never", "-1d",
        "\N{FULLWIDTH DIGIT ONE}d", "1" * 101 + "d", "999999999d", "5m5m5", "1 . 5d",
    ],
)  # fmt: skip
def test_what_is_no_time_for_certain_stays(text: str) -> None:
    assert go_duration(text) is None


@given(
    st.lists(st.tuples(st.integers(0, 99), st.sampled_from([*_SECONDS])), min_size=1, max_size=5)
)
def test_the_time_stays(parts: list[tuple[int, str]]) -> None:
    text = ", ".join(f"{number}{_WORDS[unit][number % 4]}" for number, unit in parts)
    written = go_duration(text)
    if written is not None:
        assert parse_duration(written) == sum(n * _SECONDS[unit] for n, unit in parts)
    else:
        assert parse_duration(text) is not None


@given(st.text(alphabet="0123456789.dhmsw PTDHMS,and", max_size=110))
def test_any_other_text_becomes_one_that_go_reads_or_none(text: str) -> None:
    written = go_duration(text)
    assert written is None or parse_duration(written) is not None
