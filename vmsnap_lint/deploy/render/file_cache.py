"""Files by location, each read and decoded once, with a path for people."""

from __future__ import annotations

import os
from functools import cache
from itertools import chain
from types import MappingProxyType

from vmsnap_lint import document
from vmsnap_lint.core.buffers import is_file
from vmsnap_lint.core.errors import UsageError
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.core.relevance import Relevance, shows
from vmsnap_lint.input.files import load
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.document import Source
    from vmsnap_lint.input.sources import SourceFile, Sources
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["FileCache"]


_MOST_HELD = 64 * 2**20  # what is read after that is read again where it is needed


class FileCache:
    """The files of a run and those that trees include from outside of it, by real path.

    `files` are those of the run that are not just kustomizations, some of which are `decoded`.
    """

    def __init__(
        self, sources: Sources, decoded: Mapping[SourceFile, Source] = MappingProxyType({})
    ) -> None:
        self.files = {real_path(file.location): file for file in sources.files}
        kustomizations = {real_path(file.location): file for file in sources.kustomizations}
        pointers = {real_path(file.location): file for file in sources.pointers}
        self._given = pointers | self.files | kustomizations
        self._decoded = decoded
        self._irrelevant = sources.irrelevant
        self.shows = cache(self._shows)
        self._held: dict[str, bytes | None] = {}
        self._room = _MOST_HELD
        self._sources: dict[str, Source] = {}
        self._manifests: dict[str, tuple[Manifest, ...]] = {}
        self._shown: dict[str, str] = {}

    @property
    def given(self) -> Iterable[str]:
        """The files of the run."""
        return self._given

    def data(self, location: str) -> bytes | None:
        """The bytes of a regular file, or None where it cannot be read."""
        given = self._given.get(location)
        if given is not None:
            return given.data
        if location in self._held:
            return self._held[location]
        data = _load(location)
        self._room -= len(data or b"")
        if self._room > 0:
            self._held[location] = data
        return data

    def release(self) -> None:
        """Forgets the bytes of files outside of the run; who asks again has them read again."""
        self._held.clear()
        self._room = 0

    def _shows(self, location: str, relevance: Relevance) -> bool:
        """Whether a file may hold a kind of that relevance; most do not, and are not held."""
        if location in self._irrelevant:
            return False
        is_known = location in self._given or location in self._held
        data = self.data(location) if is_known else _load(location)
        return shows(data or b"", relevance)

    def source(self, location: str) -> Source | None:
        """The file, decoded."""
        if location not in self._sources:
            data = self.data(location)
            if data is None:
                return None
            given = self._given.get(location)
            known = None if given is None else self._decoded.get(given)
            self._sources[location] = known or document.read(self.shown(location), data)
        return self._sources[location]

    def documents(self, location: str) -> tuple[document.Document, ...]:
        """The documents in a file; none where it cannot be read."""
        source = self.source(location)
        return source.documents if source is not None else ()

    def manifests(self, location: str) -> tuple[Manifest, ...]:
        """The objects in a file."""
        if location not in self._manifests:
            objects = map(manifests, self.documents(location))
            self._manifests[location] = tuple(chain.from_iterable(objects))
        return self._manifests[location]

    def shown(self, location: str) -> str:
        """The path for people: as the run names it, else relative to a file that it names."""
        if location in self._given:
            return self._given[location].path
        return self._shown.get(location) or location.replace(os.sep, "/")

    def show_from(self, location: str, including: str) -> None:
        """Derive the path for people of a file from that of the file that includes it."""
        if location not in self._given and location not in self._shown:
            way = os.path.relpath(location, os.path.dirname(including))
            path = os.path.normpath(os.path.join(os.path.dirname(self.shown(including)), way))
            self._shown[location] = path.replace(os.sep, "/")

    def show(self, location: str, path: str) -> None:
        """Set the path for people of a file that the run does not name."""
        self._shown.setdefault(location, path)

    def sources(self) -> Mapping[str, Source]:
        """Every source that was decoded, by location."""
        return self._sources


def _load(location: str) -> bytes | None:
    try:
        return load(location, location) if is_file(location) else None
    except UsageError:
        return None
