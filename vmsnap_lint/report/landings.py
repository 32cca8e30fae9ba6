"""Finds the declared clusters that the objects of one place in a file land in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vmsnap_lint.objects.manifest import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vmsnap_lint.deploy.units import Unit
    from vmsnap_lint.objects.manifest import Manifest, SourceSpan
    from vmsnap_lint.objects.problem import Problem

__all__ = ["Landings", "landings"]

_Home = tuple[str, tuple[int, ...]]


class Landings(NamedTuple):
    """The clusters by the place of an object, for the objects that problems are about."""

    by_home: dict[_Home, tuple[str, ...]]

    def of(self, at: Place | SourceSpan) -> tuple[str, ...]:
        """The clusters that the object of a place lands in, none for a place without an object."""
        return self.by_home.get(_home(at.manifest), ()) if isinstance(at, Place) else ()


def landings(problems: Iterable[tuple[str, Problem]], units: Sequence[Unit]) -> Landings:
    """Where the objects of the problems land; places are computed only for their files."""
    files = {
        problem.at.manifest.file
        for _, problem in problems
        if problem.cluster and isinstance(problem.at, Place)
    }
    by_home: dict[_Home, set[str]] = {}
    for unit in units:
        for manifest in unit.manifests if unit.cluster and files else ():
            if manifest.file in files:
                by_home.setdefault(_home(manifest), set()).add(unit.cluster)
    return Landings({home: tuple(sorted(clusters)) for home, clusters in by_home.items()})


def _home(manifest: Manifest) -> _Home:
    """The place of the object in the file that it is built from, which clusters may share."""
    return manifest.document.where(manifest.root)
