"""Reads `clusters:` of a configuration file into settings, and tells what is wrong with it."""

from __future__ import annotations

import os

from vmsnap_lint.config.file.mistakes import Mistake
from vmsnap_lint.config.settings import ClusterSettings
from vmsnap_lint.core.abridged import cut
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.messages import did_you_mean
from vmsnap_lint.core.releases import resolve
from vmsnap_lint.core.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from vmsnap_lint.config.file.mistakes import Path

__all__ = ["alike", "clusters_of", "missing", "paths_in"]

_MOST_NAMES = 1_000  # of a directory that a suggestion is looked for in


def clusters_of(written: Mapping[str, Any], above: str) -> tuple[ClusterSettings, ...]:
    """The clusters; their paths are relative to the directory `above`, the results to ours."""

    def from_here(path: str) -> str:
        return os.path.normpath(os.path.join(above, path))

    return tuple(
        ClusterSettings(
            name=name,
            paths=tuple(map(from_here, entry["paths"])),
            facts=from_here(entry["facts"]) if "facts" in entry else "",
            kubevirt=resolve(entry["kubevirt"]) if "kubevirt" in entry else None,
            complete=frozenset(entry["complete"]) if "complete" in entry else None,
        )
        for name, entry in written.items()
    )


def alike(written: Mapping[str, Any]) -> Iterator[Mistake]:
    """The names that differ from an earlier one only in upper and lower case."""
    first: dict[str, str] = {}
    for name in written:
        other = first.setdefault(name.lower(), name)
        if other != name:
            message = f'"{cut(name)}" and "{cut(other)}" differ only in case: rename one'
            yield Mistake(("clusters", name), message, key=True)


def paths_in(written: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The paths of all clusters, each with its place."""
    for name, entry in written.items():
        for index, path in enumerate(entry["paths"]):
            yield ("clusters", name, "paths", index), path
        if "facts" in entry:
            yield ("clusters", name, "facts"), entry["facts"]


def missing(path: str, base: str) -> str:
    """That a path of a cluster does not exist, with the nearest one that does."""
    directory, name = os.path.split(os.path.join(base, path.rstrip("/")))
    try:
        with os.scandir(directory) as entries:
            names = [entry.name for entry, _ in zip(entries, range(_MOST_NAMES), strict=False)]
    except OSError:
        names = []
    above = path.rstrip("/").rpartition("/")[0]
    near = [f"{above}/{other}" if above else other for other in nearest(name, sorted(names))]
    return f'no such file or directory "{cut(path)}"{did_you_mean(near)}'
