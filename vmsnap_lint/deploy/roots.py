"""Pointers that nothing in the input applies become the clusters that they stand for.

A pointer is an object that applies directories of the repository: a Flux Kustomization or
HelmRelease, an Argo CD Application or ApplicationSet.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.deploy.forks import directory_of, forks, way

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.deploy.forks import Directory
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["RootGroup", "names_of", "root_groups"]

_CLUSTERS = "clusters"


class RootGroup(NamedTuple):
    """The pointers of one cluster: its name, and its directory ("" where none is certain)."""

    name: str
    directory: str
    pointers: tuple[Manifest, ...]


def root_groups(
    pointers: Iterable[Manifest], own: Mapping[Manifest, str], unnamed: str
) -> list[RootGroup]:
    """The clusters of pointers that no other one makes, in the order of their directories.

    `own` has the directory of each pointer that applies itself, which is that of its cluster. Else
    the directories below one called "clusters" are for one each, and so are siblings that both
    declare a pointer of the same name. The rest is for one cluster, which is called `unnamed`.
    """
    roots = sorted(pointers, key=lambda pointer: pointer.position)
    homes: dict[object, set[Directory]] = defaultdict(set)
    for pointer in roots:
        if pointer not in own:
            homes[pointer.ref].add(directory_of(pointer.file))
    known = forks(directories for directories in homes.values() if len(directories) > 1)
    groups: dict[Directory, list[Manifest]] = defaultdict(list)
    declared = [tuple(filter(None, own[each].split("/"))) for each in roots if each in own]
    for pointer in roots:
        groups[_directory(pointer, own, declared, known)].append(pointer)
    names = names_of([directory for directory in sorted(groups) if directory], unnamed)
    return [
        RootGroup(names.get(directory, unnamed), "/".join(directory), tuple(members))
        for directory, members in sorted(groups.items())
    ]


def names_of(directories: list[Directory], unnamed: str) -> dict[Directory, str]:
    """The last steps of each directory, as many as tell it from the others.

    `clusters/prod/flux` is called "prod", where no other directory is in `clusters/prod`.
    """
    tops = Counter(map(_top, directories))
    known = {each: _top(each) if tops[_top(each)] == 1 else each for each in directories}
    names: dict[Directory, str] = {(): unnamed}
    count = 1
    left = list(directories)
    while left:
        by_name: dict[str, list[Directory]] = defaultdict(list)
        for directory in left:
            by_name["/".join(known[directory][-count:])].append(directory)
        for name, members in by_name.items():
            if len(members) == 1 or all(len(known[each]) <= count for each in members):
                names |= dict.fromkeys(members, name)
        left = [directory for directory in left if directory not in names]
        count += 1
    return names


def _top(directory: Directory) -> Directory:
    """The part of a directory below one called "clusters", else all of it."""
    for depth, step in enumerate(directory[:-1]):
        if step == _CLUSTERS:
            return directory[: depth + 2]
    return directory


def _directory(
    pointer: Manifest,
    own: Mapping[Manifest, str],
    declared: Iterable[Directory],
    known: Mapping[Directory, set[str]],
) -> Directory:
    """The directory of the cluster that a pointer is for, () where it is not certain."""
    if pointer in own:
        return tuple(filter(None, own[pointer].split("/")))
    directory = directory_of(pointer.file)
    inside = [top for top in declared if top and directory[: len(top)] == top]
    if inside:
        return max(inside, key=len)
    if (top := _top(directory)) != directory or _CLUSTERS in directory[:-1]:
        return top
    steps = way(directory, known)
    if not steps:
        return ()
    above, child = steps[0]
    return (*above, child)
