"""Directories that branch for several clusters: `clusters/east` and `clusters/west`."""

from __future__ import annotations

from collections import defaultdict

from vmsnap_lint.core.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Directory = tuple[str, ...]
    Way = tuple[tuple[Directory, str], ...]

__all__ = ["directory_of", "forks", "way"]


def directory_of(file: str) -> Directory:
    """The directory of a file as its steps."""
    return tuple(file.split("/")[:-1])


def forks(homes: Iterable[Iterable[Directory]]) -> Mapping[Directory, set[str]]:
    """The directories whose children are for different clusters, with the names of these.

    `homes` has the directories of each object that a cluster can have only once.
    """
    result: dict[Directory, set[str]] = defaultdict(set)
    for declared in homes:
        for above, below in _branches(sorted(set(declared)), 0):
            result[above] |= below
    return result


def way(directory: Directory, known: Mapping[Directory, set[str]]) -> Way:
    """The forks above a directory, each with the child that leads to it."""
    steps = ((directory[:depth], child) for depth, child in enumerate(directory))
    return tuple((above, child) for above, child in steps if child in known.get(above, ()))


def _branches(directories: list[Directory], depth: int) -> Iterator[tuple[Directory, set[str]]]:
    """Each directory above several of them, with its children that lead to them."""
    below: dict[str, list[Directory]] = {}
    for directory in directories:
        if len(directory) > depth:
            below.setdefault(directory[depth], []).append(directory)
    if len(below) > 1:
        yield directories[-1][:depth], set(below)
    for inner in below.values():
        if len(inner) > 1:
            yield from _branches(inner, depth + 1)
