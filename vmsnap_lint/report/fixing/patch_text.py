"""Changed files become a patch that `git apply` takes."""

from __future__ import annotations

import re

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vmsnap_lint.report.fixing.edited_file import EditedFile

__all__ = ["patch"]

_AROUND = 3  # lines of context
_SPECIAL = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_LETTERS = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}


class _Block(NamedTuple):
    """Lines that are replaced: [start, end) of the old ones by [new_start, new_end) of the new."""

    start: int
    end: int
    new_start: int
    new_end: int


def patch(path: bytes, file: EditedFile) -> Iterator[bytes]:
    """The patch of one file, whose path is from the root of the repository; else nothing."""
    old, new = _lines(file.original), _lines(file.data)
    blocks = [each for each in _blocks(file, old, new) if each[0] < each[1] or each[2] < each[3]]
    if not blocks:
        return
    before, after = _quoted(b"a/" + path), _quoted(b"b/" + path)
    yield b"diff --git " + before + b" " + after + b"\n"
    blank = b"\t" if b" " in path else b""  # or the name would end at the blank
    if file.is_new:
        yield b"new file mode 100644\n"
        before, gap = b"/dev/null", b""
    else:
        gap = blank
    yield b"--- " + before + gap + b"\n+++ " + after + blank + b"\n"
    for hunk in _hunks(blocks):
        yield from _hunk(hunk, old, new)


def _blocks(file: EditedFile, old: list[bytes], new: list[bytes]) -> Iterator[_Block]:
    if file.encoded.codec != "utf-8":  # in which a character may hold the byte of a break
        yield _trimmed(_Block(0, len(old), 0, len(new)), old, new)
        return
    position, added = 0, 0
    for number, origin in enumerate((*file.origins[: len(new)], len(old))):
        if 0 <= origin < len(old) or number == len(new):
            yield _trimmed(_Block(position, origin, added, number), old, new)
            position, added = origin + 1, number + 1


def _trimmed(block: _Block, old: list[bytes], new: list[bytes]) -> _Block:
    """The block without equal lines at its ends."""
    start, end, new_start, new_end = block
    while start < end and new_start < new_end and old[start] == new[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    return _Block(start, end, new_start, new_end)


def _hunks(blocks: list[_Block]) -> Iterator[list[_Block]]:
    """The blocks whose contexts meet, together."""
    hunk = [blocks[0]]
    for block in blocks[1:]:
        if block.start - hunk[-1].end > 2 * _AROUND:
            yield hunk
            hunk = []
        hunk.append(block)
    yield hunk


def _hunk(blocks: list[_Block], old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    first, last = blocks[0], blocks[-1]
    above = min(_AROUND, first.start)
    below = min(_AROUND, len(old) - last.end)
    start, end = first.start - above, last.end + below
    new_start, new_end = first.new_start - above, last.new_end + below
    yield f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@\n".encode()
    position = start
    for block in blocks:
        yield from (_line(b" ", line) for line in old[position : block.start])
        yield from (_line(b"-", line) for line in old[block.start : block.end])
        yield from (_line(b"+", line) for line in new[block.new_start : block.new_end])
        position = block.end
    yield from (_line(b" ", line) for line in old[position:end])


def _range(start: int, end: int) -> str:
    count = end - start
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"


def _line(mark: bytes, line: bytes) -> bytes:
    end = b"" if line.endswith(b"\n") else b"\n\\ No newline at end of file\n"
    return mark + line + end


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _quoted(name: bytes) -> bytes:
    """The name as git writes it: in quotes, with escapes, where it has unusual bytes."""
    if not _SPECIAL.search(name):
        return name
    return b'"' + _SPECIAL.sub(_escaped, name) + b'"'


def _escaped(match: re.Match[bytes]) -> bytes:
    byte = match[0][0]
    return b"\\" + (_LETTERS.get(byte) or f"{byte:03o}".encode())
