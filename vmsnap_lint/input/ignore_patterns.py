"""The lines of a .gitignore become an index, which says what they say of each name of a walk.

Lines without a wildcard, and those that begin with their only one, are looked up. Others are read
by an automaton, whose state a walk carries from a directory to those below it.
"""

from __future__ import annotations

import re
from functools import cached_property

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.wildmatch import automaton, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.core.wildmatch import Automaton

__all__ = ["Effort", "IgnorePatterns", "IgnoredHere"]

_AT_FIRST, _BY_NAME = 2_000_000, 200  # steps that a run may take, and that each name adds
_FEW = 12  # lines that are compared one by one
_GRAM = 3  # bytes of a line by which it is looked up
_BOM = b"\xef\xbb\xbf"


class Effort:
    """How many steps the comparisons of a run may still take: more where there are more names."""

    def __init__(self) -> None:
        self._left = _AT_FIRST

    def name(self) -> None:
        """Counts a name."""
        self._left += _BY_NAME

    def affords(self, steps: int) -> bool:
        """Whether that many are left; counts them."""
        self._left -= steps
        return self._left >= 0


class _Line(NamedTuple):
    """A line of the file: what it says of the names that fit."""

    number: int
    ignores: bool = False
    directories_only: bool = False


_NONE = _Line(-1)


class _Table:
    """Names, and the last line that names each of them."""

    def __init__(self) -> None:
        self._files: dict[bytes, _Line] = {}
        self._directories: dict[bytes, _Line] = {}

    def add(self, name: bytes, line: _Line) -> None:
        if not line.directories_only:
            self._files[name] = line
        self._directories[name] = line

    def line(self, name: bytes, is_directory: bool) -> _Line:
        return (self._directories if is_directory else self._files).get(name, _NONE)


class _Glob:
    """A line with wildcards: of a name, or of a path behind the text that it begins with."""

    def __init__(self, line: _Line, pattern: bytes, text: bytes = b"") -> None:
        self.line = line
        self._text, self._pattern = text, pattern
        self._a_byte = 1 + (len(pattern) >> 9)

    @cached_property
    def needle(self) -> bytes:
        """A text that every name holds that fits."""
        plain = _OPENING.split(self._pattern, maxsplit=1)[0]
        return max(*_WILD.split(plain), _SIGNS.split(self._pattern)[-1], key=len)

    @cached_property
    def needle_of_name(self) -> bytes:
        """A text that the last name of every path holds that fits."""
        whole = self._text + self._pattern
        if not _BRACKETS.isdisjoint(whole):
            return b""
        return max(_WILD.split(whole.rpartition(b"/")[2]), key=len)

    @cached_property
    def automaton(self) -> Automaton | None:
        """The automaton, None where the line fits nothing."""
        return automaton(self._text, self._pattern)

    def price(self, text: bytes) -> int:
        """The steps of reading a text, with the work on the pattern itself at first."""
        made = 0 if "automaton" in vars(self) else 40 + 2 * len(self._pattern)
        return made + 4 + len(text) * self._a_byte

    def after(self, state: int, text: bytes) -> int:
        """The state after more of a path; 0 where it cannot fit."""
        return self.automaton.after(state, text) if self.automaton else 0

    def fits(self, state: int, text: bytes) -> bool:
        """Whether a path that ends in this text does."""
        return self.automaton is not None and self.automaton.fits(self.after(state, text))

    @property
    def start(self) -> int:
        """The state before the first byte; 0 where nothing fits."""
        return self.automaton.start if self.automaton else 0


class IgnorePatterns:
    """The lines of one file; `is_cut` says that they were not compared with every name."""

    def __init__(self, data: bytes, effort: Effort) -> None:
        self.is_cut = False
        self.effort = effort
        self._names, self._paths = _Table(), _Table()
        self._endings: dict[int, _Table] = {}
        self._by_gram: dict[bytes, list[_Glob]] = {}
        self._by_directory: dict[bytes, list[_Glob]] = {}
        for line, pattern in _lines(data):
            add = self._add_path if b"/" in pattern else self._add_name
            add(line, pattern)
        self._grams = sorted({len(gram) for gram in self._by_gram})
        globs = [glob for known in self._by_gram.values() for glob in known]
        self._few = globs if len(globs) <= _FEW else None

    def of_directory(self, path: bytes) -> list[_Glob]:
        """The lines with wildcards of paths that begin with this directory."""
        return self._by_directory.get(path, [])

    def last(self, path: bytes, name: bytes, is_directory: bool) -> _Line:
        """The last line of names, or of paths without wildcards, that a path fits."""
        best = self._names.line(name, is_directory)
        line = self._paths.line(path, is_directory)
        if line is not _NONE:
            best = max(best, line)
        for length, table in self._endings.items():
            if length <= len(name):
                line = table.line(name[len(name) - length :], is_directory)
                if line is not _NONE:
                    best = max(best, line)
        for glob in self._candidates(name):
            if not self.affords(2):
                break
            may_win = _may_win(glob, best, is_directory) and glob.needle in name
            if may_win and self.affords(glob.price(name)) and glob.fits(glob.start, name):
                best = glob.line
        return best

    def affords(self, steps: int) -> bool:
        """Whether the run may take so many more; notes where not."""
        is_left = self.effort.affords(steps)
        self.is_cut = self.is_cut or not is_left
        return is_left

    def _add_path(self, line: _Line, pattern: bytes) -> None:
        path = pattern.removeprefix(b"/")
        text = literal(path)
        if text == path:
            self._paths.add(path, line)
            return
        directory, slash, start = text.rpartition(b"/")
        glob = _Glob(line, path[len(text) :], start)
        self._by_directory.setdefault(directory + slash, []).append(glob)

    def _add_name(self, line: _Line, pattern: bytes) -> None:
        ending = pattern.removeprefix(b"*")
        if literal(pattern) == pattern:
            self._names.add(pattern, line)
        elif literal(ending) == ending:
            self._endings.setdefault(len(ending), _Table()).add(ending, line)
        else:
            glob = _Glob(line, pattern)
            self._by_gram.setdefault(glob.needle[:_GRAM], []).append(glob)

    def _candidates(self, name: bytes) -> Iterable[_Glob]:
        """The lines with wildcards of names that hold the beginning of their needle."""
        if self._few is not None:
            return [glob for glob in self._few if glob.needle in name]
        return self._by_grams(name)

    def _by_grams(self, name: bytes) -> Iterator[_Glob]:
        grams = {name[at : at + size] for size in self._grams for at in range(len(name) - size + 1)}
        for gram in grams:
            yield from self._by_gram.get(gram, ())


class IgnoredHere:
    """What the lines of a file say in one directory at or below that of the file.

    `alive` are the lines of paths that the directory may be the beginning of, with their states.
    """

    def __init__(
        self, patterns: IgnorePatterns, path: bytes = b"", alive: tuple[tuple[_Glob, int], ...] = ()
    ) -> None:
        self._patterns = patterns
        self._path = path
        started = [
            (glob, glob.start)
            for glob in patterns.of_directory(path)
            if patterns.affords(glob.price(b""))
        ]
        self._alive = (*alive, *started)

    def ignores(self, name: bytes, *, is_directory: bool) -> bool | None:
        """Whether a name in this directory is ignored; None where no line fits."""
        patterns = self._patterns
        patterns.effort.name()
        best = patterns.last(self._path + name, name, is_directory)
        for glob, state in self._alive:
            if glob.needle_of_name not in name:
                continue
            if not patterns.affords(glob.price(name)):
                break
            if _may_win(glob, best, is_directory) and glob.fits(state, name):
                best = glob.line
        return best.ignores if best is not _NONE else None

    def below(self, name: bytes) -> IgnoredHere:
        """What they say in a directory in this one."""
        inside = name + b"/"
        alive = []
        for glob, state in self._alive:
            if not self._patterns.affords(glob.price(inside)):
                break
            if after := glob.after(state, inside):
                alive.append((glob, after))
        return IgnoredHere(self._patterns, self._path + inside, tuple(alive))


def _may_win(glob: _Glob, best: _Line, is_directory: bool) -> bool:
    """Whether a line stands below the best one, and is about such a name."""
    return glob.line > best and (is_directory or not glob.line.directories_only)


def _lines(data: bytes) -> Iterator[tuple[_Line, bytes]]:
    """The lines that can fit anything, each with its pattern."""
    for number, raw in enumerate(data.removeprefix(_BOM).split(b"\n")):
        if raw.startswith(b"#"):
            continue
        text = _without_blanks(raw.removesuffix(b"\r").partition(b"\0")[0])
        pattern = text.removeprefix(b"!")
        line = _Line(number, not text.startswith(b"!"), pattern.endswith(b"/"))
        if pattern := pattern.removesuffix(b"/"):
            yield line, pattern


def _without_blanks(line: bytes) -> bytes:
    """The line without the blanks at its end that no backslash precedes."""
    text = line.rstrip(b" ")
    escapes = len(text) - len(text.rstrip(b"\\"))
    return line[: len(text) + 1] if escapes % 2 else text


_BRACKETS = frozenset(b"[]\\")
_OPENING = re.compile(rb"[\[\\]")
_WILD = re.compile(rb"[*?]+")
_SIGNS = re.compile(rb"[]*?[\\]")
