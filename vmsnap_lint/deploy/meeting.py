"""Units that meet: which of them are applied to one cluster, by what they name and declare."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from itertools import islice, product

from vmsnap_lint.core import kinds
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.kinds import Kind
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.relevance import of_kind
from vmsnap_lint.core.values import holds_placeholder
from vmsnap_lint.objects.gaps import Gap
from vmsnap_lint.objects.references import references

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["declared_elsewhere", "doubted", "joined", "named"]

_Key = tuple[Kind, str | None, str]


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
        gaps=tuple(dict.fromkeys(gap for unit in units for gap in unit.gaps)),
        release=next((unit.release for unit in units if unit.release), ""),
        appliers=ChainMap(*(dict(unit.appliers) for unit in units if unit.appliers)),
    )


def _doubtful(unit: Unit, links: Iterable[_Link], units: Sequence[Unit]) -> Unit:
    """The unit, with what only others declare that are not applied together with it for certain."""
    gaps = []
    for link in links:
        number = link.first[0]
        definition = next(home[number] for home in link.homes if number in home)
        where = units[number].roots[0] or definition.file
        gaps.append(declared_elsewhere(definition, link.kinds, where, namespace=link.namespace))
    return unit._replace(gaps=(*unit.gaps, *gaps))


def doubted(clusters: Sequence[Unit], others: Iterable[Unit]) -> Iterator[Unit]:
    """The clusters, each with a gap for what it names and only `others` declare.

    These are for one of them, or for none: which is not known.
    """
    declared: dict[tuple[Kind, str], list[Manifest]] = defaultdict(list)
    for unit in others:
        for manifest in unit.manifests:
            if manifest.name and manifest.group_kind in _LINKED:
                declared[manifest.group_kind, manifest.name].append(manifest)
    for unit in clusters:
        wanted = dict.fromkeys(named(unit.manifests)) if declared else ()
        gaps = (_found_among(declared, *each) for each in wanted)
        yield unit._replace(gaps=(*unit.gaps, *filter(None, gaps)))


def _found_among(
    declared: Mapping[tuple[Kind, str], Sequence[Manifest]],
    kinds_: tuple[Kind, ...],
    namespace: str | None,
    name: str,
) -> Gap | None:
    for kind in kinds_:
        for definition in declared.get((kind, name), ()):
            if None in (namespace, definition.namespace) or namespace == definition.namespace:
                return declared_elsewhere(definition, kinds_, definition.file, namespace)
    return None


def declared_elsewhere(
    definition: Manifest, kinds_: Iterable[Kind], where: str, namespace: str | None = None
) -> Gap:
    """The gap that an object is in the input, but may be for another cluster."""
    at, why = definition.at("metadata", "name"), "whether it is for the same cluster is unknown"
    names = frozenset((definition.name,))
    return Gap(f'"{cut(where)}"', why, at, namespace, frozenset(kinds_), names, is_seen=True)


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
