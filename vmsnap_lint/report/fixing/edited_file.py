"""A file that fixes change: its bytes as they were, its text now, and which lines are new."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.document.editing.rewriting import rewritten
from vmsnap_lint.document.encoding import encoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vmsnap_lint.core.model import Edit
    from vmsnap_lint.document.encoding import Encoded
    from vmsnap_lint.document.positions import Lines

__all__ = ["EditedFile", "opened"]

Change = tuple[int, int, str]


class EditedFile(NamedTuple):
    """`original` is what the file has; `origins` has, for each line now, which of its it is, or -1.

    Lines end with LF here, as they do to git. One that `is_new` does not exist yet.
    """

    original: bytes
    encoded: Encoded
    origins: tuple[int, ...]
    is_new: bool = False

    @property
    def data(self) -> bytes:
        """The bytes of the file after all changes."""
        return self.encoded.data(self.encoded.text)

    @property
    def text(self) -> str:
        """The text of the file after all changes."""
        return self.encoded.text

    def changes(self, edits: Sequence[Edit], lines: Lines) -> list[Change] | None:
        """The edits by characters, None where one is about a place that the text does not have.

        `lines` are those of the text.
        """
        changes = []
        for edit in edits:
            line, column, last, end = edit.span
            start, stop = lines.index(line, column), lines.index(last, end)
            if start is None or stop is None or stop < start:
                return None
            changes.append((start, stop, edit.text))
        return changes

    def changed(self, changes: Sequence[Change]) -> EditedFile:
        """The file after changes in their order, none of which overlap.

        Raises UnicodeError for a text that the encoding of the file cannot have.
        """
        text = rewritten(self.text, changes)
        self.encoded.data(text)
        new = self.encoded._replace(text=text)
        return EditedFile(self.original, new, self._origins(changes), self.is_new)

    def _origins(self, changes: Sequence[Change]) -> tuple[int, ...]:
        starts = _starts(self.text)
        regions: list[list[int]] = []  # the first and last line, and how many lines it gets more
        for start, end, new in changes:
            first, last = bisect_right(starts, start) - 1, bisect_right(starts, end) - 1
            more = new.count("\n") - (last - first)
            if regions and first <= regions[-1][1]:
                regions[-1][1] = max(last, regions[-1][1])
                regions[-1][2] += more
            else:
                regions.append([first, last, more])
        result: list[int] = []
        position = 0
        for first, last, more in regions:
            result += self.origins[position:first]
            result += [-1] * (last - first + 1 + more)
            position = last + 1
        return (*result, *self.origins[position:])


def opened(data: bytes) -> EditedFile | None:
    """The file without changes; None where its text cannot be written as it was."""
    known = encoded(data)
    if known is None:
        return None
    return EditedFile(data, known, tuple(range(len(_starts(known.text)))))


def _starts(text: str) -> list[int]:
    """Where the lines begin; there is one behind a break at the end, too."""
    return [0, *accumulate(len(line) + 1 for line in text.split("\n")[:-1])]
