"""Names a reader may have meant: near ones, all of them, whatever their number and order."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmsnap_lint.core.vocabulary import Vocabulary, nearest

_WORDS = st.text("abcd-", max_size=14)


def test_nearest_ranks_case_then_edits_then_the_alphabet() -> None:
    assert nearest("vms1", ["vms2", "vm-s1", "VMS1", "web"]) == ("VMS1", "vm-s1", "vms2")
    assert nearest("my-vm", ["myvm", "other"]) == ("myvm",)
    assert nearest("ceph-blok", ["nfs", "ceph-block"]) == ("ceph-block",)
    assert nearest("nightyl", ["nightly"]) == ("nightly",)
    assert nearest("wbe", ["web"]) == ("web",)
    assert nearest("jsn", ["json"]) == ("json",)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("a", "b"),
        ("vm1", "vm2"),  # a third of the letters
        ("disk1", "disc2"),
        ("database", "frontend"),
        ("web", "web"),
        ("production-frontend-old-00", "production-frontend-0200"),  # three edits: another name
        ("", "a"),
        ("x" * 254, "x" * 253),
        ("x" * 253, "x" * 254),
    ],
)
def test_nearest_is_silent_when_nothing_is_near(word: str, name: str) -> None:
    assert nearest(word, [name]) == ()


@given(st.lists(_WORDS, max_size=20), _WORDS)
def test_nearest_is_what_a_plain_comparison_of_all_names_finds(names: list[str], word: str) -> None:
    assert nearest(word, names, limit=100) == _expected(word, names)
    assert nearest(word, reversed(names)) == nearest(word, names)


@given(st.lists(_WORDS, max_size=8), st.lists(_WORDS, max_size=8), _WORDS)
def test_two_vocabularies_are_one(names: list[str], others: list[str], word: str) -> None:
    both = Vocabulary(names, (Vocabulary(others),))
    assert both.nearest(word) == nearest(word, [*names, *others])
    assert bool(both) == any((*names, *others))


def test_nearest_finds_the_neighbour_in_a_crowd() -> None:
    crowd = Vocabulary(f"vm-{number:05}" for number in range(5000))
    assert "vm-02500" in crowd.nearest("vm-025000")
    assert "vm-00000" in Vocabulary(f"vm-{n:05}" for n in range(10_000)).nearest("mv-00000")


@pytest.mark.parametrize("filler", ["x", "ab", "a-"])
def test_many_words_and_many_long_names_take_seconds_at_most(filler: str) -> None:
    names = Vocabulary(f"{filler * 80}{number:05}" for number in range(10_000))
    start = time.process_time()
    for number in range(200):
        assert names.nearest(f"{filler * 80}{number:05}q")
    assert time.process_time() - start < 20


def test_after_very_many_words_only_case_and_punctuation_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vmsnap_lint.core.vocabulary._MOST_PAIRS", 10)
    names = Vocabulary(f"web-{number}" for number in range(8))
    assert names.nearest("webs-1") == ("web-1",)
    assert names.nearest("webs-2") == ()
    assert names.nearest("WEB3") == ("web-3",)


def _expected(word: str, names: list[str]) -> tuple[str, ...]:
    """The near names by the plain distance."""
    ranked = []
    folded = _folded(word)
    for name in set(names) - {word, ""}:
        edits = _distance(folded, _folded(name))
        is_swap = edits == 1 and sorted(folded) == sorted(_folded(name))
        letters = max(len(folded), len(_folded(name)))
        if word and edits <= 2 and (edits <= letters / 4 or is_swap):
            ranked.append((name.casefold() != word.casefold(), edits, name))
    return tuple(name for *_, name in sorted(ranked))


def _folded(word: str) -> str:
    return word.casefold().replace("-", "").replace("_", "").replace(".", "")


def _distance(left: str, right: str) -> int:
    """Insertions, removals, replacements and swaps of neighbours, from the definition."""
    rows = [[max(i, j) for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i, letter in enumerate(left, 1):
        for j, other in enumerate(right, 1):
            costs = [rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (letter != other)]
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                costs.append(rows[i - 2][j - 2] + 1)
            rows[i][j] = min(costs)
    return rows[-1][-1]
