"""Units: the objects of a run that are applied together, and their surroundings."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType

from vmsnap_lint.core import kinds
from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.core.relevance import FOLLOWED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from vmsnap_lint.core.kinds import Kind
    from vmsnap_lint.core.model import NotChecked
    from vmsnap_lint.document import Source
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.manifest import Manifest
    from vmsnap_lint.objects.provenance import RenderedTree

__all__ = [
    "SampleKind",
    "Separate",
    "Unit",
    "Unwrapped",
    "apart",
    "around",
    "completed",
    "undeclared",
]  # fmt: skip

_FACTS = kinds.CLUSTER_SCOPED | {
    kinds.ARGO_APPLICATION, kinds.FLUX_KUSTOMIZATION, kinds.HYPERCONVERGED, kinds.KUBEVIRT,
    kinds.CDI,
}  # fmt: skip
_PLAIN = ("",)


class SampleKind(Enum):
    """Whether the samples of a documentation page are complete."""

    COMPLETE = "complete"
    SHORTENED = "shortened"


class Separate(Enum):
    """Why the objects of a unit are no part of a cluster that the input shows."""

    ELSEWHERE = "they are made in a cluster that may be another one"
    TEMPLATE = "they are made from a template, by whoever uses it"


class Unit(NamedTuple):
    """Objects that are applied together: the plain files of a run, or rendered trees.

    `roots` are the kustomizations or charts that build them, "" for the plain files. `doubtful` are
    the kinds of which others declare objects that may be beside it. A page of documentation is a
    unit of its own, with its `blocks` and their kind (`samples`). `outside` are the objects of
    other units that are applied to the same cluster, where the plain files are for several.
    `cluster` is its name, "" where none is known; `gaps` are what may make further objects there.
    `release` is that of KubeVirt which a URL in a kustomization names, or "".
    `separate` says why objects that are found inside others are a unit of their own.
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
    separate: Separate | None = None
    appliers: Mapping[object, Manifest] = MappingProxyType({})

    @property
    def is_separate(self) -> bool:
        """Whether nothing that is known about a cluster applies to it."""
        return bool(self.blocks) or self.separate is not None

    @property
    def is_plain(self) -> bool:
        """Whether it includes the plain files."""
        return "" in self.roots


class Unwrapped(NamedTuple):
    """Units with what is inside their objects.

    `separate` are the objects that are made from templates, or in clusters that may be others;
    `gaps` say for all other units that they may be made there as well. `texts` are those that hold
    objects, `not_checked` what was recognized and not read.
    """

    units: tuple[Unit, ...]
    separate: tuple[Unit, ...] = ()
    gaps: tuple[Gap, ...] = ()
    texts: tuple[Source, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()


def completed(unit: Unit, *gaps: Gap) -> Unit:
    """The unit with the claims and the gaps that its own objects tell of, and these gaps."""
    objects = (*unit.manifests, *unit.outside)
    present = {manifest.group_kind for manifest in objects}
    claims, restored = _claims_of(objects, present)
    own = (*gaps, *restored, *(() if present.isdisjoint(FOLLOWED) else _classes_of(objects)))
    if not claims and not own:
        return unit
    return unit._replace(outside=(*unit.outside, *claims), gaps=(*own, *unit.gaps))


def _claims_of(
    objects: Sequence[Manifest], present: Set[Kind]
) -> tuple[tuple[Manifest, ...], tuple[Gap, ...]]:
    """The PVCs that annotations of VMs make, and as gaps those that restores make."""
    is_annotated = any(
        m.group_kind == kinds.VM and m.get("metadata", "annotations") for m in objects
    )
    if not is_annotated and kinds.RESTORE not in present:
        return (), ()
    from vmsnap_lint.objects.claim_templates import claims_of, restored_by  # as below

    return claims_of(objects), restored_by(objects)


def _classes_of(objects: Iterable[Manifest]) -> tuple[Gap, ...]:
    from vmsnap_lint.objects.operators import classes_of  # few inputs have operators

    return classes_of(objects)


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
        [m for m in unit.manifests if not unit.is_separate and m.group_kind in _FACTS]
        for unit in units
    ]
    if not any(facts) or len(units) == 1:
        return [()] * len(units)
    are_several = len({unit.cluster for unit in units if unit.cluster}) > 1
    declaring = [(unit, declared) for unit, declared in zip(units, facts, strict=True) if declared]
    result = []
    for unit, own in zip(units, facts, strict=True):
        names = {(fact.group_kind, fact.name) for fact in own}
        others: list[Manifest] = []
        for other, declared in declaring if unit.separate is not Separate.ELSEWHERE else ():
            # plain files of the same cluster are in `outside` already
            if other is unit or unit.blocks or unit.roots == other.roots == _PLAIN:
                continue
            if are_several and unit.cluster != other.cluster:
                continue
            others += (fact for fact in declared if (fact.group_kind, fact.name) not in names)
        result.append(tuple(_distinct(others)))
    return result


def _distinct(facts: Iterable[Manifest]) -> Iterator[Manifest]:
    """The facts, equal ones once: many trees may include the same file."""
    first: dict[tuple[str, int, str], Manifest] = {}
    values: dict[tuple[str, int, str], set[str]] = {}
    for fact in facts:
        key = fact.file, fact.document.index, fact.name
        if key not in first:
            first[key] = fact
            yield fact
        elif first[key] is not fact:
            known = values.setdefault(key, {repr(first[key].value)})
            value = repr(fact.value)
            if value not in known:
                known.add(value)
                yield fact
