"""Finds the declared clusters that the objects of one place in a file land in."""

from __future__ import annotations

from vmsnap_lint.core.light_typing import TYPE_CHECKING, NamedTuple
from vmsnap_lint.objects.manifest import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.objects.manifest import Manifest, SourceSpan
    from vmsnap_lint.objects.problem import Problem

__all__ = ["Landings", "landings"]

_Home = tuple[str, tuple[int, ...]]


class Landings(NamedTuple):
    """The clusters that each object lands in which is of a file that problems are in.

    `declared` are those of all objects.
    """

    by_object: dict[Manifest, tuple[str, ...]]
    declared: tuple[str, ...] = ()

    def of(self, at: Place | SourceSpan) -> tuple[str, ...]:
        """The clusters that the object of a place lands in, none for a place without an object.

        A deleted object lands nowhere, and may have been in all of them.
        """
        return self.by_object.get(at.manifest, self.declared) if isinstance(at, Place) else ()


def landings(problems: Iterable[tuple[str, Problem]], units: Sequence[Unit]) -> Landings:
    """Where the objects of the problems land; places are computed only for their files."""
    files = {
        problem.at.manifest.file
        for _, problem in problems
        if problem.cluster and isinstance(problem.at, Place)
    }
    homes: dict[Manifest, _Home] = {}
    clusters: dict[_Home, set[str]] = {}
    for unit in units:
        for manifest in unit.manifests if unit.cluster and files else ():
            if manifest.file in files:
                home = homes[manifest] = _home(manifest)
                clusters.setdefault(home, set()).add(unit.cluster)
    names = {home: tuple(sorted(found)) for home, found in clusters.items()}
    declared = tuple(sorted({unit.cluster for unit in units if unit.cluster}))
    return Landings({manifest: names[home] for manifest, home in homes.items()}, declared)


def _home(manifest: Manifest) -> _Home:
    """The place of the object in the file that it is built from, which clusters may share."""
    return manifest.document.where(manifest.root)
