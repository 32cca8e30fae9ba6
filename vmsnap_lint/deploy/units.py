"""The objects of a run become parts: what is applied together, and what is around."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.core.kinds import (
    ARGO_APPLICATION,
    CDI,
    CLUSTER_SCOPED,
    DATA_VOLUME,
    FLUX_KUSTOMIZATION,
    HYPERCONVERGED,
    KUBEVIRT,
    PVC,
    RESTORE,
    SNAPSHOT,
    VM,
    Kind,
)
from vmsnap_lint.objects.references import (
    MOUNTS,
    RESTORE_SNAPSHOT,
    SNAPSHOT_SOURCE,
    references,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import RenderedTree

__all__ = ["SampleKind", "Unit", "around", "joined", "named"]

_FACTS = CLUSTER_SCOPED | {
    ARGO_APPLICATION, FLUX_KUSTOMIZATION, HYPERCONVERGED, KUBEVIRT, CDI,
}  # fmt: skip
_PLAIN = ("",)
_Key = tuple[Kind, str | None, str]


class SampleKind(Enum):
    """Whether something is left out of the samples of a documentation page."""

    COMPLETE = "complete"
    SHORTENED = "shortened"


class Unit(NamedTuple):
    """Objects that are applied together: the plain files of a run, or rendered trees.

    `roots` are the kustomizations or charts that make them, "" for the plain files. `doubtful` are
    the kinds of which it names objects that several other parts declare. `blocks` are those of a
    page of documentation, which is nobody else's; `samples` is the kind of these, None where there
    are none. `outside` is what else is applied to the same cluster, where the plain files are those
    of several.
    """

    roots: tuple[str, ...]
    manifests: tuple[Manifest, ...]
    trees: tuple[RenderedTree, ...]
    doubtful: frozenset[str] = frozenset()
    blocks: tuple[Source, ...] = ()
    samples: SampleKind | None = None
    outside: tuple[Manifest, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether plain files are among what makes it."""
        return "" in self.roots


def around(parts: Sequence[Unit]) -> list[tuple[Manifest, ...]]:
    """For each part, the facts about the cluster that the other parts declare and it does not."""
    facts = [
        [m for m in part.manifests if not part.blocks and m.group_kind in _FACTS] for part in parts
    ]
    if not any(facts) or len(parts) == 1:
        return [()] * len(parts)
    result = []
    for here in range(len(parts)):
        mine = {(one.group_kind, one.name) for one in facts[here]}
        others: dict[tuple[str, int, str, str], Manifest] = {}
        for there, found in enumerate(facts):
            # what is for the same cluster is outside already
            apart = there == here or parts[here].blocks or _are_plain(parts[here], parts[there])
            for one in () if apart else found:
                if (one.group_kind, one.name) not in mine:
                    # many trees may include the same file: once is enough, if it says the same
                    key = (one.file, one.document.index, one.name, repr(one.value))
                    others.setdefault(key, one)
        result.append(tuple(others.values()))
    return result


def _are_plain(one: Unit, other: Unit) -> bool:
    return one.roots == other.roots == _PLAIN


def joined(parts: Sequence[Unit]) -> list[Unit]:
    """The parts, those in one of which something names what only one other has taken together.

    An object is no part's own where two parts that could be meant declare it: two overlays of one
    base stay apart.
    """
    if len(parts) == 1:
        return list(parts)
    links = list(_links(parts))
    group = list(range(len(parts)))
    for number, _, found in links:
        if len(found) == 1:
            _join(group, number, *found)
    result = _grouped(parts, group)
    place = {id(one): at for at, part in enumerate(result) for one in part.manifests}
    for number, kind, found in links:
        # both may stand together now; else it stays open which of the others is meant
        here, *there = (place[id(parts[n].manifests[0])] for n in (number, *found))
        if here not in there:
            doubtful = result[here].doubtful | {kind}
            result[here] = result[here]._replace(doubtful=doubtful)
    return result


def _links(parts: Sequence[Unit]) -> Iterator[tuple[int, str, set[int]]]:
    """Each part that names what it does not declare: its number, the kind, the parts that do."""
    homes: dict[_Key, list[int]] = {}
    for number, part in enumerate(parts):
        for one in part.manifests:
            if one.name and one.group_kind in _LINKED:
                homes.setdefault((one.group_kind, one.namespace, one.name), []).append(number)
    for number, part in enumerate(parts):
        for kinds, namespace, name in named(part.manifests):
            found = {
                there
                for kind in kinds
                for home in ({namespace, None} if namespace else {None})
                for there in homes.get((kind, home, name), ())
            }
            if found and number not in found:
                yield from ((number, kind.kind, found) for kind in kinds)


def named(manifests: Iterable[Manifest]) -> Iterator[tuple[tuple[Kind, ...], str | None, str]]:
    """What the snapshots, restores and VMs of a part name."""
    for one in manifests:
        for reference in references(one, _NAMING.get(one.group_kind, ())):
            yield reference.edge.targets, one.namespace, reference.name


def _join(group: list[int], one: int, other: int) -> None:
    low, high = sorted((group[one], group[other]))
    for number, at in enumerate(group):
        if at == high:
            group[number] = low


def _grouped(parts: Sequence[Unit], group: list[int]) -> list[Unit]:
    """The parts by group; a group that would hold an object twice is left as it was."""
    members: dict[int, list[int]] = {}
    for number, at in enumerate(group):
        members.setdefault(at, []).append(number)
    result = []
    for numbers in members.values():
        chosen = [parts[number] for number in numbers]
        whole = Unit(
            tuple(root for part in chosen for root in part.roots),
            tuple(one for part in chosen for one in part.manifests),
            tuple(tree for part in chosen for tree in part.trees),
        )
        result += [whole] if len(chosen) == 1 or not _overlap(chosen) else chosen
    return result


def _overlap(parts: Iterable[Unit]) -> bool:
    seen: set[tuple[Kind, str | None, str]] = set()
    for part in parts:
        mine = {(one.group_kind, one.namespace, one.name) for one in part.manifests if one.name}
        if not seen.isdisjoint(mine):
            return True
        seen |= mine
    return False


_LINKED = frozenset((VM, SNAPSHOT, PVC, DATA_VOLUME))
_NAMING = {VM: MOUNTS, SNAPSHOT: (SNAPSHOT_SOURCE,), RESTORE: (RESTORE_SNAPSHOT,)}
