"""Units: the objects of a run that are applied together, and their surroundings."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from enum import Enum
from itertools import islice, product
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core import kinds
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.relevance import of_kind
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.claim_templates import claims_of, restored_by
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.objects.operators import classes_of
from vmsnap_lint.objects.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import RenderedTree

__all__ = [
    "Aside", "SampleKind", "Unit", "apart", "around", "completed", "joined", "named", "undeclared",
]  # fmt: skip

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


class Aside(Enum):
    """Why the objects of a unit are no part of a cluster that the input shows."""

    ELSEWHERE = "they are made in a cluster that may be another one"
    TEMPLATE = "they are made from a template, by whoever uses it"


class Unit(NamedTuple):
    """Objects that are applied together: the plain files of a run, or rendered trees.

    `roots` are the kustomizations or charts that build them, "" for the plain files. `doubtful` are
    the kinds of which it names objects that several other units declare. A page of documentation is
    a unit of its own, with its `blocks` and their kind (`samples`). `outside` are the objects of
    other units that are applied to the same cluster, where the plain files are for several.
    `cluster` is its name, "" where none is known; `gaps` are what may make further objects there.
    `release` is that of KubeVirt which a URL in a kustomization names, or "".
    `aside` says why objects that are found inside others are a unit of their own.
    `appliers` are the objects of Flux and Argo CD that apply others, by the positions of these.
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
    release: str = ""
    aside: Aside | None = None
    appliers: Mapping[object, Manifest] = MappingProxyType({})

    @property
    def is_aside(self) -> bool:
        """Whether nothing that is known about a cluster applies to it."""
        return bool(self.blocks) or self.aside is not None

    @property
    def is_plain(self) -> bool:
        """Whether it includes the plain files."""
        return "" in self.roots


def completed(unit: Unit, *gaps: Gap) -> Unit:
    """The unit with the claims and the gaps that its own objects tell of, and these gaps."""
    objects = (*unit.manifests, *unit.outside)
    claims, own = claims_of(objects), (*gaps, *restored_by(objects), *classes_of(objects))
    if not claims and not own:
        return unit
    return unit._replace(outside=(*unit.outside, *claims), gaps=(*own, *unit.gaps))


def apart(clusters: Sequence[Unit], others: Iterable[Unit]) -> Iterator[Unit]:
    """The units of several clusters. What others declare for any cluster may be in each of them."""
    maybe = {
        manifest.kind
        for unit in others
        for manifest in unit.manifests
        if manifest.group_kind in kinds.CLUSTER_SCOPED
    }
    for unit in clusters:
        yield unit._replace(doubtful=unit.doubtful | maybe)


def undeclared(units: Iterable[Unit], clusters: Iterable[Unit]) -> Iterator[Unit]:
    """The units of no declared cluster: what the clusters have may be beside them."""
    maybe = {manifest.kind for cluster in clusters for manifest in cluster.manifests}
    for unit in units:
        yield unit._replace(doubtful=unit.doubtful | maybe)


def around(units: Sequence[Unit]) -> list[tuple[Manifest, ...]]:
    """For each unit, the facts about the cluster that only the other units declare.

    What is applied to a cluster that has a name says nothing of another one.
    """
    facts = [
        [m for m in unit.manifests if not unit.is_aside and m.group_kind in _FACTS]
        for unit in units
    ]
    if not any(facts) or len(units) == 1:
        return [()] * len(units)
    are_several = len({unit.cluster for unit in units if unit.cluster}) > 1
    declaring = [(unit, declared) for unit, declared in zip(units, facts, strict=True) if declared]
    result = []
    for unit, own in zip(units, facts, strict=True):
        names = {(fact.group_kind, fact.name) for fact in own}
        # many trees may include the same file: equal facts count once
        others: dict[tuple[str, int, str, str], Manifest] = {}
        for other, declared in declaring if unit.aside is not Aside.ELSEWHERE else ():
            # plain files of the same cluster are in `outside` already
            if other is unit or unit.blocks or unit.roots == other.roots == _PLAIN:
                continue
            if are_several and unit.cluster != other.cluster:
                continue
            for fact in declared:
                if (fact.group_kind, fact.name) not in names:
                    key = (fact.file, fact.document.index, fact.name, repr(fact.value))
                    others.setdefault(key, fact)
        result.append(tuple(others.values()))
    return result


def joined(units: Sequence[Unit], *, whole: bool = True) -> list[Unit]:
    """The units, merged where they are certainly for one cluster, in the order of their first ones.

    First those of which one names an object that exactly one other declares, then those that have
    objects in the same namespace. What declares an object that another one declares as well stands
    apart: two overlays of one base. Without `whole` the plain files are for several clusters, and
    only names join them.
    """
    if len(units) == 1:
        return list(units)
    links = list(_links(units))
    linked = _merged(units, [(link.unit, *link.first) for link in links if len(link.first) == 1])
    result = _merged(linked, _by_namespace(linked, whole=whole))
    places = {id(m): place for place, unit in enumerate(result) for m in unit.manifests}
    at = [places[id(unit.manifests[0])] if unit.manifests else -1 for unit in units]
    spots: dict[int, set[int]] = {}
    doubts: dict[int, list[_Link]] = defaultdict(list)
    for link in links:
        for home in link.homes:
            if id(home) not in spots:
                spots[id(home)] = {at[number] for number in home}
        # both may be in one unit now; else it is open which of the others is meant
        if all(at[link.unit] not in spots[id(home)] for home in link.homes):
            doubts[at[link.unit]].append(link)
    for place, doubtful in doubts.items():
        result[place] = _doubtful(result[place], doubtful, units)
    return result


class _Link(NamedTuple):
    """A unit that names an object which it does not declare, and the units that do.

    `homes` are these for each possible kind and namespace, each with its first definition, `first`
    one or two of them.
    """

    unit: int
    kinds: tuple[Kind, ...]
    namespace: str | None
    name: str
    homes: tuple[dict[int, Manifest], ...]
    first: tuple[int, ...]


def _links(units: Sequence[Unit]) -> Iterator[_Link]:
    """The links between units, each once."""
    declared: dict[_Key, dict[int, Manifest]] = defaultdict(dict)
    for number, unit in enumerate(units):
        for manifest in unit.manifests:
            if manifest.name and manifest.group_kind in _LINKED:
                declared[_key(manifest)].setdefault(number, manifest)
    for number, unit in enumerate(units):
        for kinds_, namespace, name in dict.fromkeys(named(unit.manifests)):
            spaces = (namespace, None) if namespace else (None,)
            keys = (key for key in product(kinds_, spaces, (name,)) if key in declared)
            homes = tuple(declared[key] for key in keys)
            if homes and not any(number in home for home in homes):
                first = sorted({unit for home in homes for unit in islice(home, _ENOUGH)})
                yield _Link(number, kinds_, namespace, name, homes, tuple(first))


def named(manifests: Iterable[Manifest]) -> Iterator[tuple[tuple[Kind, ...], str | None, str]]:
    """The objects that others name: their possible kinds, namespace and name."""
    for manifest in manifests:
        for reference in references(manifest) if manifest.group_kind in _NAMING else ():
            targets = tuple(kind for kind in reference.kinds if kind in _LINKED)
            if targets and reference.name:
                yield targets, reference.namespace, reference.name


def _by_namespace(units: Sequence[Unit], *, whole: bool) -> list[list[int]]:
    """The units with objects in each namespace that they set."""
    homes: dict[str, dict[int, None]] = defaultdict(dict)
    for number, unit in enumerate(units):
        if not whole and unit.is_plain:
            continue
        for manifest in unit.manifests:
            if manifest.namespace and manifest.group_kind in _SEEN:
                homes[manifest.namespace][number] = None
    return [list(numbers) for home, numbers in homes.items() if not holds_placeholder(home)]


def _merged(units: Sequence[Unit], edges: Sequence[Sequence[int]]) -> list[Unit]:
    """The units that edges connect as one, but for those that contradict one of them."""
    groups = _connected(len(units), edges)
    rivals = {number for group in groups for number in _rivals(units, group)}
    if rivals:
        kept = [[number for number in edge if number not in rivals] for edge in edges]
        groups = _connected(len(units), kept)
    return [_union([units[number] for number in group]) for group in groups]


def _connected(count: int, edges: Iterable[Sequence[int]]) -> list[list[int]]:
    """The numbers below `count` in groups that edges connect, sorted."""
    above = list(range(count))

    def top(number: int) -> int:
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    for edge in edges:
        for number in edge[1:]:
            low, high = sorted((top(edge[0]), top(number)))
            above[high] = low
    groups: dict[int, list[int]] = defaultdict(list)
    for number in range(count):
        groups[top(number)].append(number)
    return list(groups.values())


def _rivals(units: Sequence[Unit], group: Sequence[int]) -> set[int]:
    """The units of a group that declare an object which another one of it declares.

    Equal classes are no contradiction: they come from one base.
    """
    declared: dict[_Key, dict[int, Manifest]] = defaultdict(dict)
    for number in group if len(group) > 1 else ():
        for manifest in units[number].manifests:
            if manifest.name and of_kind(*manifest.group_kind):
                declared[_key(manifest)].setdefault(number, manifest)
    return {
        number
        for (kind, _, _), owners in declared.items()
        if len(owners) > 1 and not (kind in kinds.CLUSTER_SCOPED and _are_equal(owners.values()))
        for number in owners
    }


def _are_equal(manifests: Iterable[Manifest]) -> bool:
    first, *others = manifests
    return all(other.value == first.value for other in others)


def _union(units: Sequence[Unit]) -> Unit:
    """Several units as one."""
    if len(units) == 1:
        return units[0]
    return units[0]._replace(
        roots=tuple(root for unit in units for root in unit.roots),
        manifests=tuple(manifest for unit in units for manifest in unit.manifests),
        trees=tuple(tree for unit in units for tree in unit.trees),
        doubtful=frozenset().union(*(unit.doubtful for unit in units)),
        outside=tuple(manifest for unit in units for manifest in unit.outside),
        cluster=next((unit.cluster for unit in units if unit.cluster), ""),
        gaps=tuple(gap for unit in units for gap in unit.gaps),
        release=next((unit.release for unit in units if unit.release), ""),
        appliers=ChainMap(*(dict(unit.appliers) for unit in units if unit.appliers)),
    )


def _doubtful(unit: Unit, links: Iterable[_Link], units: Sequence[Unit]) -> Unit:
    """The unit, with what only others declare that are not applied together with it for certain."""
    gaps = tuple(_gap(units[link.first[0]].roots[0], link) for link in links)
    doubtful = {kind.kind for link in links for kind in link.kinds}
    return unit._replace(doubtful=unit.doubtful | doubtful, gaps=(*unit.gaps, *gaps))


def _gap(root: str, link: _Link) -> Gap:
    """What the unit of that root declares, which may be meant."""
    number = link.first[0]
    definition = next(home[number] for home in link.homes if number in home)
    at = definition.at("metadata", "name")
    what = f'"{cut(root or definition.file)}"'
    why = "whether it is for the same cluster is unknown"
    kinds_, names = frozenset(link.kinds), frozenset((link.name,))
    return Gap(what, why, at, link.namespace, kinds_, names, is_seen=True)


def _key(manifest: Manifest) -> _Key:
    return manifest.group_kind, manifest.namespace, manifest.name


_ENOUGH = 2  # of the units that declare an object: one is the one that is meant, two are in doubt
_LINKED = frozenset((
    kinds.VM, kinds.SNAPSHOT, kinds.PVC, kinds.DATA_VOLUME, kinds.DATA_SOURCE,
    kinds.VOLUME_SNAPSHOT, kinds.BACKUP_TRACKER,
))  # fmt: skip
_NAMING = frozenset((
    kinds.VM, kinds.DATA_VOLUME, kinds.SNAPSHOT, kinds.RESTORE, kinds.CLONE, kinds.EXPORT,
    kinds.BACKUP, kinds.BACKUP_TRACKER,
))  # fmt: skip
_SEEN = _LINKED | _NAMING | {kinds.CONTENT, kinds.POD, kinds.POOL, kinds.PREFERENCE, kinds.VMI}
