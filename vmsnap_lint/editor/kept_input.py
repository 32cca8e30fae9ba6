"""What earlier lints read and decoded of a folder: only what has changed is read again."""

from __future__ import annotations

import os
import time

from vmsnap_lint.core import real_paths
from vmsnap_lint.core.light_typing import TYPE_CHECKING
from vmsnap_lint.core.memo import Memo
from vmsnap_lint.deploy.gathering import Before
from vmsnap_lint.input.sources import Readings
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vmsnap_lint.deploy.decoding import Decoded
    from vmsnap_lint.deploy.load import LoadedInput
    from vmsnap_lint.document import Document
    from vmsnap_lint.objects.manifest import Manifest

    Stamp = tuple[int, int, int]

__all__ = ["KeptInput"]

_DOUBT = 2_000_000_000  # nanoseconds: some file systems keep no finer time


class KeptInput:
    """The files of a folder as they were read last, with the texts that stood in for some."""

    def __init__(self) -> None:
        self._readings = Readings()
        self._decoded: Decoded = {}
        self._objects: Memo[Document, tuple[Manifest, ...]] = Memo(_objects_of)
        self._stamps: dict[str, Stamp | None] = {}
        self._texts: dict[str, bytes] = {}
        self._read_since = 0

    def before(self, texts: Mapping[str, bytes], *, verified: bool) -> Before:
        """What a lint with these texts need not read again.

        With `verified` all files are looked at; else only those whose texts have changed count.
        """
        changed = {
            path
            for path in {*self._texts, *texts}
            if self._texts.get(path) != texts.get(path)
        }  # fmt: skip
        self._texts = {**texts}
        if verified:
            changed |= self._changed_on_disk()
        if changed:
            self._forget(changed)
        return Before(self._readings, self._decoded, self._objects.__getitem__)

    def _changed_on_disk(self) -> set[str]:
        """The files that are others than those that were read, as far as their stamps tell."""
        known = {location: _stamp(location) for location in self._readings.locations()}
        changed = {at for at, stamp in known.items() if self._is_changed(at, stamp)}
        self._stamps = known
        self._read_since = time.time_ns()
        return changed

    def _is_changed(self, location: str, stamp: Stamp | None) -> bool:
        """Whether a file is another one; one that was first read since then was perhaps written."""
        if location in self._stamps:
            return self._stamps[location] != stamp
        return stamp is None or stamp[0] >= self._read_since - _DOUBT

    def _forget(self, changed: Iterable[str]) -> None:
        """Forgets files under all their names."""
        real = {os.path.realpath(path) for path in changed}
        real_paths.forget()
        for location in self._readings.locations():
            if location in real or real_paths.real_path(location) in real:
                self._readings.forget(location)
                self._stamps.pop(location, None)

    def keep(self, loaded: LoadedInput) -> None:
        """Forgets what was decoded of texts that are no part of the input any more."""
        used = {id(source) for source in loaded.by_file().values()}
        kept = {file: source for file, source in self._decoded.items() if id(source) in used}
        self._decoded.clear()
        self._decoded.update(kept)
        for document in [each for each in self._objects if id(each.source) not in used]:
            del self._objects[document]


def _objects_of(document: Document) -> tuple[Manifest, ...]:
    return tuple(manifests(document))


def _stamp(location: str) -> Stamp | None:
    """What changes where a file is written, None for one that is gone."""
    try:
        known = os.stat(location)
    except OSError:
        return None
    return known.st_mtime_ns, known.st_size, known.st_ino
