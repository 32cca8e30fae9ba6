"""A unit for each cluster, where the plain files are for several.

Sibling directories that both declare the same VM, PVC or KubeVirt object, or one class with
different content, are for different clusters: `clusters/east` and `clusters/west`. The objects
outside of them are for both.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from vmsnap_lint.core import kinds
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.deploy.units import Unit, named
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.objects.manifest import Manifest, Ref

    Directory = tuple[str, ...]
    Way = tuple[tuple[Directory, str], ...]

__all__ = ["by_cluster"]

_ONCE = frozenset((kinds.DATA_VOLUME, kinds.KUBEVIRT, kinds.PVC, kinds.VM))
_SHARED = frozenset((kinds.STORAGE_CLASS, kinds.STORAGE_PROFILE, kinds.VOLUME_SNAPSHOT_CLASS))
_VM_FIELDS = {kinds.RESTORE: "target", kinds.SNAPSHOT: "source"}
_MOST = 300  # clusters
_MOST_SHARED = 100_000  # objects that several clusters share, counted in each


def by_cluster(unit: Unit) -> list[Unit]:
    """The unit, or one for each cluster that its directories are for and one for the rest."""
    directories = {manifest.file: _directory(manifest.file) for manifest in unit.manifests}
    forks = {} if unit.trees else _forks(unit.manifests, directories)
    if not forks:
        return [unit]
    groups: dict[Way, list[Manifest]] = {(): []}
    for manifest in unit.manifests:
        way = _way(directories[manifest.file], forks)
        groups.setdefault(way, []).append(manifest)
    if len(groups) > _MOST:
        return [unit]
    workspace = Workspace(unit.manifests)
    around = {way: _around(way, groups, workspace) for way in sorted(groups)}
    if sum(map(len, around.values())) > _MOST_SHARED:
        return [unit]
    return [_of_cluster(unit, groups[way], outside) for way, outside in around.items()]


def _around(way: Way, groups: dict[Way, list[Manifest]], workspace: Workspace) -> list[Manifest]:
    """The objects of the others that are for the same cluster.

    Snapshots and restores for all clusters belong to that of the VM that they name, if it is clear.
    """
    own = set(map(id, groups[way]))

    def is_for_this(manifest: Manifest, other: Way) -> bool:
        field = _VM_FIELDS.get(manifest.group_kind)
        if field is None or len(other) >= len(way):
            return True
        name = manifest.text("spec", field, "name")
        return id(workspace.resolve(kinds.VM, manifest.namespace, name, manifest)) in own

    return [
        manifest
        for other in sorted(groups)
        if other != way and _agree(way, other)
        for manifest in groups[other]
        if is_for_this(manifest, other)
    ]


def _of_cluster(unit: Unit, manifests: list[Manifest], outside: list[Manifest]) -> Unit:
    """The unit of one cluster. An object that it names and only another one has may be meant."""
    present = {(*manifest.group_kind, manifest.name) for manifest in (*manifests, *outside)}
    everywhere = {(*manifest.group_kind, manifest.name) for manifest in unit.manifests}
    doubtful = {
        kind.kind
        for targets, _, name in named(manifests)
        if everywhere.intersection(keys := {(*kind, name) for kind in targets})
        if present.isdisjoint(keys)
        for kind in targets
    }
    return unit._replace(
        manifests=tuple(manifests), outside=tuple(outside), doubtful=unit.doubtful | doubtful
    )


def _forks(
    manifests: Iterable[Manifest], directories: dict[str, Directory]
) -> dict[Directory, set[str]]:
    """The directories whose children are for different clusters, with the names of these."""
    # the export and the source of one object belong to one cluster
    homes: dict[tuple[Ref, bool], dict[Directory, list[Manifest]]] = {}
    for manifest in manifests:
        if manifest.group_kind not in _ONCE | _SHARED:
            continue
        if manifest.name and not holds_placeholder(manifest.name):
            declared = homes.setdefault((manifest.ref, manifest.is_export), {})
            declared.setdefault(directories[manifest.file], []).append(manifest)
    forks: dict[Directory, set[str]] = defaultdict(set)
    for (ref, _), declared in homes.items():
        if len(declared) > 1 and (ref[:2] in _ONCE or _differ(declared.values())):
            for above, below in _branches(sorted(declared), 0):
                forks[above] |= below
    return forks


def _differ(declared: Iterable[list[Manifest]]) -> bool:
    first, *others = chain.from_iterable(declared)
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
    """The forks above a directory, each with the child that leads to it."""
    steps = ((directory[:depth], child) for depth, child in enumerate(directory))
    return tuple((above, child) for above, child in steps if child in forks.get(above, ()))


def _agree(way: Way, other: Way) -> bool:
    """Whether two ways have the same child at each fork that is on both."""
    children = dict(way)
    return all(children.get(above, child) == child for above, child in other)


def _directory(file: str) -> Directory:
    return tuple(file.split("/")[:-1])
