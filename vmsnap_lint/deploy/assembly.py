"""What was read of clusters, trees and plain files becomes units that are applied together."""

from __future__ import annotations

from itertools import chain

from vmsnap_lint.core.kinds import ARGO_APPLICATION_SET
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.deploy.clusters import by_cluster
from vmsnap_lint.deploy.units import Unit, Unwrapped, apart, undeclared
from vmsnap_lint.objects.manifest import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from vmsnap_lint.deploy.applied import FoundCluster, FoundClusters
    from vmsnap_lint.deploy.render.rendering import RenderedTrees
    from vmsnap_lint.objects.gaps import Gap
    from vmsnap_lint.objects.partial import Parted

__all__ = ["applied_together", "units_of"]

_PLAIN = ("",)


def units_of(
    plain: Parted, rendered: RenderedTrees | None, found: FoundClusters | None
) -> list[Unit]:
    """Those of clusters, the plain files, then the trees in the order of their roots."""
    built, written = (rendered.built, rendered.written) if rendered else ((), ())
    not_rendered = rendered.not_rendered if rendered else ()
    clusters, releases = (found.clusters, found.releases) if found else ((), ())
    made = chain.from_iterable(cluster.known.gaps for cluster in releases)
    gaps = (*plain.gaps, *made, *(gap for tree in not_rendered for gap in tree.gaps))
    release = rendered.release if rendered else ""
    units = [_unit_of(cluster, release) for cluster in clusters]
    units.append(Unit(_PLAIN, plain.objects, written, gaps=gaps, release=release))
    applied = (_unit_of(cluster, release) for cluster in releases)
    units += (unit for unit in applied if unit.manifests)
    units += (
        Unit(
            (tree.root,),
            tree.manifests,
            (tree.tree,),
            gaps=tree.gaps,
            release=tree.release or release,
        )
        for tree in built
        if tree.manifests
    )
    return units


def applied_together(opened: Unwrapped, number_of_clusters: int) -> Iterator[Unit]:
    """The units as they are applied together.

    What no cluster uses is applied by hand to one of them, and there its gaps are.
    """
    units = [unit._replace(gaps=(*unit.gaps, *opened.gaps)) for unit in opened.units]
    clusters, units = units[:number_of_clusters], units[number_of_clusters:]
    files = {f"/{m.directory}/" for unit in units for m in unit.manifests}
    every = dict.fromkeys(chain.from_iterable(cluster.gaps for cluster in clusters))
    gaps = {gap: None for gap in every if not _makes_only(gap, files)}
    units = [unit._replace(gaps=tuple({**dict.fromkeys(unit.gaps), **gaps})) for unit in units]
    if len(clusters) > 1:
        from vmsnap_lint.deploy.meeting import doubted  # few runs have several clusters

        yield from apart(list(doubted(clusters, units)), units)
        units, clusters = list(undeclared(units, clusters)), []
    parts = by_cluster(units[0])
    for unit in _joined([*units, *clusters], whole=len(parts) == 1):
        if unit.roots == _PLAIN:
            yield from parts if unit is units[0] else by_cluster(unit)
        else:
            yield unit


def _joined(units: list[Unit], *, whole: bool) -> list[Unit]:
    if len(units) == 1:
        return units
    from vmsnap_lint.deploy.meeting import joined  # many runs have plain files only

    return joined(units, whole=whole)


def _makes_only(gap: Gap, directories: Collection[str]) -> bool:
    """Whether an ApplicationSet only makes what is in these directories, wherever it does."""
    pointer = gap.at.manifest if isinstance(gap.at, Place) else None
    if pointer is None or pointer.group_kind != ARGO_APPLICATION_SET:
        return False
    spec = pointer.mapping("spec", "template", "spec")
    several = spec.get("sources")
    sources = several if isinstance(several, list) and several else [spec.get("source")]
    paths = [source.get("path") for source in sources if isinstance(source, dict)]
    ways = [f"/{path.strip('./')}/" for path in paths if isinstance(path, str) and path.strip("./")]
    is_known = len(ways) == len(sources) and not any("{{" in way for way in ways)
    return is_known and all(any(way in each for each in directories) for way in ways)


def _unit_of(cluster: FoundCluster, release: str) -> Unit:
    """The unit of a cluster, and that release where it names none itself."""
    known = cluster.known
    roots = (known.name or known.parts[0].what,)
    return Unit(
        roots, cluster.manifests, cluster.trees, outside=cluster.outside, cluster=known.name,
        gaps=known.gaps, appliers=cluster.appliers, release=cluster.release or release,
    )  # fmt: skip
