"""Globs of files and objects become the part of a run that a setting applies to."""

from __future__ import annotations

import os
from itertools import takewhile

from vmsnap_lint.core.globs import GlobTree, path_globs
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.repository import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["PathGlobs", "Scope", "Scopes"]

ObjectName = tuple[str, str, str | None, str | None]
"""The group (or apiVersion), kind, namespace and name of an object, as ObjectId and Ref are."""


class Scope(NamedTuple):
    """Files that a glob of `paths` names, as seen from `base`, and objects that `objects` names.

    An object is `Kind/namespace/name` or `Kind/name`, each a glob. An empty tuple names all.
    """

    base: str = ""
    paths: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()

    def areas(self) -> Iterator[str]:
        """The paths at or below which all of its files are."""
        if not self.paths:
            yield self.base
        for glob in self.paths:
            fixed = takewhile(lambda name: "*" not in name and "?" not in name, path_globs(glob))
            yield os.path.join(self.base, *fixed)


class Scopes:
    """Scopes of which those that a finding is in are found at once.

    A set of scopes is a number that has a bit for each, by its index.
    """

    def __init__(self, scopes: Sequence[Scope]) -> None:
        numbered = list(enumerate(scopes))
        self._everywhere = _bits(at for at, scope in numbered if not scope.paths)
        self._everything = _bits(at for at, scope in numbered if not scope.objects)
        paths = [(at, scope.base, glob) for at, scope in numbered for glob in scope.paths]
        objects = [(at, _names(glob)) for at, scope in numbered for glob in scope.objects]
        self._of_path = [at for at, *_ in paths]
        self._of_object = [at for at, _ in objects]
        self._paths = PathGlobs((base, glob) for _, base, glob in paths)
        self._objects = GlobTree(names for _, names in objects)
        self._by_file: dict[str, int] = {}
        self._by_object: dict[tuple[str, ...], int] = {}

    def fitting(self, file: str, named: ObjectName | None) -> int:
        """The scopes that a finding about `named` in `file` is in."""
        in_file = self.with_file(file)
        return in_file & self._about(named) if in_file else 0

    def with_file(self, file: str) -> int:
        """The scopes that name the file, whatever objects they name."""
        if file not in self._by_file:
            at = () if file == STDIN else self._paths.fitting(os.path.abspath(file))
            self._by_file[file] = self._everywhere | _bits(self._of_path[glob] for glob in at)
        return self._by_file[file]

    def _about(self, named: ObjectName | None) -> int:
        if named is None or not self._of_object:
            return self._everything
        names = tuple(name or "" for name in named[1:])
        if names not in self._by_object:
            at = self._objects.fitting(names)
            self._by_object[names] = self._everything | _bits(self._of_object[g] for g in at)
        return self._by_object[names]


class PathGlobs:
    """Globs, each of the paths below a base; those that fit a path are found at once."""

    def __init__(self, globs: Iterable[tuple[str, str]]) -> None:
        by_base: dict[str, list[tuple[int, list[str]]]] = {}
        for at, (base, glob) in enumerate(globs):
            by_base.setdefault(os.path.join(base, ""), []).append((at, path_globs(glob)))
        self._by_base = {
            root: ([at for at, _ in known], GlobTree(names for _, names in known))
            for root, known in by_base.items()
        }

    def fitting(self, location: str) -> Iterator[int]:
        """The indexes of the globs that an absolute path fits."""
        for root, (indexes, tree) in self._by_base.items():
            if location.startswith(root):
                names = location[len(root) :].replace(os.sep, "/").split("/")
                yield from (indexes[at] for at in tree.fitting(names))


def _names(glob: str) -> list[str]:
    """The globs of kind, namespace and name, in which several stars are one."""
    kind, *namespace, name = ("*" if part == "**" else part for part in glob.split("/"))
    return [kind, *(namespace or ["*"]), name]


def _bits(indexes: Iterable[int]) -> int:
    result = 0
    for index in indexes:
        result |= 1 << index
    return result
