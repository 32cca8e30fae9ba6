"""Inputs become other inputs, by changes that YAML, its relatives and lists of files notice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    Change = Callable[[Random, list[bytes], Sequence[bytes]], list[bytes]]

__all__ = ["MOST_BYTES", "mutated"]

MOST_BYTES = 2**16
_VALUES = (
    b"", b"null", b"~", b"{}", b"[]", b"[[]]", b"[{}]", b"0", b"-1", b"1e400", b"0x", b"08", b"yes",
    b"18446744073709551616", b".nan", b"1" * 400, b"9" * 5000, b"'", b'"', b"'x", b"&a", b"*a",
    b"&a [*a]",
    b"<<", b"<<: *a", b"!!binary aGk=", b"!!int x", b"!!set {a}", b"!!timestamp 2026-99-99", b"|",
    b">-", b"|9",
    b"? ", b"? [a]: b", b"{a: 1, a: 2}", b"[" * 300, b"{a: " * 300, b"- " * 300, b"{{ x }}",
    b"${X}", b"$(X)",
    b"{{", b"ENC[", b"<x>", b"%d", b"@x@", b"2026-02-30", b"1h" * 60, b"0.5.5s", b"-.5h", b"1Ki",
    b"1e9i",
    b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xc2\x85", b"\x1b[31m", b"\x07", b"\0", b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf", b"::error::x", b"##vso[task.x]y", b"##[error]x", b"a" * 254, b"a-" * 130, b"A",
    b"https://x.example/y?ref=z", b"../../x", b"/dev/zero", b"x\\", b"[z-a]", b"**/*" * 5,
    b"a.b.c", b"*",
)  # fmt: skip
_LINES = (
    b"---", b"--- x", b"...", b"%YAML 1.1", b"%TAG ! x", b"# vmsnap-lint: ignore", b"{", b"}",
    b"- a",
    b"# vmsnap-lint: ignore[x] until=2026-99-99", b"\t", b"", b"  ", b"```", b"```yaml", b"----",
    b"cat <<EOF",
    b"EOF", b"<!-- x -->", b"[tool.vmsnap-lint]", b"[[tool.vmsnap-lint.overrides]]",
    b"x: &a {b: *a}",
    b"<<: [*a, *a]", b"items: []", b"kind: List", b"metadata: x", b"=== a/kustomization.yaml",
)  # fmt: skip
_SCALAR = re.compile(rb"((?::|-|=)[ \t]+)([^\s#][^\n]*)")


def mutated(data: bytes, dice: Random, others: Sequence[bytes], pieces: Sequence[bytes]) -> bytes:
    """The input with one to four changes; `pieces` are words of its own language."""
    lines = data.split(b"\n")
    words = (*_VALUES, *pieces, *pieces)
    for _ in range(dice.randint(1, 4)):
        if dice.random() < 0.1 and others:
            other = dice.choice(others).split(b"\n")
            lines[dice.randrange(len(lines) + 1) :] = other[dice.randrange(len(other)) :]
        else:
            lines = dice.choice(_CHANGES)(dice, lines, words) or [b""]
    return b"\n".join(lines)[:MOST_BYTES]


def _replaced(dice: Random, lines: list[bytes], words: Sequence[bytes]) -> list[bytes]:
    """Another value in place of one."""
    at = dice.randrange(len(lines))
    word = dice.choice(words)
    new = _SCALAR.sub(lambda match: match[1] + word, lines[at], count=1)
    return [*lines[:at], new, *lines[at + 1 :]]


def _inserted(dice: Random, lines: list[bytes], words: Sequence[bytes]) -> list[bytes]:
    """A piece within a line."""
    at = dice.randrange(len(lines))
    line, word = lines[at], dice.choice(words)
    column = dice.randrange(len(line) + 1)
    return [*lines[:at], line[:column] + word + line[column:], *lines[at + 1 :]]


def _odd_line(dice: Random, lines: list[bytes], words: Sequence[bytes]) -> list[bytes]:
    """One more line, with the indentation of its place."""
    at = dice.randrange(len(lines))
    line = dice.choice((*_LINES, *words))
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())] if dice.random() < 0.6 else b""
    return [*lines[:at], indent + line, *lines[at:]]


def _without(dice: Random, lines: list[bytes], _words: Sequence[bytes]) -> list[bytes]:
    start, length = dice.randrange(len(lines)), 1 + dice.randrange(3)
    return [*lines[:start], *lines[start + length :]]


def _repeated(dice: Random, lines: list[bytes], _words: Sequence[bytes]) -> list[bytes]:
    """Some lines again, often many times."""
    start, length = dice.randrange(len(lines)), 1 + dice.randrange(6)
    block = lines[start : start + length]
    times = dice.choice((1, 1, 2, 40, 400, 4000))
    room = MOST_BYTES // (sum(map(len, block)) + len(block) + 1)
    return [*lines[: start + length], *block * min(times, room), *lines[start + length :]]


def _counted(dice: Random, lines: list[bytes], _words: Sequence[bytes]) -> list[bytes]:
    """A line many times, each with a number of its own: many keys, names or paths."""
    at, times = dice.randrange(len(lines)), dice.choice((3, 50, 800))
    head, mark, tail = lines[at].partition(b":")
    room = MOST_BYTES // (len(lines[at]) + 8)
    copies = [head + b"%d" % number + mark + tail for number in range(min(times, room))]
    return [*lines[:at], *copies, *lines[at:]]


def _moved(dice: Random, lines: list[bytes], _words: Sequence[bytes]) -> list[bytes]:
    start, end = sorted((dice.randrange(len(lines)), dice.randrange(len(lines))))
    block = lines[start:end]
    rest = lines[:start] + lines[end:]
    at = dice.randrange(len(rest) + 1)
    return [*rest[:at], *block, *rest[at:]]


def _indented(dice: Random, lines: list[bytes], _words: Sequence[bytes]) -> list[bytes]:
    start, end = sorted((dice.randrange(len(lines)), dice.randrange(len(lines)) + 1))
    by = dice.choice((b"  ", b"\t", b" ", b"- ", b"> ", b"# "))
    cut = dice.random() < 0.3
    block = [line.removeprefix(by) if cut else by + line for line in lines[start:end]]
    return [*lines[:start], *block, *lines[end:]]


def _stretched(dice: Random, lines: list[bytes], words: Sequence[bytes]) -> list[bytes]:
    """A part of a line many times, which is where patterns backtrack."""
    at = dice.randrange(len(lines))
    line = lines[at]
    start = dice.randrange(len(line) + 1)
    part = line[start : start + dice.choice((1, 1, 2, 4, 12))] or dice.choice(words)
    times = min(dice.choice((8, 300, 3000, 30_000)), MOST_BYTES // (len(part) + 1))
    return [*lines[:at], line[:start] + part * times + line[start:], *lines[at + 1 :]]


def _flipped(dice: Random, lines: list[bytes], _words: Sequence[bytes]) -> list[bytes]:
    """Some other bytes, line ends included."""
    data = bytearray(b"\n".join(lines))
    for _ in range(dice.randint(1, 8) if data else 0):
        data[dice.randrange(len(data))] = dice.choice((dice.randrange(256), *b"\r\n\t :-#'\"{}[]"))
    return bytes(data).split(b"\n")


def _encoded(dice: Random, lines: list[bytes], _words: Sequence[bytes]) -> list[bytes]:
    """The same text as another encoding or with other line ends."""
    data = b"\n".join(lines)
    ends = dice.choice((b"\r\n", b"\r", b"\xc2\x85"))
    if dice.random() < 0.6:
        return [data.replace(b"\n", ends)]
    name = dice.choice(("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "cp037"))
    return [data.decode("utf-8", "replace").encode(name, "replace")]


_CHANGES: tuple[Change, ...] = (
    _replaced, _replaced, _replaced, _inserted, _inserted, _odd_line, _odd_line, _without,
    _repeated,
    _counted, _moved, _indented, _stretched, _flipped, _encoded,
)  # fmt: skip
