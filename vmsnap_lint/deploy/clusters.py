"""Plain files of several clusters become a part for each of them.

Directories side by side that both declare the same VM, claim or KubeVirt object, or one class in
two ways, are not applied to one cluster: `clusters/east` and `clusters/west`. What stands in
neither of them is for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmsnap_lint.core.kinds import (
    DATA_VOLUME,
    KUBEVIRT,
    PVC,
    RESTORE,
    SNAPSHOT,
    STORAGE_CLASS,
    STORAGE_PROFILE,
    VM,
    VOLUME_SNAPSHOT_CLASS,
)
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.deploy.units import Unit, named
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.objects.manifest import Manifest, Ref

    Directory = tuple[str, ...]
    Way = tuple[tuple[Directory, str], ...]

__all__ = ["sites"]

_ONCE = frozenset((DATA_VOLUME, KUBEVIRT, PVC, VM))
_SHARED = frozenset((STORAGE_CLASS, STORAGE_PROFILE, VOLUME_SNAPSHOT_CLASS))
_NAMING = {RESTORE: "target", SNAPSHOT: "source"}
_MOST = 300  # directories that are told apart
_MOST_SHARED = 100_000  # objects that may be looked at again because several sites share them


def sites(part: Unit) -> list[Unit]:
    """The part, or one for each cluster that its directories speak of and one for the rest."""
    directories = {one.file: _directory(one.file) for one in part.manifests}
    if len(set(directories.values())) < 2 or part.trees:
        return [part]
    forks = _forks(part.manifests, directories)
    if not forks:
        return [part]
    ways = {directory: _way(directory, forks) for directory in set(directories.values())}
    groups: dict[Way, list[Manifest]] = {(): []}
    for one in part.manifests:
        groups.setdefault(ways[directories[one.file]], []).append(one)
    if len(groups) > _MOST:
        return [part]
    whole = Workspace(part.manifests)
    seen = {way: _around(way, groups, whole) for way in sorted(groups)}
    if sum(map(len, seen.values())) > _MOST_SHARED:
        return [part]
    return [_site(part, groups[way], around) for way, around in seen.items()]


def _around(way: Way, groups: dict[Way, list[Manifest]], whole: Workspace) -> list[Manifest]:
    """What the others hold that is for the same cluster.

    Snapshots and restores of all clusters belong to the one whose VM they mean, if that is clear.
    """
    mine = set(map(id, groups[way]))
    found = []
    for other in sorted(groups):
        if other == way or not _meet(way, other):
            continue
        for one in groups[other]:
            field = _NAMING.get(one.group_kind)
            if field is not None and len(other) < len(way):
                name = one.text("spec", field, "name")
                meant = whole.resolve(VM, one.namespace, name, one)
                if id(meant) not in mine:
                    continue
            found.append(one)
    return found


def _site(part: Unit, mine: list[Manifest], around: list[Manifest]) -> Unit:
    """One of them. What it names and another one alone has may still be meant."""
    here = {(*one.group_kind, one.name) for one in (*mine, *around)}
    everywhere = {(*one.group_kind, one.name) for one in part.manifests}
    doubtful = {
        kind.kind
        for kinds, _, name in named(mine)
        if not any((*kind, name) in here for kind in kinds)
        if any((*kind, name) in everywhere for kind in kinds)
        for kind in kinds
    }
    return part._replace(
        manifests=tuple(mine), outside=tuple(around), doubtful=part.doubtful | doubtful
    )


def _forks(
    manifests: Iterable[Manifest], directories: dict[str, Directory]
) -> dict[Directory, set[str]]:
    """The directories whose children are for different clusters, with the names of these."""
    # a dump and the source of one object belong to one cluster
    homes: dict[tuple[Ref, bool], dict[Directory, list[Manifest]]] = {}
    for one in manifests:
        kind = one.group_kind
        if (kind in _ONCE or kind in _SHARED) and one.name and not holds_placeholder(one.name):
            found = homes.setdefault((one.ref, one.is_export), {})
            found.setdefault(directories[one.file], []).append(one)
    forks: dict[Directory, set[str]] = {}
    for (ref, _), found in homes.items():
        if len(found) > 1 and (ref[:2] in _ONCE or _differ(found.values())):
            for above, below in _branches(sorted(found), 0):
                forks.setdefault(above, set()).update(below)
    return forks


def _differ(found: Iterable[list[Manifest]]) -> bool:
    first, *others = (one for several in found for one in several)
    return any(other.value != first.value for other in others)


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


def _way(directory: Directory, forks: dict[Directory, set[str]]) -> Way:
    """The forks on the way to a directory, each with the child that was taken."""
    steps = ((directory[:depth], child) for depth, child in enumerate(directory))
    return tuple((above, child) for above, child in steps if child in forks.get(above, ()))


def _meet(one: Way, other: Way) -> bool:
    """Whether two ways nowhere take different children."""
    taken = dict(one)
    return all(taken.get(above, child) == child for above, child in other)


def _directory(file: str) -> Directory:
    return tuple(file.split("/")[:-1])
