"""Many globs of names become one tree, in which all that fit a path are found at once.

No glob is tried at two lengths of the same text, so that none of a hostile repository runs forever.
"""

from __future__ import annotations

import re
from itertools import chain

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["GlobTree", "path_globs"]

_ANY = "**"


def path_globs(glob: str) -> list[str]:
    """The names of a line of a .gitignore like `glob`, as globs.

    `*` and `?` stay within a name, `**` takes any number of directories; without a slash in it (but
    at its end) a glob fits at any depth, with one it counts from the root.
    https://git-scm.com/docs/gitignore#_pattern_format
    """
    names = glob.strip("/").split("/")
    if "/" not in glob.rstrip("/"):
        names.insert(0, _ANY)
    if glob.endswith("/"):  # a directory: something is below it
        names.append("*")
    return names


class GlobTree:
    """Globs of names; `fitting` answers which of them, by their index, fit a path.

    A glob fits the paths below those that it names as well.
    """

    def __init__(self, globs: Iterable[Sequence[str]]) -> None:
        self._root = _Branch()
        for index, names in enumerate(globs):
            branch = self._root
            for name in names:
                branch = branch.next(name)
            branch.ends.append(index)

    def fitting(self, names: Iterable[str]) -> frozenset[int]:
        """The indexes of the globs that fit."""
        reached = dict.fromkeys(self._root.reached())
        fitting = [index for branch in reached for index in branch.ends]
        for name in names:
            after = chain.from_iterable(known.after(name) for known in reached)
            reached = dict.fromkeys(chain.from_iterable(known.reached() for known in after))
            fitting += [index for branch in reached for index in branch.ends]
        return frozenset(fitting)


class _Branch:
    """What follows some names; `ends` are the globs that end here."""

    def __init__(self, *, takes_any: bool = False) -> None:
        self.ends: list[int] = []
        self._takes_any = takes_any
        self._by_name: dict[str, _Branch] = {}
        self._by_glob: dict[str, _Branch] = {}
        self._fits: dict[str, re.Pattern[str]] = {}
        self._any: _Branch | None = None

    def next(self, glob: str) -> _Branch:
        """The branch behind a name, made where there is none."""
        if glob == _ANY:
            if self._takes_any:
                return self
            self._any = self._any or _Branch(takes_any=True)
            return self._any
        known = self._by_name if _SIGNS.isdisjoint(glob) else self._by_glob
        if glob not in known:
            known[glob] = _Branch()
        return known[glob]

    def reached(self) -> Iterator[_Branch]:
        """This branch, and the one that any number of names leads to."""
        yield self
        if self._any is not None:
            yield self._any

    def after(self, name: str) -> Iterator[_Branch]:
        """The branches that a name leads to."""
        if self._takes_any:
            yield self
        if name in self._by_name:
            yield self._by_name[name]
        if self._by_glob and not self._fits:
            self._fits = {glob: _pattern(glob) for glob in self._by_glob}
        for glob, fits in self._fits.items():
            if fits.fullmatch(name):
                yield self._by_glob[glob]


def _pattern(glob: str) -> re.Pattern[str]:
    """The expression for a glob of one name, which tries no text twice.

    What follows a star is looked for once, at its first place; what follows the last, at the end.
    """
    first, *others = (
        "".join("." if sign == "?" else re.escape(sign) for sign in part)
        for part in _STARS.split(glob)
    )
    middle = "".join(f"(?>.*?{part})" for part in others[:-1])
    length = len(_STARS.split(glob)[-1])
    last = f"(?=.{{{length}}}).*+(?<={others[-1]})" if others else ""
    return re.compile(f"{first}{middle}{last}", re.DOTALL)


_SIGNS = frozenset("*?")
_STARS = re.compile(r"\*+")
