"""ConfigMaps that pointers take values from, wherever they are in the input."""

from __future__ import annotations

import os
import re
from itertools import chain

from vmsnap_lint import document
from vmsnap_lint.core.kinds import CONFIG_MAP
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.core.real_paths import real_path
from vmsnap_lint.document.outline import of_value
from vmsnap_lint.input.files import Role, readable
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from vmsnap_lint.deploy.render.file_cache import FileCache
    from vmsnap_lint.document.source import Reading
    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ConfigMaps"]

_FIELDS = (("spec", "postBuild", "substituteFrom"), ("spec", "valuesFrom"))
_KIND = CONFIG_MAP.kind.encode()
_PLAIN = re.compile(r"[a-z0-9.-]+")
_NAME = re.compile(rb"""name["']?\s*:\s*["']?([^\s"',}\]]*)""")
_ODD = b"&*!|>#%?\\{[@`"
"""What a name begins with that may be written elsewhere, or in another form."""
_ODD_KEYS = (re.compile(rb"\\(?:[xuU]|\r?\n)"), re.compile(rb"\*[^\s,\[\]{}]+[ \t]+:"))
"""What a key may be that is written in another form, or elsewhere: apart, which is far faster."""
_SPACE = rb"[\s\x80\x85\xa8\xa9\xc2\xe2]*"  # with the bytes of the other ends of lines
_KEY = re.compile(rb"kind[\"']?%b(?:#|:%b(?:[&!|>#*]|[\"']?ConfigMap))" % (_SPACE, _SPACE))
"""The key of a ConfigMap with its value, or with what may make it that value."""
_REFERENCE = re.compile(rb"(?m)^[ \t]*- kind: ConfigMap[ \t\r]*$")
_MOST_NAMES = 1_000
"""Names of one file; one with more is looked at for every name."""


class ConfigMaps:
    """The ConfigMaps in files (absolute paths) by name.

    Most runs need none, so files are searched when one is named for the first time. What the run
    decodes anyway is decoded once, by `cache`.
    """

    def __init__(self, locations: Iterable[str], cache: FileCache) -> None:
        self._cache = cache
        self._index = _Index(locations, self._data)
        self._found: dict[str, list[Manifest]] = {}

    def named_by(self, pointers: Iterable[Manifest]) -> Iterator[Manifest]:
        """The ConfigMaps that pointers name, of any namespace."""
        names = self.look_for(pointers)
        yield from chain.from_iterable(self._found[name] for name in names)

    def look_for(self, pointers: Iterable[Manifest]) -> list[str]:
        """Searches for the ConfigMaps that pointers name, whose names it gives.

        Costs less for many pointers at once than for one after the other.
        """
        names = sorted({name for pointer in pointers for name in _names(pointer)})
        missing = [name for name in names if name not in self._found]
        if missing:
            self._search(missing)
        return names

    def _search(self, names: Sequence[str]) -> None:
        """Look for ConfigMaps of these names in the files that may hold one of them."""
        self._found |= {name: [] for name in names}
        words = [name.encode() for name in names]
        for location in self._index.candidates(names):
            data = self._data(location)
            if any(word in data for word in words):
                for manifest in self._objects(location, data, names):
                    if manifest.name in names and manifest.group_kind == CONFIG_MAP:
                        self._found[manifest.name].append(manifest)

    def _data(self, location: str) -> bytes:
        """The bytes of a file, none where it cannot be read, which the walk of the run notes."""
        file = self._cache.files.get(real_path(location))
        return file.data if file is not None else readable(location) or b""

    def _objects(self, location: str, data: bytes, names: Sequence[str]) -> Iterable[Manifest]:
        """The objects of a file that may have ConfigMaps of these names.

        Each is as far away from others as the path of the file tells.
        """
        file = self._cache.files.get(real_path(location))
        is_kept = file is not None and file.role is Role.MANIFEST
        if is_kept and file is not None and os.path.abspath(file.path) == location:
            return self._cache.manifests(real_path(location))
        readings, faults = document.parts(data)
        if not any(_may_be_map(reading, names) for reading in readings):
            return ()  # a source would keep all of the file until the run ends
        source = document.Source(location, data, readings, faults)
        return chain.from_iterable(map(manifests, source.documents))


class _Index:
    """The files with ConfigMaps by the names in them, each file read once."""

    def __init__(self, locations: Iterable[str], data: Callable[[str], bytes]) -> None:
        self._locations = locations
        self._data = data
        self._by_name: dict[bytes, list[str]] | None = None
        self._every: list[str] = []
        self._unclear: list[str] = []

    def candidates(self, names: Iterable[str]) -> list[str]:
        """The files, sorted, that may hold a ConfigMap of one of the names."""
        if self._by_name is None:
            self._by_name = self._read()
        if not all(map(_PLAIN.fullmatch, names)):
            return self._every
        found = (self._by_name.get(name.encode(), ()) for name in names)
        return sorted(set(chain(self._unclear, *found)))

    def _read(self) -> dict[bytes, list[str]]:
        by_name: dict[bytes, list[str]] = {}
        for location in sorted(self._locations):
            data = self._data(location)
            if not _may_hold(data):
                continue
            self._every.append(location)
            names = set(_NAME.findall(data))
            is_odd = any(name[:1] in _ODD for name in names if name) or _has_odd_key(data)
            if is_odd or len(names) > _MOST_NAMES:
                self._unclear.append(location)
                continue
            for name in names:
                by_name.setdefault(name, []).append(location)
        return by_name


def _may_be_map(reading: Reading, names: Collection[str]) -> bool:
    """Whether a document is a ConfigMap of one of the names, or a list of objects."""
    known = reading.outline
    if known is None and isinstance(reading.value, dict):
        known = of_value(reading.value, odd=reading.odd)
    if known is None or known.kind != CONFIG_MAP.kind:
        return known is not None and known.kind.endswith("List")
    return known.name in names


def _may_hold(data: bytes) -> bool:
    """Whether a file may hold a ConfigMap, by bytes: not where it only refers to some.

    An entry of an array is no object of the file, unless it is that of a list of objects.
    """
    number = data.count(_KIND)
    if not number:
        return False
    if _has_odd_key(data):
        return True
    is_plain = b"List" not in data and b"<<" not in data
    is_other = not is_plain or number > len(_REFERENCE.findall(data))
    return is_other and _KEY.search(data) is not None


def _has_odd_key(data: bytes) -> bool:
    return any(pattern.search(data) for pattern in _ODD_KEYS)


def _names(pointer: Manifest) -> Iterator[str]:
    for field in _FIELDS:
        for _, entry in pointer.items(*field):
            name: Any = entry.get("name")
            if entry.get("kind") == CONFIG_MAP.kind and isinstance(name, str):
                yield name
