"""ConfigMaps that pointers take values from, wherever they are in the input."""

from __future__ import annotations

from itertools import chain

from vmsnap_lint import document
from vmsnap_lint.core.kinds import CONFIG_MAP
from vmsnap_lint.core.light_typing import TYPE_CHECKING, Any
from vmsnap_lint.input.files import readable
from vmsnap_lint.objects.manifest import manifests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vmsnap_lint.objects.manifest import Manifest

__all__ = ["ConfigMaps"]

_FIELDS = (("spec", "postBuild", "substituteFrom"), ("spec", "valuesFrom"))


class ConfigMaps:
    """The ConfigMaps in files (absolute paths) by name.

    Most runs need none, so files are searched when one is named for the first time.
    """

    def __init__(self, locations: Iterable[str]) -> None:
        self._locations = locations
        self._found: dict[str, list[Manifest]] = {}

    def named_by(self, pointers: Iterable[Manifest]) -> Iterator[Manifest]:
        """The ConfigMaps that pointers name, of any namespace."""
        names = sorted({name for pointer in pointers for name in _names(pointer)})
        missing = [name for name in names if name not in self._found]
        if missing:
            self._search(missing)
        yield from chain.from_iterable(self._found[name] for name in names)

    def _search(self, names: Iterable[str]) -> None:
        """Look for ConfigMaps of these names in all files."""
        self._found |= {name: [] for name in names}
        words = [name.encode() for name in names]
        with_config_maps = []
        for location in sorted(self._locations):
            data = readable(location) or b""  # the walk of the run notes what cannot be read
            if b"ConfigMap" not in data:
                continue
            with_config_maps.append(location)
            if any(word in data for word in words):
                for manifest in _config_maps(location, data):
                    if manifest.name in names:
                        self._found[manifest.name].append(manifest)
        self._locations = with_config_maps


def _config_maps(location: str, data: bytes) -> Iterator[Manifest]:
    for manifest in chain.from_iterable(map(manifests, document.read(location, data).documents)):
        if manifest.group_kind == CONFIG_MAP:
            yield manifest


def _names(pointer: Manifest) -> Iterator[str]:
    for field in _FIELDS:
        for _, entry in pointer.items(*field):
            name: Any = entry.get("name")
            if entry.get("kind") == CONFIG_MAP.kind and isinstance(name, str):
                yield name
