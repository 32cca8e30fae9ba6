"""Locations of files become sources, each read once, with a path for people."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vmsnap_lint import document
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vmsnap_lint.document import Source
    from vmsnap_lint.input.sources import Sources
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["FileCache"]

_MOST_BYTES = 2**26


class FileCache:
    """The files of a run and those that trees reach beyond them, by real path."""

    def __init__(self, found: Sources) -> None:
        self._given = {os.path.realpath(file.location): file for file in found.files}
        self._given |= {os.path.realpath(file.location): file for file in found.kustomizations}
        self._data: dict[str, bytes | None] = {}
        self._sources: dict[str, Source] = {}
        self._manifests: dict[str, tuple[Manifest, ...]] = {}
        self._shown: dict[str, str] = {}

    def data(self, location: str) -> bytes | None:
        """The bytes of a regular file, or None where there is none that can be read."""
        if location in self._given:
            return self._given[location].data
        if location not in self._data:
            self._data[location] = _load(location)
        return self._data[location]

    def source(self, location: str) -> Source | None:
        """The file, decoded."""
        found = self._sources.get(location)
        if found is None:
            data = self.data(location)
            if data is None:
                return None
            found = self._sources[location] = document.read(self.shown(location), data)
        return found

    def manifests(self, location: str) -> tuple[Manifest, ...]:
        """The objects in a file."""
        found = self._manifests.get(location)
        if found is None:
            source = self.source(location)
            parts = source.documents if source is not None else ()
            found = tuple(one for part in parts for one in manifests(part))
            self._manifests[location] = found
        return found

    def shown(self, location: str) -> str:
        """The path for people: as the run names it, else relative to what the run names."""
        if location in self._given:
            return self._given[location].path
        return self._shown.get(location) or location.replace(os.sep, "/")

    def reach(self, location: str, near: str) -> None:
        """Note that a file was reached from another one, whose path for people is known."""
        if location not in self._given and location not in self._shown:
            way = os.path.relpath(location, os.path.dirname(near))
            path = os.path.normpath(os.path.join(os.path.dirname(self.shown(near)), way))
            self._shown[location] = path.replace(os.sep, "/")

    def show(self, location: str, path: str) -> None:
        """Note the path for people of a file that the run does not name."""
        self._shown.setdefault(location, path)

    def sources(self) -> Mapping[str, Source]:
        """Every source that was decoded, by location."""
        return self._sources


def _load(location: str) -> bytes | None:
    if not os.path.isfile(location):
        return None
    try:
        with open(location, "rb") as file:
            return file.read(_MOST_BYTES + 1)
    except OSError:
        return None
