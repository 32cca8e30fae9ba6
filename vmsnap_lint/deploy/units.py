"""Units: the objects of a run that are applied together, and their surroundings."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core import kinds
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.objects.references import MOUNTS, RESTORE_SNAPSHOT, SNAPSHOT_SOURCE, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import RenderedTree

__all__ = ["SampleKind", "Unit", "around", "joined", "named"]

_FACTS = kinds.CLUSTER_SCOPED | {
    kinds.ARGO_APPLICATION, kinds.FLUX_KUSTOMIZATION, kinds.HYPERCONVERGED, kinds.KUBEVIRT,
    kinds.CDI,
}  # fmt: skip
_PLAIN = ("",)
_Key = tuple[Kind, str | None, str]


class SampleKind(Enum):
    """Whether the samples of a documentation page are complete."""

    COMPLETE = "complete"
    SHORTENED = "shortened"


class Unit(NamedTuple):
    """Objects that are applied together: the plain files of a run, or rendered trees.

    `roots` are the kustomizations or charts that build them, "" for the plain files. `doubtful` are
    the kinds of which it names objects that several other units declare. A page of documentation is
    a unit of its own, with its `blocks` and their kind (`samples`). `outside` are the objects of
    other units that are applied to the same cluster, where the plain files are for several.
    `cluster` is its name, "" where none is known; `gaps` are what may make further objects there.
    """

    roots: tuple[str, ...]
    manifests: tuple[Manifest, ...]
    trees: tuple[RenderedTree, ...]
    doubtful: frozenset[str] = frozenset()
    blocks: tuple[Source, ...] = ()
    samples: SampleKind | None = None
    outside: tuple[Manifest, ...] = ()
    cluster: str = ""
    gaps: tuple[Gap, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether it includes the plain files."""
        return "" in self.roots


def around(units: Sequence[Unit]) -> list[tuple[Manifest, ...]]:
    """For each unit, the facts about the cluster that only the other units declare."""
    facts = [
        [m for m in unit.manifests if not unit.blocks and m.group_kind in _FACTS] for unit in units
    ]
    if not any(facts) or len(units) == 1:
        return [()] * len(units)
    result = []
    for unit, own in zip(units, facts, strict=True):
        names = {(fact.group_kind, fact.name) for fact in own}
        # many trees may include the same file: equal facts count once
        others: dict[tuple[str, int, str, str], Manifest] = {}
        for other, declared in zip(units, facts, strict=True):
            # plain files of the same cluster are in `outside` already
            if other is unit or unit.blocks or unit.roots == other.roots == _PLAIN:
                continue
            for fact in declared:
                if (fact.group_kind, fact.name) not in names:
                    key = (fact.file, fact.document.index, fact.name, repr(fact.value))
                    others.setdefault(key, fact)
        result.append(tuple(others.values()))
    return result


def joined(units: Sequence[Unit]) -> list[Unit]:
    """The units, merged where one names an object that exactly one other declares.

    An object that two units declare belongs to neither: two overlays of one base stay apart.
    """
    if len(units) == 1:
        return list(units)
    links = list(_links(units))
    groups = list(range(len(units)))
    for number, _, homes in links:
        if len(homes) == 1:
            low, high = sorted((groups[number], groups[min(homes)]))
            groups = [low if group == high else group for group in groups]
    result = _grouped(units, groups)
    places = {id(m): place for place, unit in enumerate(result) for m in unit.manifests}
    for number, kind, homes in links:
        # both may be in one unit now; else it is open which of the others is meant
        place, *others = (places[id(units[n].manifests[0])] for n in (number, *homes))
        if place not in others:
            doubtful = result[place].doubtful | {kind}
            result[place] = result[place]._replace(doubtful=doubtful)
    return result


def _links(units: Sequence[Unit]) -> Iterator[tuple[int, str, set[int]]]:
    """Each unit that names what it does not declare: its number, the kind, the units that do."""
    declared: dict[_Key, list[int]] = defaultdict(list)
    for number, unit in enumerate(units):
        for manifest in unit.manifests:
            if manifest.name and manifest.group_kind in _LINKED:
                declared[_key(manifest)].append(number)
    for number, unit in enumerate(units):
        for targets, namespace, name in named(unit.manifests):
            keys = product(targets, {namespace, None} if namespace else {None}, (name,))
            homes = {home for key in keys for home in declared.get(key, ())}
            if homes and number not in homes:
                yield from ((number, kind.kind, homes) for kind in targets)


def named(manifests: Iterable[Manifest]) -> Iterator[tuple[tuple[Kind, ...], str | None, str]]:
    """The objects that snapshots, restores and VMs name: possible kinds, namespace and name."""
    for manifest in manifests:
        for reference in references(manifest, _NAMING.get(manifest.group_kind, ())):
            yield reference.edge.targets, manifest.namespace, reference.name


def _grouped(units: Sequence[Unit], groups: Sequence[int]) -> list[Unit]:
    """The units merged by group; a group that would hold an object twice is not merged."""
    members: dict[int, list[Unit]] = defaultdict(list)
    for group, unit in zip(groups, units, strict=True):
        members[group].append(unit)
    result = []
    for several in members.values():
        merged = Unit(
            tuple(root for unit in several for root in unit.roots),
            tuple(manifest for unit in several for manifest in unit.manifests),
            tuple(tree for unit in several for tree in unit.trees),
            gaps=tuple(gap for unit in several for gap in unit.gaps),
        )
        result += several if _overlap(several) else [merged]
    return result


def _overlap(units: Iterable[Unit]) -> bool:
    keys = [{_key(manifest) for manifest in unit.manifests if manifest.name} for unit in units]
    return len(set().union(*keys)) < sum(map(len, keys))


def _key(manifest: Manifest) -> _Key:
    return manifest.group_kind, manifest.namespace, manifest.name


_LINKED = frozenset((kinds.VM, kinds.SNAPSHOT, kinds.PVC, kinds.DATA_VOLUME))
_NAMING = {kinds.VM: MOUNTS, kinds.SNAPSHOT: (SNAPSHOT_SOURCE,), kinds.RESTORE: (RESTORE_SNAPSHOT,)}
