"""Known names and a wrong word become the names that were meant."""

from __future__ import annotations

from functools import cached_property

from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import LONGEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    _Ranked = tuple[bool, int, str]

__all__ = ["Vocabulary", "are_in_series", "nearest"]

_MOST_EDITS = 2
_LETTERS = 4  # for each edit
_FEW = (
    200  # so many are told apart by their letters before the library is imported, which takes 15 ms
)
_MOST_PAIRS = 20_000_000  # 10,000 names and 2,000 words: some seconds


class Vocabulary:
    """Names that exist, and those of `others`: prepared once for any number of words."""

    def __init__(self, names: Iterable[str], others: tuple[Vocabulary, ...] = ()) -> None:
        self._names = frozenset(name for name in names if 0 < len(name) <= LONGEST_NAME)
        self._others = others
        self._answers: dict[str, list[_Ranked]] = {}
        self._pairs = 0

    def __bool__(self) -> bool:
        """Whether there is any name."""
        return bool(self._names) or any(self._others)

    def nearest(self, word: str, limit: int = 3) -> tuple[str, ...]:
        """The names a reader may have meant, nearest first; none when all are far away.

        Near are names that differ in case or punctuation, in two swapped neighbours, or by one
        insertion, removal or replacement in four letters of the longer name; two at most, as with
        three a long name is another one. Equality but for case comes first, then the number of
        edits, then the alphabet. After very many words only case and punctuation count.
        """
        if not 0 < len(word) <= LONGEST_NAME:
            return ()
        return tuple(name for *_, name in sorted(set(self.ranked(word)))[:limit])

    def ranked(self, word: str) -> Iterator[_Ranked]:
        """All names that are near: what `nearest` sorts by, then the name."""
        if word not in self._answers:
            self._answers[word] = list(self._ranked(word))
        yield from self._answers[word]
        for other in self._others:
            yield from other.ranked(word)

    def _ranked(self, word: str) -> Iterator[_Ranked]:
        plain, folded = word.casefold(), _folded(word)
        for edits, near in self._edited(folded):
            for name in self._folded[near]:
                if name != word:
                    yield name.casefold() != plain, edits, name

    def _edited(self, folded: str) -> Iterator[tuple[int, str]]:
        """The names without case and punctuation that are near, with their edits."""
        if folded in self._folded:
            yield 0, folded
        reach = min(_MOST_EDITS, (len(folded) + _MOST_EDITS) // _LETTERS)
        lengths = range(len(folded) - reach, len(folded) + reach + 1)
        others = [name for length in lengths for name in self._by_length.get(length, ())]
        self._pairs += len(others)
        if len(others) <= _FEW:
            others = [name for name in others if len({*name} ^ {*folded}) <= 2 * reach]
        if not others or self._pairs > _MOST_PAIRS:
            return
        from rapidfuzz.distance import OSA, Levenshtein  # for a faulty object only
        from rapidfuzz.process import extract

        # A swap is one edit of OSA and two of Levenshtein, which is faster with long names.
        candidates = extract(
            folded, others, scorer=Levenshtein.distance, score_cutoff=2 * reach, limit=None
        )
        for near, *_ in candidates:
            edits = OSA.distance(folded, near, score_cutoff=reach)
            is_swap = edits == 1 and sorted(near) == sorted(folded)
            if 0 < edits <= reach and (is_swap or edits * _LETTERS <= max(len(near), len(folded))):
                yield edits, near

    @cached_property
    def _folded(self) -> dict[str, list[str]]:
        """The names by what is left of them without case and punctuation."""
        folded: dict[str, list[str]] = {}
        for name in self._names:
            folded.setdefault(_folded(name), []).append(name)
        return folded

    @cached_property
    def _by_length(self) -> dict[int, list[str]]:
        lengths: dict[int, list[str]] = {}
        for name in self._folded:
            lengths.setdefault(len(name), []).append(name)
        return lengths


def nearest(word: str, names: Iterable[str] | Vocabulary, limit: int = 3) -> tuple[str, ...]:
    """The names a reader may have meant, see `Vocabulary.nearest`."""
    known = names if isinstance(names, Vocabulary) else Vocabulary(names)
    return known.nearest(word, limit)


def are_in_series(name: str, other: str) -> bool:
    """Whether two names have the same letters, so that digits distinguish them."""
    letters, others = ("".join(c for c in each if not c.isdigit()) for each in (name, other))
    return letters == others


def _folded(word: str) -> str:
    return word.casefold().replace("-", "").replace("_", "").replace(".", "")
