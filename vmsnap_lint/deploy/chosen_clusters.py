"""The input of a run becomes that of the clusters that are named by --cluster."""

from __future__ import annotations

import os

from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.messages import nearest_hint, quoted
from vmsnap_lint.core.repository import upwards
from vmsnap_lint.deploy.units import Unit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from vmsnap_lint.deploy.applied import NamedCluster
    from vmsnap_lint.deploy.load import LoadedInput

__all__ = ["chosen"]

_DECLARED = "`clusters:` of the configuration, Flux and Argo CD declare them"


def chosen(loaded: LoadedInput, names: Collection[str]) -> LoadedInput:
    """The input with the objects, files and failed builds of these clusters alone.

    Raises UsageError for a name that no cluster has.
    """
    known = [cluster.name for cluster in loaded.clusters]
    if wrong := [name for name in names if name not in known]:
        raise UsageError("; ".join(_mistake(name, known) for name in wrong))
    clusters = [cluster for cluster in loaded.clusters if cluster.name in names]
    units = [unit for unit in loaded.units if unit.cluster in names]
    units += [
        Unit((), (), (), cluster=cluster.name, gaps=cluster.gaps)
        for cluster in clusters
        if all(unit.cluster != cluster.name for unit in units)
    ]
    elsewhere = _Elsewhere(loaded, names)
    return loaded._replace(
        units=tuple(units),
        sources=tuple(source for source in loaded.sources if not elsewhere.has(source.file)),
        failures=tuple(
            failure for failure in loaded.failures if not elsewhere.has(failure.at.source.file)
        ),
        clusters=tuple(clusters),
        unused=(),
    )


def _mistake(name: str, known: list[str]) -> str:
    if not known:
        return f'no cluster "{name}": the input declares none ({_DECLARED})'
    return f'no cluster "{name}"{nearest_hint(name, known) or f" (known are {quoted(known)})"}'


class _Elsewhere:
    """Which files are for other clusters alone: by their objects, else by their directory."""

    def __init__(self, loaded: LoadedInput, names: Collection[str]) -> None:
        own = {m.file for unit in loaded.units if unit.cluster in names for m in unit.manifests}
        others = {m.file for unit in loaded.units for m in unit.manifests} - own
        self._own, self._others = own, others
        self._own_places = _places(c for c in loaded.clusters if c.name in names)
        self._other_places = _places(c for c in loaded.clusters if c.name not in names)

    def has(self, file: str) -> bool:
        if file in self._own or file in self._others:
            return file in self._others
        above = {*upwards(os.path.realpath(file))} - {os.sep}
        return above.isdisjoint(self._own_places) and not above.isdisjoint(self._other_places)


def _places(clusters: Iterable[NamedCluster]) -> set[str]:
    """The directories of their parts, and the files that declare these (real paths)."""
    parts = [part for cluster in clusters for part in cluster.parts]
    paths = (path for part in parts for path in (part.directory, part.file))
    return {os.path.realpath(path) for path in paths if path}
