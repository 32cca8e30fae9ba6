"""A unit for each cluster, where the plain files are for several.

Sibling directories that both declare the same VM, PVC or KubeVirt object, or one class with
different content, are for different clusters: `clusters/east` and `clusters/west`. The objects
outside of them are for both.
"""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.deploy.forks import Directory, Way
    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.objects.manifest import Manifest, Ref

__all__ = ["by_cluster"]

_ONCE = frozenset((kinds.DATA_VOLUME, kinds.KUBEVIRT, kinds.PVC, kinds.VM))
_SHARED = frozenset((kinds.STORAGE_CLASS, kinds.STORAGE_PROFILE, kinds.VOLUME_SNAPSHOT_CLASS))
_VM_FIELDS = {kinds.RESTORE: "target", kinds.SNAPSHOT: "source"}
_MOST = 300  # clusters
_MOST_SHARED = 100_000  # objects that several clusters share, counted in each


def by_cluster(unit: Unit) -> list[Unit]:
    """The unit, or one for each cluster that its directories are for and one for the rest."""
    known = {} if unit.trees else _forks(unit.manifests)
    if not known:
        return [unit]
    from vmsnap_lint.deploy.forks import directory_of, way  # most runs have one cluster

    directories = {manifest.file: directory_of(manifest.file) for manifest in unit.manifests}
    groups: dict[Way, list[Manifest]] = {(): []}
    for manifest in unit.manifests:
        groups.setdefault(way(directories[manifest.file], known), []).append(manifest)
    if len(groups) > _MOST:
        return [unit]
    workspace = Workspace(unit.manifests)
    around = {steps: _around(steps, groups, workspace) for steps in sorted(groups)}
    if sum(map(len, around.values())) > _MOST_SHARED:
        return [unit]
    everywhere = {(m.group_kind, m.name): m for m in reversed(unit.manifests)}
    return [
        _of_cluster(unit, groups[steps], outside, everywhere) for steps, outside in around.items()
    ]


def _around(steps: Way, groups: dict[Way, list[Manifest]], workspace: Workspace) -> list[Manifest]:
    """The objects of the others that are for the same cluster.

    Snapshots and restores for all clusters belong to that of the VM that they name, if it is clear.
    """
    own = set(map(id, groups[steps]))

    def is_for_this(manifest: Manifest, other: Way) -> bool:
        field = _VM_FIELDS.get(manifest.group_kind)
        if field is None or len(other) >= len(steps):
            return True
        name = manifest.text("spec", field, "name")
        return id(workspace.resolve(kinds.VM, manifest.namespace, name, manifest)) in own

    return [
        manifest
        for other in sorted(groups)
        if other != steps and _agree(steps, other)
        for manifest in groups[other]
        if is_for_this(manifest, other)
    ]


def _of_cluster(
    unit: Unit,
    manifests: list[Manifest],
    outside: list[Manifest],
    everywhere: Mapping[tuple[Kind, str], Manifest],
) -> Unit:
    """The unit of one cluster. An object that it names and only another one has may be meant."""
    from vmsnap_lint.deploy.meeting import declared_elsewhere, named  # most runs have one cluster

    present = {(m.group_kind, m.name) for m in (*manifests, *outside)}
    gaps = []
    for targets, _, name in dict.fromkeys(named(manifests)):
        keys = [(kind, name) for kind in targets]
        definitions = [everywhere[key] for key in keys if key in everywhere]
        if definitions and present.isdisjoint(keys):
            gaps.append(declared_elsewhere(definitions[0], targets, definitions[0].file))
    return unit._replace(
        manifests=tuple(manifests), outside=tuple(outside), gaps=(*unit.gaps, *gaps)
    )


def _forks(manifests: Iterable[Manifest]) -> Mapping[Directory, set[str]]:
    """The directories whose children are for different clusters, with the names of these."""
    # the export and the source of one object belong to one cluster
    homes: dict[tuple[Ref, bool], dict[str, list[Manifest]]] = {}
    for manifest in manifests:
        if manifest.group_kind not in _ONCE | _SHARED:
            continue
        if manifest.name and not holds_placeholder(manifest.name):
            declared = homes.setdefault((manifest.ref, manifest.is_export), {})
            declared.setdefault(manifest.directory, []).append(manifest)
    several = [
        [each[0].file for each in declared.values()]
        for (ref, _), declared in homes.items()
        if len(declared) > 1 and (ref[:2] in _ONCE or _differ(declared.values()))
    ]
    if not several:
        return {}
    from vmsnap_lint.deploy.forks import directory_of, forks  # as above

    return forks(map(directory_of, files) for files in several)


def _differ(declared: Iterable[list[Manifest]]) -> bool:
    first, *others = chain.from_iterable(declared)
    return any(other.value != first.value for other in others)


def _agree(steps: Way, other: Way) -> bool:
    """Whether two ways have the same child at each fork that is on both."""
    children = dict(steps)
    return all(children.get(above, child) == child for above, child in other)
